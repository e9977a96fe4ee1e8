"""What the questions about faults answer on the demo stacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from click.testing import CliRunner

from resilience_checks.cli import asking
from resilience_checks.cli.main import cli
from resilience_checks.estates import estates
from resilience_checks.options import Options
from tests.end_to_end.editing import ROOT, STACKS, report, run
from tests.plugins.shared import once

if TYPE_CHECKING:
    from collections.abc import Callable

    Asked: TypeAlias = Callable[..., dict[str, Any]]

WALES = ("patient-record", "test-results", "appointments", "prescriptions", "email", "intranet")
CAMPUS = ("patient-administration", "test-results", "imaging", "prescribing", "theatre-scheduling")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Ask a command about a stack's estate, which is built once for all questions about it."""

    def ask(stack: str, *arguments: str) -> dict[str, Any]:
        path = STACKS / stack
        built = once(lambda: estates(Options((path,), ROOT)), "built", path)
        monkeypatch.setattr(asking, "asked", lambda *_: built)
        done = CliRunner().invoke(cli, [*arguments, "--format", "json", str(path)])
        assert (done.exit_code, done.stderr) == (0, "")
        [found] = json.loads(done.stdout)["estates"]
        return dict(found)

    return ask


def test_a_command_builds_the_estate_that_it_is_asked_about(asked: Asked) -> None:
    arguments = ("what-if", "--fail", "region:uksouth")
    done = run(*arguments, "--format", "json", str(STACKS / "uk-national-cloud"))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["estates"] == [asked("uk-national-cloud", *arguments)]


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
def test_what_happened_and_what_the_counterpart_survives(
    stack: str, event: str, lost: tuple[str, ...], asked: Asked
) -> None:
    found = asked(stack, "what-if", "--fail", event)
    assert sorted(item["service"] for item in found["services"] if item["fate"] == "lost") == sorted(lost)
    assert {item["fate"] for item in found["services"]} <= {"lost", "kept"}
    assert all(item["chain"] for item in found["services"] if item["fate"] == "lost")


def test_a_site_that_is_lost_is_waited_for_no_longer_than_its_failover_takes(asked: Asked) -> None:
    found = asked("nhs-wales-2018", "what-if", "--fail", "site:blaenavon", "--fail", "link:wan-b1")
    assert {item["service"]: (item["fates"], item["failover"]) for item in found["services"]} == {
        name: (
            {"instant": "lost", "rto": "kept"},
            {"seconds": 150.0 if name in {"email", "intranet"} else 330.0},
        )
        for name in WALES
    }


def test_all_that_was_lost_in_wales_points_at_what_all_firewalls_share(asked: Asked) -> None:
    found = asked("nhs-wales-2018", "diagnose", "--down", ",".join(WALES), "--max-order", "1")
    events = [[fault["event"] for fault in item["faults"]] for item in found["explanations"] if item["place"] == 1]
    assert ["management-plane:fmg.wales.example/bad-change"] in events
    assert all(item["sure"] for item in found["explanations"])
    assert found["complete"]
    assert found["exact"]


def test_one_clinical_service_alone_has_no_single_cause_in_wales(asked: Asked) -> None:
    found = asked("nhs-wales-2018", "diagnose", "--down", "patient-record", "--up", "email", "--max-order", "1")
    assert found["explanations"] == []


def test_the_worst_single_faults_are_the_violations_of_the_check(asked: Asked) -> None:
    table = asked("nhs-wales-2018", "blast-radius")
    losing = {fault["event"] for fault in table["faults"] if fault["lost"]}
    assert "management-plane:fmg.wales.example/bad-change" in losing
    assert not any(event.startswith(("site:", "region:", "carrier:")) for event in losing)
    counts = [len(fault["lost"]) for fault in table["faults"]]
    assert counts == sorted(counts, reverse=True)


def test_the_finding_about_wales_is_told_from_the_manager_to_the_last_consumer() -> None:
    stack = STACKS / "nhs-wales-2018"
    _, found = report(stack)
    [finding] = [item for item in found["results"] if item["policy"] == "redundant-firewalls"][:1]
    told = " ".join(run("explain", finding["fingerprint"][:6], str(stack)).stdout.split())
    for words in (
        finding["message"],
        "documented",
        "standards",
        "NIST-SI-13(4)",
        *(step["text"] for step in finding["chain"]),
    ):
        assert words in told
