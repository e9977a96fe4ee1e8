"""OSCAL: held by the schema of NIST, and read by compliance-trestle."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from resilience_checks.model.result import Outcome, Severity
from resilience_checks.report.interface import PolicySummary, WaiverUse
from resilience_checks.report.oscal.document import Oscal
from tests.report.samples import (
    ACCEPTED,
    ASIDE,
    BROKEN,
    EVERYTHING,
    GATED,
    PASSED,
    REPORTS,
    SHARED_MANAGER,
    report,
    reports,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.model.result import Result
    from resilience_checks.report.interface import Report

ALL_MODELS = json.loads(
    Path(__file__).with_name("schemas").joinpath("oscal-complete-1.2.1.json").read_text(encoding="utf-8")
)
# The part for this model: an error in one of all models would not be told from one that none of the others has.
SCHEMA = jsonschema_rs.validator_for(
    {
        "$schema": ALL_MODELS["$schema"],
        "definitions": ALL_MODELS["definitions"],
        **ALL_MODELS["definitions"]["oscal-complete-oscal-ar:assessment-results"],
    }
)
SUMMARY = PolicySummary("d", Severity.HIGH, "r", {"NIST-CP-7(1)": "Alternate processing site"})


def read(found: Report) -> dict[str, Any]:
    data = json.loads(Oscal().render(found))
    assert list(data) == ["assessment-results"]
    results: dict[str, Any] = data["assessment-results"]
    SCHEMA.validate(results)
    return results


def only(found: Report) -> dict[str, Any]:
    [result] = read(found)["results"]
    assert isinstance(result, dict)
    return result


def uuids(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        yield from ([data["uuid"]] if "uuid" in data else [])
        data = list(data.values())
    if isinstance(data, list):
        for item in data:
            yield from uuids(item)


@pytest.mark.parametrize("name", REPORTS)
def test_trestle_reads_it_and_finds_it_valid(name: str, tmp_path: Path) -> None:
    from trestle.core.validator_factory import validator_factory
    from trestle.oscal.assessment_results import AssessmentResults

    file = tmp_path / "assessment-results.json"
    file.write_text(Oscal().render(REPORTS[name]), encoding="utf-8")
    model = AssessmentResults.oscal_read(file)
    assert isinstance(model, AssessmentResults)
    validator = validator_factory.get(argparse.Namespace(mode="all", quiet=True, validator="all"))
    assert validator.model_is_valid(model, True, tmp_path)
    assert len(model.results[0].observations or ()) == len(REPORTS[name].results)


@settings(max_examples=50)
@given(found=reports())
def test_whatever_a_program_says_the_schema_holds_it_and_no_uuid_is_there_twice(found: Report) -> None:
    data = read(found)
    told = list(uuids(data))
    assert len(set(told)) == len(told)
    [result] = data["results"]
    known = set(told)
    for observation in result.get("observations", ()):
        assert {subject["subject-uuid"] for subject in observation["subjects"]} <= known
    for finding in result.get("findings", ()):
        assert {one["observation-uuid"] for one in finding["related-observations"]} <= known


def test_the_same_report_gives_the_same_bytes_and_another_time_another_document() -> None:
    later = replace(GATED, started="2026-01-25T07:30:00+00:00")
    assert Oscal().render(GATED) == Oscal().render(replace(GATED, timings={"total": 99.0}))
    assert read(GATED)["uuid"] != read(later)["uuid"]
    assert [risk["uuid"] for risk in only(GATED)["risks"]] == [risk["uuid"] for risk in only(later)["risks"]]


WAIVED = replace(SHARED_MANAGER, waiver=ACCEPTED)
STATES = [
    ((PASSED, ASIDE), ("satisfied", "pass")),
    ((PASSED, SHARED_MANAGER), ("not-satisfied", "fail")),
    ((PASSED, unknown("mail", line=4, blocks=False)), ("not-satisfied", "other")),
    ((PASSED, WAIVED), ("not-satisfied", "other")),
    ((PASSED, BROKEN), ("not-satisfied", "other")),
    ((WAIVED, replace(SHARED_MANAGER, target="x")), ("not-satisfied", "fail")),
]


@pytest.mark.parametrize(("results", "expected"), STATES)
def test_a_control_is_satisfied_only_where_all_that_applies_passes(
    results: tuple[Result, ...], expected: tuple[str, str]
) -> None:
    of_one = tuple(replace(result, policy="p") for result in results)
    [finding] = only(report(*of_one, policy_details={"p": SUMMARY}))["findings"]
    status = finding["target"]["status"]
    assert (finding["target"]["target-id"], status["state"], status["reason"]) == ("cp-7.1_smt", *expected)
    assert len(finding["related-observations"]) == len(results)


def test_a_check_that_is_not_whole_satisfies_no_control() -> None:
    passed = replace(PASSED, policy="p")
    [finding] = only(report(passed, policy_details={"p": SUMMARY}, failures=EVERYTHING.failures))["findings"]
    assert finding["target"]["status"] == {
        "state": "not-satisfied",
        "reason": "other",
        "remarks": "Not everything could be evaluated",
    }


def test_a_control_that_nothing_applies_to_has_no_finding() -> None:
    result = only(report(replace(ASIDE, policy="p"), policy_details={"p": SUMMARY}))
    assert "findings" not in result
    assert result["reviewed-controls"]["remarks"] == "Nothing that was checked concerns: NIST-CP-7(1)"


def test_risks_are_open_accepted_until_a_day_or_closed() -> None:
    fixed = GATED.fixed[0]
    risks = only(GATED)["risks"]
    assert [(risk["status"], risk.get("deadline")) for risk in risks] == [
        ("deviation-approved", "2026-03-31T23:59:59+00:00"),
        ("open", None),
        ("closed", None),
    ]
    assert risks[2]["props"][0]["value"] == fixed.fingerprint
    [entry] = risks[0]["risk-log"]["entries"]
    assert {prop["name"]: prop["value"] for prop in entry["props"]} == {
        "owner": "network team",
        "approver": "head of infrastructure",
        "ticket": "NET-4711",
        "state": "applied",
    }
    assert (entry["start"], entry["end"]) == ("2026-01-05T00:00:00+00:00", "2026-03-31T23:59:59+00:00")


@pytest.mark.parametrize(("state", "status"), [("untrusted", "deviation-requested"), ("expired", "open")])
def test_a_waiver_that_does_not_count_accepts_no_risk(state: str, status: str) -> None:
    use = WaiverUse(ACCEPTED, state, (SHARED_MANAGER.fingerprint,))
    [risk] = only(report(SHARED_MANAGER, waivers=(use,)))["risks"]
    assert (risk["status"], risk.get("deadline")) == (status, None)


def test_a_day_that_oscal_cannot_write_is_the_last_that_it_can() -> None:
    forever = replace(ACCEPTED, expires=date.max)
    [risk] = only(report(replace(SHARED_MANAGER, waiver=forever)))["risks"]
    assert risk["deadline"] == "2999-12-31T23:59:59+00:00"


def test_every_result_is_an_observation_of_its_services_with_the_lines_that_show_it() -> None:
    observations = only(EVERYTHING)["observations"]
    told = [{prop["name"]: prop["value"] for prop in one["props"]}["outcome"] for one in observations]
    assert told == [str(result.outcome) for result in EVERYTHING.results]
    assert set(told) == {str(outcome) for outcome in Outcome}
    [shared] = [one for one in observations if one["title"].startswith("redundant-firewalls")]
    assert [subject["title"] for subject in shared["subjects"]] == ["mail", "records"]
    assert next(one["href"] for one in shared["relevant-evidence"]) == "estate/sites.py#L3"


def test_inputs_stand_with_their_digests() -> None:
    resources = read(report())["back-matter"]["resources"]
    assert {one["title"]: one["rlinks"][0]["hashes"][0]["value"] for one in resources[1:]} == dict(report().inputs)


def test_text_of_programs_is_no_markup() -> None:
    hostile = replace(SHARED_MANAGER, message='<img src="x"> [a](javascript:1) *b*')
    [observation] = only(report(hostile))["observations"]
    assert observation["description"] == '\\<img src=\\"x\\"\\> \\[a\\](javascript:1) \\*b\\*'
    assert re.search(r"(?<!\\)[<>*\[\]]", observation["description"]) is None
