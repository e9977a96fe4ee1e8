"""What changed between two reports."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from jsonschema import Draft202012Validator

from resilience_checks import report as package
from resilience_checks.model.result import Severity
from resilience_checks.report.difference import Changed, between, data, text
from tests.report.samples import (
    ACCEPTED,
    ASIDE,
    CLEAN,
    EARLY,
    EVERYTHING,
    GATED,
    MANY,
    PASSED,
    SHARED_MANAGER,
    report,
    reports,
)

SCHEMA = json.loads((Path(package.__file__).parent / "report_diff.schema.json").read_text(encoding="utf-8"))


def fingerprints(found: object) -> list[str]:
    assert isinstance(found, tuple)
    return [(each[1] if isinstance(each, tuple) else each).result.fingerprint for each in found]


def test_findings_are_new_fixed_worse_or_better_by_their_fingerprint() -> None:
    before = report(replace(MANY, severity=Severity.HIGH), EARLY, SHARED_MANAGER)
    after = report(MANY, replace(SHARED_MANAGER, services=("mail", "records", "email")), GATED.results[0])
    moved = replace(MANY, location=None)
    found = between(before, after)
    assert fingerprints(found.new) == []
    assert fingerprints(found.fixed) == [EARLY.fingerprint]
    assert fingerprints(found.worse) == [SHARED_MANAGER.fingerprint]
    assert fingerprints(found.better) == [MANY.fingerprint]
    assert between(report(MANY), report(moved)).worse == ()


def test_a_waiver_makes_a_finding_better_and_is_told() -> None:
    found = between(
        report(SHARED_MANAGER), replace(report(replace(SHARED_MANAGER, waiver=ACCEPTED)), waivers=GATED.waivers)
    )
    assert fingerprints(found.better) == [SHARED_MANAGER.fingerprint]
    assert "does not block any more" in text(found, 100)
    assert len(found.waivers) == len(GATED.waivers)


def test_a_pass_that_is_gone_is_told_though_there_is_no_finding() -> None:
    aside = replace(ASIDE, services=PASSED.services, target=PASSED.target)
    assert between(report(PASSED), report(aside)).lost == (
        Changed("no-single-region-national-service of records", "pass", "not applicable"),
    )
    assert between(report(PASSED), report()).lost == (
        Changed("no-single-region-national-service of records", "pass", "not asked"),
    )


def test_what_is_no_finding_is_told_by_name() -> None:
    found = between(
        CLEAN, replace(CLEAN, fail_on="high", inputs={"policies": "c" * 64}, known_types={}, left_out=("x",))
    )
    assert [each.name for each in found.scope] == ["fail on", "stack x"]
    assert [each.name for each in found.inputs] == ["estate/prod", "estate/resilience.yaml"]
    assert len(found.coverage) == len(CLEAN.known_types)


def test_nothing_changed_is_said() -> None:
    assert text(between(EVERYTHING, EVERYTHING), 80).splitlines()[-1] == "nothing changed"


@settings(max_examples=40)
@given(reports(), reports())
def test_what_is_new_one_way_is_fixed_the_other_way(one: object, other: object) -> None:
    there, back = between(one, other), between(other, one)  # type: ignore[arg-type]
    assert fingerprints(there.new) == fingerprints(back.fixed)
    assert sorted(fingerprints(there.worse)) == sorted(fingerprints(back.better))
    Draft202012Validator(SCHEMA).validate(data(there))
    assert all(char.isprintable() or char == "\n" for char in text(there, 80))
