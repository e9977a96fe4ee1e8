"""SARIF: held by the schema of the standard, and by the Multitool with the rules of the standard and of GitHub."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from resilience_checks.gate.verdict import ExitCode
from resilience_checks.model.location import Location, Related
from resilience_checks.model.result import Outcome, Severity
from resilience_checks.report.interface import Override, PolicySummary, WaiverUse
from resilience_checks.report.sarif.log import Sarif, SarifAll
from resilience_checks.report.sarif.rules import MAX_DESCRIPTION, MAX_TAGS
from tests.report.samples import (
    ACCEPTED,
    ASIDE,
    BROKEN,
    EARLY,
    EVERYTHING,
    GATED,
    MANY,
    PASSED,
    REPORTS,
    SHARED_MANAGER,
    STACK,
    report,
    reports,
    unknown,
)

if TYPE_CHECKING:
    from resilience_checks.model.result import Result
    from resilience_checks.report.interface import Report

SCHEMA = jsonschema_rs.validator_for(
    json.loads(Path(__file__).with_name("schemas").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
)


def read(found: Report, form: type[Sarif | SarifAll] = Sarif) -> list[dict[str, Any]]:
    log = json.loads(form().render(found))
    SCHEMA.validate(log)
    runs: list[dict[str, Any]] = log["runs"]
    return runs


def only(found: Report, form: type[Sarif | SarifAll] = Sarif) -> dict[str, Any]:
    [run] = read(found, form)
    return run


def test_the_multitool_has_nothing_against_it(multitool: Path, tmp_path: Path) -> None:
    """The rules of the standard, and those of GitHub's ingestion."""
    for name, found in REPORTS.items():
        (tmp_path / f"{name}.sarif").write_text(Sarif().render(found), encoding="utf-8")
        (tmp_path / f"{name}.all.sarif").write_text(SarifAll().render(found), encoding="utf-8")
    out = tmp_path / "out.json"
    rules = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--quiet"]
    done = subprocess.run(
        [multitool, "validate", tmp_path / "*.sarif", "--output", out, *rules],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert out.is_file(), done.stdout + done.stderr
    [run] = json.loads(out.read_text(encoding="utf-8-sig"))["runs"]
    told = {(result["ruleId"], result["message"]["id"]) for result in run["results"]}
    assert told == {("SARIF2005", "Warning_ProvideToolnformationUri")}
    assert run["invocations"][0]["executionSuccessful"], run["invocations"]


@pytest.mark.parametrize("form", [Sarif, SarifAll])
@settings(max_examples=50)
@given(found=reports())
def test_whatever_a_program_says_the_schema_holds_it(form: type[Sarif | SarifAll], found: Report) -> None:
    for run in read(found, form):
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert len(set(rules)) == len(rules)
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            assert result["message"]["text"]
            [place] = result["locations"]
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"(?!/|\.\./)[A-Za-z0-9/._~%-]+", uri)
            numbers = [str(one["id"]) for one in result.get("relatedLocations", ())]
            assert re.findall(r"(?<!\\)\]\((\d+)\)", result["message"]["text"]) == numbers


def test_what_people_have_to_look_at_has_its_level_and_rule() -> None:
    found = report(
        PASSED,
        ASIDE,
        MANY,
        unknown("records", line=3, blocks=True),
        replace(unknown("mail", line=4, blocks=False), depends_on=("something else",)),
        SHARED_MANAGER,
        replace(SHARED_MANAGER, waiver=ACCEPTED, target="another"),
        EARLY,
        BROKEN,
    )
    assert [(one["ruleId"], one["level"], one.get("kind")) for one in only(found)["results"]] == [
        ("redundant-power", "error", None),
        ("redundant-firewalls", "error", None),
        ("cross-site-failover", "warning", None),
        ("failover-tested/advisory", "note", None),
        ("cross-site-failover/unknown", "error", None),
        ("cross-site-failover/unknown", "note", None),
    ]
    assert [(one["ruleId"], one["level"], one.get("kind")) for one in only(found, SarifAll)["results"]][4:] == [
        ("failover-tested/advisory", "note", None),
        ("cross-site-failover/unknown", "none", "open"),
        ("cross-site-failover/unknown", "none", "open"),
        ("no-single-region-national-service", "none", "notApplicable"),
        ("no-single-region-national-service", "none", "pass"),
    ]


def test_a_finding_is_linked_to_its_places_and_its_chain() -> None:
    [result] = only(report(SHARED_MANAGER))["results"]

    def place(uri: str, line: int, column: int | None = None) -> dict[str, Any]:
        region = {"startLine": line} | ({"startColumn": column} if column else {})
        return {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}

    assert result["message"]["text"].split("\n\n") == [
        "One bad change of management plane fmg.example loses 2 services: records, mail.",
        "See [firewall fw.north joins it](1), [records is lost](2), [mail is lost](3).",
        "What to change: Give each site its own manager.",
    ]
    assert result["locations"] == [{"physicalLocation": place("estate/sites.py", 3)}]
    assert [(one["id"], one["physicalLocation"]) for one in result["relatedLocations"]] == [
        (1, place("estate/sites.py", 2)),
        (2, place("estate/resilience.yaml", 3, 3)),
        (3, place("estate/resilience.yaml", 4, 3)),
    ]
    [flow] = result["codeFlows"]
    [thread] = flow["threadFlows"]
    assert [step["location"]["physicalLocation"] for step in thread["locations"]] == [
        place("estate/sites.py", 3),
        place("estate/sites.py", 3),  # a step that stands nowhere is shown where the one before it is
        place("estate/resilience.yaml", 3, 3),
    ]
    assert result["partialFingerprints"] == {
        "primaryLocationLineHash": f"{SHARED_MANAGER.fingerprint}:1",
        "resilienceChecks/v1": SHARED_MANAGER.fingerprint,
    }


def test_a_rule_tells_what_the_policy_says_of_itself() -> None:
    found = report(replace(SHARED_MANAGER, severity=Severity.HIGH))
    [rule] = [rule for rule in only(found)["tool"]["driver"]["rules"] if rule["id"] == "redundant-firewalls"]
    assert rule == {
        "id": "redundant-firewalls",
        "name": "RedundantFirewalls",
        "shortDescription": {"text": "A firewall, or what firewalls share, can lose a service alone"},
        "fullDescription": {
            "text": "No bad change of what configures firewalls loses a service for longer than its RTO."
        },
        "help": {
            "text": "No bad change of what configures firewalls loses a service for longer than its RTO.\n\n"
            "What to change: Give each site its own manager.\n\n"
            "Gives evidence for:\n- CAF-B5.b.4: NCSC CAF 4.0, B5.b Design for Resilience, indicator 4\n"
            "- NIST-SC-5(2)\n- OWN 1: Our own, one\n\n"
            "All of it: resilience-checks policies show redundant-firewalls",
            "markdown": "# redundant-firewalls\n\n**No firewall is a single point of failure.**\n\n"
            "## Bad\n\n```python\nManager()\n```\n",
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["security", "resilience", "CAF-B5.b.4", "NIST-SC-5(2)", "OWN 1"],
            "precision": "high",
            "problem.severity": "error",
            "security-severity": "8.0",
        },
    }


@pytest.mark.parametrize(
    ("severity", "shown"),
    [(Severity.LOW, (0.1, 3.9)), (Severity.MEDIUM, (4, 6.9)), (Severity.HIGH, (7, 8.9)), (Severity.CRITICAL, (9, 10))],
)
def test_github_shows_the_severity_that_the_finding_has(severity: Severity, shown: tuple[float, float]) -> None:
    run = only(report(replace(SHARED_MANAGER, severity=severity)))
    [rule] = [rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "redundant-firewalls"]
    assert shown[0] <= float(rule["properties"]["security-severity"]) <= shown[1]


def test_what_is_open_or_not_enforced_claims_no_severity() -> None:
    run = only(report(EARLY, unknown("mail", line=4, blocks=False)))
    scored = {rule["id"]: "security-severity" in rule["properties"] for rule in run["tool"]["driver"]["rules"]}
    assert (scored["failover-tested/advisory"], scored["cross-site-failover/unknown"]) == (False, False)


def about(result: Result, *stacks: str) -> Result:
    return replace(result, evidence={"stacks": list(stacks)})


def test_each_stack_has_its_run_with_what_stands_in_its_folder() -> None:
    network = replace(STACK, name="network/prod", location=Location("network/Pulumi.yaml", 1))
    mail = replace(STACK, name="mail/prod", location=Location("mail/Pulumi.yaml", 1))
    both = ("estate/prod", "network/prod")
    here = about(SHARED_MANAGER, *both)
    there = about(replace(MANY, location=Location("network/x.py", 1)), *both)
    nowhere = about(replace(EARLY, location=None), "network/prod")
    runs = read(report(here, there, nowhere, stacks=(STACK, network, mail)))
    assert {run["automationDetails"]["id"]: [one["ruleId"] for one in run["results"]] for run in runs} == {
        "resilience-checks/estate/prod/": ["redundant-firewalls"],
        "resilience-checks/network/prod/": ["cross-site-failover", "failover-tested/advisory"],
        "resilience-checks/mail/prod/": [],
    }
    anchored = runs[1]["results"][1]["locations"][0]["physicalLocation"]
    assert anchored["artifactLocation"]["uri"] == "network/Pulumi.yaml"


def test_a_stack_that_could_not_be_decided_has_no_run_that_would_close_its_alerts() -> None:
    lost = replace(STACK, name="mail/prod")
    runs = read(report(about(SHARED_MANAGER, "estate/prod"), stacks=(STACK, lost), failures=EVERYTHING.failures))
    assert [run["automationDetails"]["id"] for run in runs] == ["resilience-checks/estate/prod/"]
    [invocation] = runs[0]["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 4)
    assert [(one["level"], one["message"]["text"]) for one in invocation["toolExecutionNotifications"]] == [
        (
            "error",
            (
                "mail/prod. the program imports 'pulumi_example', which is not installed. a program that does not run to "
                "its end has no graph, so nothing of this stack was checked. install it: pip install pulumi-example"
            ),
        )
    ]


def test_a_check_without_any_stack_still_has_the_run_that_a_file_must_have() -> None:
    assert [run["automationDetails"]["id"] for run in read(report(stacks=()))] == ["resilience-checks/"]


def test_more_stacks_than_github_takes_runs_share_them_and_stay_in_theirs() -> None:
    stacks = tuple(replace(STACK, name=f"s{number}/prod") for number in range(60))
    results = [about(replace(SHARED_MANAGER, target=stack.name), stack.name) for stack in stacks]

    def dealt(found: Report) -> dict[str, str]:
        return {name: run["automationDetails"]["id"] for run in read(found) for name in run["properties"]["stacks"]}

    whole = dealt(report(*results, stacks=stacks))
    assert (len(whole), len(set(whole.values())) <= 20) == (60, True)
    fewer = dealt(report(*results[:50], stacks=stacks[:50]))
    assert fewer == {name: whole[name] for name in fewer}
    assert len(read(report(*results, stacks=stacks), SarifAll)) == 60


def test_waived_findings_are_left_out_and_counted_or_suppressed() -> None:
    run = only(GATED)
    assert [one["ruleId"] for one in run["results"]] == ["cross-site-failover"]
    notes = [one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]]
    assert notes == ["1 waived finding left out: sarif-all holds it"]
    results = only(GATED, SarifAll)["results"]
    assert [(one["ruleId"], one["baselineState"]) for one in results] == [
        ("redundant-firewalls", "new"),
        ("cross-site-failover", "unchanged"),
        ("no-single-region-national-service", "new"),
        ("redundant-power", "absent"),
    ]
    assert results[0]["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "the second manager is ordered (until 2026-03-31, owner network team, approved by head of "
            "infrastructure, NET-4711)",
            "location": {
                "physicalLocation": {
                    "artifactLocation": {"uri": "resilience-waivers.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 4, "startColumn": 5},
                }
            },
        }
    ]


@pytest.mark.parametrize(("state", "status"), [("untrusted", "underReview"), ("refused", "rejected")])
def test_a_waiver_that_does_not_count_suppresses_nothing(state: str, status: str) -> None:
    use = WaiverUse(ACCEPTED, state, (SHARED_MANAGER.fingerprint,))
    found = report(SHARED_MANAGER, waivers=(use,))
    assert [one["ruleId"] for one in only(found)["results"]] == ["redundant-firewalls"]
    [result] = only(found, SarifAll)["results"]
    assert [one["status"] for one in result["suppressions"]] == [status]


def test_the_limits_of_github_are_kept_and_what_is_cut_is_said() -> None:
    places = tuple(Related(f"r{number}", Location("a.py", number)) for number in range(1, 301))
    wide = replace(SHARED_MANAGER, related=places)
    [result] = only(report(wide))["results"]
    assert len(result["relatedLocations"]) + len(result["locations"]) == 100
    assert "and 201 more places" not in result["message"]["text"]
    assert "201 more places." in result["message"]["text"]
    long = PolicySummary("x" * 3000, Severity.LOW, "", {f"C-{number}": "" for number in range(50)})
    [rule] = only(report(policies={"p": "t"}, policy_details={"p": long}))["tool"]["driver"]["rules"]
    assert (len(rule["fullDescription"]["text"]), len(rule["properties"]["tags"])) == (MAX_DESCRIPTION, MAX_TAGS)


def test_too_many_results_are_cut_from_the_mildest_on() -> None:
    mild = [replace(MANY, target=f"t{number}", severity=Severity.LOW) for number in range(5)]
    found = report(*mild, SHARED_MANAGER)
    [run] = json.loads(Sarif(most=3).render(found))["runs"]
    assert [one["level"] for one in run["results"]] == ["error", "note", "note"]
    notes = [one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]]
    assert notes == ["3 findings left out: the JSON report holds them"]


def test_a_file_that_is_too_large_has_fewer_results() -> None:
    found = report(*(replace(MANY, target=os.urandom(300).hex()) for _ in range(64)))
    text = Sarif(size=20_000).render(found)
    assert len(gzip.compress(text.encode())) <= 20_000
    [run] = json.loads(text)["runs"]
    assert 0 < len(run["results"]) < 64


def test_a_place_outside_of_the_repository_is_told_at_the_anchor() -> None:
    [result] = only(report(replace(MANY, location=Location("/etc/x.py", 7))))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "estate/Pulumi.yaml"
    assert "Place: /etc/x.py:7." in result["message"]["text"]


def test_one_doubt_about_several_services_is_one_alert_for_github() -> None:
    found = report(unknown("records", line=3, blocks=False), unknown("mail", line=4, blocks=False))
    [result] = only(found)["results"]
    assert result["message"]["text"].startswith("not known for records, mail.")
    assert result["properties"]["targets"] == ["records", "mail"]
    assert len(only(found, SarifAll)["results"]) == 2


def test_of_a_doubt_that_is_waived_for_one_service_the_others_stay() -> None:
    waived = replace(unknown("records", line=3, blocks=False), waiver=ACCEPTED)
    [result] = only(report(waived, unknown("mail", line=4, blocks=False)))["results"]
    assert result["properties"]["targets"] == ["mail"]


def test_what_stood_before_is_the_same_alert_as_on_the_base_branch() -> None:
    doubts = [unknown(name, line=3, blocks=False) for name in ("records", "mail")]
    [here] = only(report(replace(doubts[0], known="at main (0a1b2c3d4e)"), doubts[1], compared_with="main"))["results"]
    [there] = only(report(*doubts))["results"]
    assert here["partialFingerprints"] == there["partialFingerprints"]
    assert here["baselineState"] == "new"


def test_an_override_is_told() -> None:
    override = Override("the site is down", "dana", "INC-1")
    found = replace(GATED, override=override, verdict=replace(GATED.verdict, overridden=ExitCode.CRITICAL))
    [run] = read(found)
    notes = [one["message"]["text"] for one in run["invocations"][0]["toolConfigurationNotifications"]]
    assert "emergency override of exit code 14. the site is down. dana. INC-1" in notes


def test_the_outcomes_of_a_report_are_all_in_the_whole_form() -> None:
    told = {one["properties"]["outcome"] for run in read(EVERYTHING, SarifAll) for one in run["results"]}
    assert told == {str(outcome) for outcome in Outcome}
