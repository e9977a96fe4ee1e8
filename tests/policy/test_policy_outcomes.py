"""From answers to results, whole objects, on both engines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.location import Related
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.policy import document, pack
from resilience_checks.policy.embedded import EmbeddedEngine
from resilience_checks.policy.engine import EngineFault
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.outcome import decide
from resilience_checks.policy.pack import reads
from resilience_checks.policy.settings import settings
from tests.policy import documents as given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.policy.engine import Engine
    from resilience_checks.topology.estate import Estate

PACK = pack.load()
SETTINGS = settings(PACK, {})
SITE_QUESTION = "cross-site-failover.site-outage"
UNIT_QUESTION = "redundant-firewalls.firewall-outage"


@pytest.fixture(scope="module", params=["embedded", "opa"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "opa":
        yield request.getfixturevalue("opa_engine")
        return
    with EmbeddedEngine() as made:
        yield made


def results(engine: Engine, answers: given.FixedAnswers, estate: Estate | None = None) -> dict[tuple[str, str], Result]:
    known = estate or given.estate()
    matter = Matter(known, answers, SETTINGS)  # type: ignore[arg-type]
    found = decide(PACK, document.build(matter, reads(PACK, SETTINGS)), matter, engine)
    return {(result.policy, result.target): result for result in found}


def test_one_cause_is_one_violation_with_all_that_it_loses(engine: Engine) -> None:
    said = given.answers(
        SITE_QUESTION, record=given.lost(SITE_QUESTION, "record"), email=given.lost(SITE_QUESTION, "email")
    )
    found = results(engine, said)
    assert found[("cross-site-failover", "site:north")] == Result(
        policy="cross-site-failover",
        outcome=Outcome.VIOLATION,
        severity=Severity.HIGH,
        target="site:north",
        title="The loss of one site loses a service",
        message="One outage of site north loses 2 services: record, email",
        location=given.DECLARED,
        related=(),
        services=("email", "record"),
        cause=(given.SITE,),
        chain=given.LOST.chain,
        remediation=next(policy.remediation for policy in PACK.policies if policy.id == "cross-site-failover"),
        evidence={
            "question": SITE_QUESTION,
            "controls": ["CAF-B5.b.4", "NIST-CP-6", "NIST-CP-7", "ISO27001-A.5.30", "ISO22301-8.3", "NIS2-4.1.2.g"],
            "likelihood": {
                given.SITE: {
                    "class": "rare",
                    "basis": "assumed",
                    "why": "a whole site is lost to fire, flood, cooling or power",
                }
            },
        },
    )
    assert found[("cross-site-failover", "results")].outcome is Outcome.PASS


def test_a_place_that_only_encloses_a_smaller_cut_is_no_cause(engine: Engine) -> None:
    said = given.answers(UNIT_QUESTION, record=given.lost(UNIT_QUESTION, "record", given.LOST, given.UNIT_LOST))
    found = results(engine, said).values()
    violations = [item for item in found if item.policy == "redundant-firewalls" and item.outcome is Outcome.VIOLATION]
    assert [(item.target, item.location, item.related) for item in violations] == [
        ("device:fw-1", given.MADE, (Related("record is lost", given.DECLARED),))
    ]


def test_an_unknown_names_its_doubt_and_blocks_on_tier_1_alone(engine: Engine) -> None:
    said = given.answers(
        SITE_QUESTION, record=given.doubtful(SITE_QUESTION, "record"), email=given.doubtful(SITE_QUESTION, "email")
    )
    found = results(engine, said)
    record, email = found[("cross-site-failover", "record")], found[("cross-site-failover", "email")]
    assert (record.outcome, email.outcome) == (Outcome.UNKNOWN, Outcome.UNKNOWN)
    assert record.depends_on == (
        "nothing says where fw-1 stands (__main__.py:7); to make it known: declare it under placement",
    )
    assert record.message == "whether record survives is not known; it would be lost by one outage of site north"
    assert (record.blocks_when_unknown, email.blocks_when_unknown) == (True, False)


def test_what_was_not_asked_about_is_not_applicable(engine: Engine) -> None:
    said = given.answers(SITE_QUESTION, record=given.unasked(SITE_QUESTION, "record"))
    assert results(engine, said)[("cross-site-failover", "record")].outcome is Outcome.NOT_APPLICABLE


def test_a_service_that_is_lost_at_rest_is_an_error_and_nothing_else(engine: Engine) -> None:
    said = given.answers(SITE_QUESTION, record=given.broken(SITE_QUESTION, "record"))
    found = results(engine, said)
    assert found[("cross-site-failover", "record")].outcome is Outcome.ERROR
    assert found[("redundant-firewalls", "record")].outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("scope", "said", "expected"),
    [
        ("local", given.lost, Outcome.NOT_APPLICABLE),
        (None, given.lost, Outcome.UNKNOWN),
        (None, given.doubtful, Outcome.UNKNOWN),
        (None, given.unasked, Outcome.NOT_APPLICABLE),
    ],
)
def test_the_scope_decides_whether_the_policy_applies(
    engine: Engine, scope: str | None, said: object, expected: Outcome
) -> None:
    assert callable(said)
    found = results(engine, given.answers(SITE_QUESTION, record=said(SITE_QUESTION, "record")), given.estate(scope))
    assert found[("cross-site-failover", "record")].outcome is expected


class _Saying:
    """An engine that says one thing of every policy, or nothing."""

    def __init__(self, report: object) -> None:
        self.report = report

    def evaluate(self, _modules: object, _document: bytes, packages: Mapping[str, str]) -> dict[str, object]:
        return {} if self.report is None else dict.fromkeys(packages, self.report)


PASS = {"outcome": "pass", "target": "record", "message": "", "question": "", "services": [], "cause": []}


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (EngineFault("rules.rego:3:1: no"), "rules.rego:3:1: no"),
        (None, "the engine did not answer for cross-site-failover"),
        ([PASS, 7], "it reports what is no result of lib.result: 7"),
        (
            [{**PASS, "outcome": "sound"}],
            f"it reports what is no result of lib.result: {json.dumps({**PASS, 'outcome': 'sound'})}",
        ),
        (
            [{**PASS, "cause": None}],
            f"it reports what is no result of lib.result: {json.dumps({**PASS, 'cause': None})}",
        ),
        (["x" * 300], f'it reports what is no result of lib.result: "{"x" * 199}'),
    ],
)
def test_a_policy_that_cannot_be_evaluated_is_an_error(report: object, said: str) -> None:
    found = results(_Saying(report), given.answers(SITE_QUESTION))  # type: ignore[arg-type]
    assert {result.outcome for result in found.values()} == {Outcome.ERROR}
    assert found[("cross-site-failover", "cross-site-failover")] == Result(
        policy="cross-site-failover",
        outcome=Outcome.ERROR,
        severity=Severity.HIGH,
        target="cross-site-failover",
        title="The loss of one site loses a service",
        message=f"the policy could not be evaluated: {said}",
        location=next(iter(given.estate().anchors.values()), None),
        remediation="correct the policy; nothing is known of what it would have found",
    )


def test_fingerprints_do_not_depend_on_lines_or_order(engine: Engine) -> None:
    one = results(engine, given.answers(SITE_QUESTION, record=given.lost(SITE_QUESTION, "record")))
    said = given.answers(SITE_QUESTION, record=given.lost(SITE_QUESTION, "record"))
    turned = given.FixedAnswers(tuple(reversed(said.statements)), said.events)
    assert {key: item.fingerprint for key, item in results(engine, turned).items()} == {
        key: item.fingerprint for key, item in one.items()
    }
