"""JUnit XML: held by the schema of Jenkins' xunit plugin, and read by junitparser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import junitparser
import pytest
import xmlschema
from hypothesis import given, settings

from resilience_checks.gate.verdict import verdict
from resilience_checks.model.result import Outcome
from resilience_checks.report.junit import JUnit
from tests.report.runner import commands
from tests.report.samples import (
    ACCEPTED,
    ASIDE,
    BROKEN,
    EARLY,
    EVERYTHING,
    MANY,
    PASSED,
    REPORTS,
    SHARED_MANAGER,
    report,
    reports,
    unknown,
)

if TYPE_CHECKING:
    from resilience_checks.report.interface import Report

SCHEMA = xmlschema.XMLSchema10(Path(__file__).with_name("schemas") / "junit-10.xsd")


def cases(found: Report) -> dict[tuple[str, str], list[str]]:
    """Return what junitparser reads of each test case: the kind of each result."""
    read = junitparser.JUnitXml.fromstring(JUnit().render(found).encode())
    return {
        (suite.name, case.name): [type(result).__name__.lower() for result in case.result]
        for suite in read
        for case in suite
    }


@pytest.mark.parametrize("name", REPORTS)
def test_the_schema_of_jenkins_holds_it(name: str) -> None:
    SCHEMA.validate(JUnit().render(REPORTS[name]))


@settings(max_examples=40)
@given(reports())
def test_whatever_a_program_says_the_document_is_well_formed_and_forges_no_command(found: Report) -> None:
    text = JUnit().render(found)
    SCHEMA.validate(text)
    assert commands(text) == []
    root = ET.fromstring(text)
    read = len(root.findall("testsuite/testcase"))
    stacks = (*found.stacks, *found.left_out, *found.unaffected)
    assert read == len(found.results) + len(found.failures) + len(stacks) == int(root.get("tests", "-1"))
    blocking = sum(result.outcome is not Outcome.ERROR for result in found.verdict.blocking)
    assert len(root.findall("testsuite/testcase/failure")) == blocking == int(root.get("failures", "-1"))
    errors = len(found.failures) + sum(result.outcome is Outcome.ERROR for result in found.results)
    assert len(root.findall("testsuite/testcase/error")) == errors == int(root.get("errors", "-1"))


def test_each_outcome_is_the_result_that_its_verdict_is() -> None:
    waived = replace(SHARED_MANAGER, waiver=ACCEPTED, target="another")
    known = replace(MANY, known="in baseline baseline.json", target="site:south")
    found = report(
        PASSED,
        ASIDE,
        MANY,
        unknown("records", line=3, blocks=True),
        unknown("mail", line=4, blocks=False),
        SHARED_MANAGER,
        waived,
        known,
        EARLY,
        BROKEN,
        failures=EVERYTHING.failures,
    )
    assert cases(found) == {
        ("stacks", "estate/prod"): [],
        ("stacks", "mail/prod"): ["error"],
        ("cross-site-failover", "site:north"): ["failure"],
        ("cross-site-failover", "records"): ["failure"],
        ("cross-site-failover", "mail"): ["skipped"],
        ("cross-site-failover", "site:south"): [],
        ("no-single-region-national-service", "records"): [],
        ("no-single-region-national-service", "mail"): ["skipped"],
        ("redundant-firewalls", "management-plane:fmg.example"): ["failure"],
        ("redundant-firewalls", "another"): ["skipped"],
        ("failover-tested", "clinical-db"): [],
        ("redundant-power", "redundant-power"): ["error"],
    }


def test_what_does_not_block_is_told_in_the_output_of_a_case_that_passed() -> None:
    root = ET.fromstring(JUnit().render(report(EARLY)))
    [out] = root.iterfind("testsuite/testcase/system-out")
    assert (out.text or "").splitlines() == [
        "medium, does not block",
        "at: estate/resilience.yaml:4:3",
        "found: nobody says that the failover of clinical-db was ever tested",
        "services: mail",
        "gate: does not block: enforced from 2026-03-01 on; the stack is advisory",
        f"id: {EARLY.fingerprint}",
    ]


def test_a_waiver_is_told_where_it_lets_a_case_pass() -> None:
    root = ET.fromstring(JUnit().render(report(replace(SHARED_MANAGER, waiver=ACCEPTED))))
    [skipped] = root.iterfind("testsuite/testcase/skipped")
    assert skipped.get("message") == (
        "waived: until 2026-03-31 for network team, approved by head of infrastructure, NET-4711: "
        "the second manager is ordered"
    )


def test_characters_that_xml_cannot_hold_are_visible() -> None:
    root = ET.fromstring(JUnit().render(report(replace(MANY, target="a\x00b\ufffe\x1bc"))))
    assert [case.get("name") for case in root.iterfind("testsuite[@name='cross-site-failover']/testcase")] == [
        "a\\x00b\\ufffe\\x1bc"
    ]


def test_several_results_about_one_target_have_names_of_their_own() -> None:
    other = replace(MANY, cause=("site:north/bad-change",))
    named = [name for suite, name in cases(report(MANY, other, MANY)) if suite == "cross-site-failover"]
    first = f"site:north ({MANY.fingerprint})"
    assert named == [first, f"site:north ({other.fingerprint})", f"{first} 2"]


def test_a_run_in_which_nothing_could_be_evaluated_has_errors() -> None:
    broken = report(stacks=(), policies={}, failures=EVERYTHING.failures, verdict=verdict((), errors=[4]))
    assert cases(broken) == {("stacks", "mail/prod"): ["error"]}
