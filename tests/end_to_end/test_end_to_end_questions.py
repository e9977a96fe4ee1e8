"""What the questions about faults answer on the demo stacks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.end_to_end.editing import STACKS, run

WALES = ("patient-record", "test-results", "appointments", "prescriptions", "email", "intranet")
CAMPUS = ("patient-administration", "test-results", "imaging", "prescribing", "theatre-scheduling")


def asked(stack: str, *arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--format", "json", str(STACKS / stack))
    assert (done.returncode, done.stderr) == (0, "")
    [found] = json.loads(done.stdout)["estates"]
    return dict(found)


@pytest.mark.parametrize(
    ("stack", "event", "lost"),
    [
        ("nhs-wales-2018", "management-plane:fmg.wales.example", WALES),
        ("nhs-wales-resilient", "management-plane:fmg.blaenavon.example", ()),
        ("manchester-2018", "management-plane:api.eu.mist.com/campus-core", CAMPUS),
        ("uk-national-cloud", "region:uksouth", ("booking",)),
        ("uk-national-cloud-resilient", "region:uksouth", ()),
    ],
)
def test_what_happened_and_what_the_counterpart_survives(stack: str, event: str, lost: tuple[str, ...]) -> None:
    found = asked(stack, "what-if", "--fail", event)
    assert sorted(item["service"] for item in found["services"] if item["fate"] == "lost") == sorted(lost)
    assert {item["fate"] for item in found["services"]} <= {"lost", "kept"}
    assert all(item["chain"] for item in found["services"] if item["fate"] == "lost")


def test_a_site_that_is_lost_is_waited_for_no_longer_than_its_failover_takes() -> None:
    found = asked("nhs-wales-2018", "what-if", "--fail", "site:blaenavon", "--fail", "link:wan-b1")
    assert {item["service"]: (item["fates"], item["failover"]) for item in found["services"]} == {
        name: (
            {"instant": "lost", "rto": "kept"},
            {"seconds": 150.0 if name in {"email", "intranet"} else 330.0},
        )
        for name in WALES
    }


def test_all_that_was_lost_in_wales_points_at_what_all_firewalls_share() -> None:
    found = asked("nhs-wales-2018", "diagnose", "--down", ",".join(WALES), "--max-order", "1")
    events = [[fault["event"] for fault in item["faults"]] for item in found["explanations"] if item["place"] == 1]
    assert ["management-plane:fmg.wales.example/bad-change"] in events
    assert all(item["sure"] for item in found["explanations"])
    assert found["complete"]
    assert found["exact"]


def test_one_clinical_service_alone_has_no_single_cause_in_wales() -> None:
    found = asked("nhs-wales-2018", "diagnose", "--down", "patient-record", "--up", "email", "--max-order", "1")
    assert found["explanations"] == []


def test_the_worst_single_faults_are_the_violations_of_the_check() -> None:
    table = asked("nhs-wales-2018", "blast-radius")
    losing = {fault["event"] for fault in table["faults"] if fault["lost"]}
    assert "management-plane:fmg.wales.example/bad-change" in losing
    assert not any(event.startswith(("site:", "region:", "carrier:")) for event in losing)
    counts = [len(fault["lost"]) for fault in table["faults"]]
    assert counts == sorted(counts, reverse=True)


def test_the_finding_about_wales_is_told_from_the_manager_to_the_last_consumer() -> None:
    stack = str(STACKS / "nhs-wales-2018")
    report = json.loads(run("check", "--format", "json", stack).stdout)
    [finding] = [item for item in report["results"] if item["policy"] == "redundant-firewalls"][:1]
    told = " ".join(run("explain", finding["fingerprint"][:6], stack).stdout.split())
    for words in (
        finding["message"],
        "documented",
        "standards",
        "NIST-SI-13(4)",
        *(step["text"] for step in finding["chain"]),
    ):
        assert words in told
