"""All that a result says of what a policy reports, of whom it holds, and from when on it blocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.location import Related
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.model.values import Basis, Reason
from resilience_checks.policy.document import Document
from resilience_checks.policy.engine import EngineFault
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.outcome import decide
from resilience_checks.policy.settings import settings
from resilience_checks.topology.declared_settings import PolicySettings, StackGlob
from resilience_checks.topology.selectors import Glob
from tests.policy import documents as given
from tests.policy.test_policy_outcomes_places import ITEM, ONE, QUESTION, _Saying
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.policy.settings import Settings

[POLICY] = ONE.policies
SETTINGS = settings(ONE, {})
TODAY, LATER = date(2026, 1, 24), date(2026, 6, 1)
FOUND = given.FixedAnswers(
    (
        replace(
            given.lost(QUESTION, "record"),
            assumed=(Reason("two racks are apart", Basis.ASSUMED),),
            complete=False,
        ),
    ),
    given.EVENTS,
)


def decided(item: Mapping[str, object], found: given.FixedAnswers = FOUND, **how: object) -> Result:
    changed: Settings = replace(SETTINGS[POLICY.id], **how)  # type: ignore[arg-type]
    matter = Matter(given.estate(), found, {POLICY.id: changed}, today=TODAY)  # type: ignore[arg-type]
    [result] = decide(ONE, Document({}, {}), matter, _Saying({**ITEM, **item}))  # type: ignore[arg-type]
    return result


def test_a_violation_says_all_that_is_known_of_it() -> None:
    item = {
        "question": QUESTION,
        "cause": [given.SITE, given.DEVICE],
        "evidence": {"sites": 2},
        "advisory": ["it is a trial"],
    }
    cut = replace(given.LOST, events=(given.SITE, given.DEVICE))
    statement = replace(FOUND.statements[0], cuts=(cut,))
    likelihoods = {event: given.estate().likelihood(event) for event in (given.DEVICE, given.SITE)}
    assert decided(item, replace(FOUND, statements=(statement,))) == Result(
        policy=POLICY.id,
        outcome=Outcome.VIOLATION,
        severity=Severity.HIGH,
        target="record",
        title=POLICY.title,
        message="it is so",
        location=given.MADE,
        related=(Related("record is lost", given.DECLARED),),
        services=("record",),
        cause=(given.DEVICE, given.SITE),
        chain=given.LOST.chain,
        remediation=POLICY.remediation,
        assumed=("two racks are apart",),
        evidence={
            "question": QUESTION,
            "controls": list(POLICY.controls),
            "sites": 2,
            "likelihood": {
                event: {"class": str(one.likelihood), "basis": str(one.reason.basis), "why": one.reason.text}
                for event, one in likelihoods.items()
            },
            "resources": ["urn:fw-1"],
            "limit": "a limit of time or size stopped the analysis: there are at least these",
        },
        advisory=("it is a trial",),
    )


def test_a_pass_says_no_more_than_that() -> None:
    assert decided({"outcome": "pass"}, given.FixedAnswers((), given.EVENTS)) == Result(
        policy=POLICY.id,
        outcome=Outcome.PASS,
        severity=Severity.HIGH,
        target="record",
        title=POLICY.title,
        message="it is so",
        location=given.DECLARED,
        services=("record",),
        evidence={"controls": list(POLICY.controls)},
    )


@pytest.mark.parametrize(
    ("item", "blocks"),
    [({}, False), ({"must_be_known": True}, True), ({"must_be_known": False}, False)],
)
def test_an_unknown_blocks_where_the_rule_or_the_settings_say_so(item: Mapping[str, object], blocks: bool) -> None:
    unknown = {"outcome": "unknown", **item}
    assert decided(unknown, on_unknown={"default": "warn"}).blocks_when_unknown is blocks
    assert decided(unknown, on_unknown={"default": "fail"}).blocks_when_unknown is True
    assert decided({**unknown, "outcome": "violation"}).blocks_when_unknown is False


@pytest.mark.parametrize(
    ("day", "advisory"),
    [(LATER, ("enforced from 2026-06-01 on",)), (TODAY, ()), (None, ())],
)
def test_what_is_not_enforced_yet_blocks_nothing_and_says_from_when(day: date | None, advisory: tuple[str]) -> None:
    assert decided({}, enforce_from=day).advisory == advisory


def test_the_strictest_of_the_services_settings_counts_and_each_stack_has_its_own() -> None:
    known = given.estate()
    stacks = {"record": "web/prod", "results": "web/dev"}
    services = {name: replace(one, stack=stacks.get(name)) for name, one in known.services.items()}
    scoped = tuple(
        PolicySettings(POLICY.id, given.DECLARED, severity=severity, stacks=(StackGlob(Glob(stack), given.DECLARED),))
        for stack, severity in (("web/prod", Severity.CRITICAL), ("web/dev", Severity.LOW))
    )
    how = {POLICY.id: replace(SETTINGS[POLICY.id], scoped=scoped)}

    def severity(*of: str) -> Severity:
        matter = Matter(replace(known, services=services), FOUND, how, (Program().graph(),), today=TODAY)  # type: ignore[arg-type]
        [found] = decide(ONE, Document({}, {}), matter, _Saying({**ITEM, "services": [*of]}))  # type: ignore[arg-type]
        return found.severity

    assert severity("record", "results") is Severity.CRITICAL
    assert severity("results") is Severity.LOW


def test_a_violation_by_absence_is_unknown_where_resources_may_be_left_out() -> None:
    graph = Program().graph(complete=False)

    def outcome(reads: tuple[str, ...], question: str) -> tuple[Outcome, tuple[str, ...]]:
        policy = replace(POLICY, reads=reads)
        pack = replace(ONE, policies=(policy,))
        matter = Matter(given.estate(), FOUND, SETTINGS, (graph,), today=TODAY)  # type: ignore[arg-type]
        item = {**ITEM, "question": question, "cause": [given.SITE]}
        [found] = decide(pack, Document({}, {}), matter, _Saying(item))  # type: ignore[arg-type]
        return found.outcome, found.cause

    assert outcome(("capacity",), "") == (Outcome.UNKNOWN, ())
    assert outcome(("answers",), "") == (Outcome.VIOLATION, (given.SITE,))
    assert outcome(("capacity",), QUESTION) == (Outcome.VIOLATION, (given.SITE,))


def test_what_is_enforced_for_one_of_its_services_blocks() -> None:
    later = PolicySettings(POLICY.id, given.DECLARED, enforce_from=LATER, tiers=(2,))
    of_both = {"services": ["record", "results"]}
    assert decided(of_both, scoped=(later,)).advisory == ()
    assert decided({"services": ["results"]}, scoped=(later,)).advisory == ("enforced from 2026-06-01 on",)


def test_a_policy_that_fails_under_one_of_its_sets_of_parameters_is_an_error_of_that() -> None:
    class _Broken:
        def evaluate(self, _modules: object, _document: bytes, packages: Mapping[str, str]) -> dict[str, object]:
            return dict.fromkeys(packages, EngineFault("no"))

    scoped = (PolicySettings(POLICY.id, given.DECLARED, parameters={"least": 3}, tiers=(2,)),)
    how = {POLICY.id: replace(SETTINGS[POLICY.id], scoped=scoped)}
    matter = Matter(given.estate(), FOUND, how, today=TODAY)  # type: ignore[arg-type]
    found = decide(ONE, Document({"causes": {}}, {}), matter, _Broken())  # type: ignore[arg-type]
    assert {result.message for result in found} == {"the policy could not be evaluated: no"}
