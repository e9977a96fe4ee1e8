"""Where a result stands, what stands beside it, and what it hangs on where an input leaves resources out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.location import Location, Related
from resilience_checks.model.question import Cut, Event, FaultKind, Holds, Statement, Step
from resilience_checks.model.result import Outcome
from resilience_checks.policy import pack
from resilience_checks.policy.document import Document
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.outcome import decide
from resilience_checks.policy.settings import settings
from resilience_checks.topology.estate import Consumer, Coverage, Domain
from tests.policy import documents as given
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.result import Result
    from resilience_checks.topology.estate import Estate

QUESTION = "cross-site-failover.site-outage"
PACK = pack.load()
ONE = pack.Pack(tuple(policy for policy in PACK.policies if policy.id == "cross-site-failover"), PACK.modules)
ANCHOR = Location("Pulumi.yaml", 1)
ITEM = {
    "outcome": "violation",
    "target": "record",
    "message": "it is so",
    "question": "",
    "services": ["record"],
    "cause": [],
}
NO_ANSWERS = given.FixedAnswers((), given.EVENTS)


class _Saying:
    """An engine that reports one item."""

    def __init__(self, item: Mapping[str, object]) -> None:
        self.item = item

    def evaluate(self, _modules: object, _document: bytes, packages: Mapping[str, str]) -> dict[str, object]:
        return {policy: [self.item] for policy in packages}


def decided(
    item: Mapping[str, object],
    estate: Estate | None = None,
    answers: given.FixedAnswers = NO_ANSWERS,
    graphs: tuple[ResourceGraph, ...] = (),
    places: Mapping[str, Step] | None = None,
) -> Result:
    matter = Matter(estate or given.estate(), answers, settings(ONE, {}), graphs)  # type: ignore[arg-type]
    [found] = decide(ONE, Document({}, places or {}), matter, _Saying({**ITEM, **item}))  # type: ignore[arg-type]
    return found


HIDDEN = Program()
HIDDEN.add("acme:index:Cluster", "main", remote=True)
HIDDEN.add("acme:index:Mail", "mail", remote=True)
HIDDEN.add("known:index:Thing", "thing", remote=True)
HIDDEN.add("acme:index:Seen", "seen")
COVERAGE = Coverage({"known:index:Thing": 1}, {})
BY_PLUGINS = (
    "no run of web/prod shows what its plugins make in acme:index:Cluster main, acme:index:Mail mail;"
    " to make it known: check a preview or a state of it, or add a catalogue entry for their types"
)
BY_PREVIEW = (
    "web/prod is read from a preview that leaves resources out; to make it known:"
    " check the program itself, or write the preview with `pulumi preview --json --show-sames`"
)
BY_STATE = (
    "web/prod is read from a state that leaves resources out; to make it known: check the program itself,"
    " or write the state again when no operation is under way (`pulumi stack export`)"
)
BY_LOOKUPS = (
    "how many resources web/prod makes hangs on answers that are not known before it is deployed;"
    " to make it known: give the answers of its lookups with --lookups"
)


@pytest.mark.parametrize(
    ("graph", "why"),
    [
        (HIDDEN.graph(), BY_PLUGINS),
        (replace(Program().graph(complete=False), source="preview"), BY_PREVIEW),
        (replace(Program().graph(complete=False), source="state"), BY_STATE),
        (Program().graph(complete=False), BY_LOOKUPS),
    ],
)
def test_a_pass_over_what_an_input_leaves_out_is_unknown_and_says_why(graph: ResourceGraph, why: str) -> None:
    found = decided({"outcome": "pass"}, replace(given.estate(), coverage=COVERAGE), graphs=(graph,))
    assert (found.outcome, found.message, found.depends_on) == (
        Outcome.UNKNOWN,
        "as far as is shown, it is so",
        (why,),
    )


def test_a_pass_over_all_that_is_made_stands() -> None:
    known = Program()
    known.add("known:index:Thing", "thing", remote=True)
    found = decided({"outcome": "pass"}, replace(given.estate(), coverage=COVERAGE), graphs=(known.graph(),))
    assert (found.outcome, found.message, found.depends_on) == (Outcome.PASS, "it is so", ())


def test_what_a_result_hangs_on_is_told_once_and_of_unknowns_alone() -> None:
    item = {"outcome": "unknown", "hangs_on": ["nobody says it", "nobody says it", "nor this"]}
    assert decided(item).depends_on == ("nobody says it", "nor this")
    assert decided({**item, "outcome": "violation"}).depends_on == ()


SERVICE_AT = Location("services.yaml", 3)


def placed(**places: Location | None) -> Estate:
    known = given.estate()
    return replace(
        known, services={name: replace(one, location=places.get(name)) for name, one in known.services.items()}
    )


@pytest.mark.parametrize(
    ("item", "estate", "expected"),
    [
        ({"cause": [given.DEVICE]}, placed(record=SERVICE_AT), given.MADE),
        ({}, placed(record=SERVICE_AT), SERVICE_AT),
        ({"services": ["email", "record"]}, placed(record=SERVICE_AT), SERVICE_AT),
        ({"outcome": "pass", "services": ["nobody", "record"]}, placed(record=SERVICE_AT), SERVICE_AT),
        ({}, placed(), ANCHOR),
        ({"outcome": "pass", "services": []}, placed(), ANCHOR),
        ({}, replace(placed(), anchors={}), None),
    ],
)
def test_a_result_stands_at_its_fault_else_at_its_service_else_at_its_project(
    item: Mapping[str, object], estate: Estate, expected: Location | None
) -> None:
    assert decided(item, estate).location == expected


CABLE = "device:duct/outage"
DUCT, WAN_1, WAN_2, FIBRE, POWYS = (Location("net.py", line) for line in (3, 11, 12, 13, 20))
CUT_OFF = replace(
    given.estate(),
    domains={
        **given.estate().domains,
        "device:duct": Domain("device:duct", "device", "duct", given.OUTAGE, (), primary=DUCT),
    },
    consumers={
        "powys": Consumer("powys", "hospital", ("wan-1", "wan-2"), location=POWYS),
        "gwent": Consumer("gwent", "hospital", None),
    },
)
BURIED = Event(
    CABLE,
    "device:duct",
    "device",
    "duct",
    FaultKind.OUTAGE,
    DUCT,
    members=(
        Step("link wan-1", WAN_1, part="link wan-1"),
        Step("link wan-2", WAN_2, part="link wan-2"),
        Step("link wan-2 again", None, part="link wan-2"),
        Step("link fibre", FIBRE, part="link fibre"),
    ),
)


def losing(*consumers: str) -> given.FixedAnswers:
    cut = Cut((CABLE,), (Step("the duct is dug up", DUCT),), consumers=consumers)
    return given.FixedAnswers(
        (Statement(QUESTION, "record", Holds.YES, Holds.NO, (cut,)),), {**given.EVENTS, CABLE: BURIED}
    )


def test_consumers_that_are_cut_off_are_told_at_the_last_of_their_own_links() -> None:
    found = decided({"question": QUESTION, "cause": [CABLE]}, CUT_OFF, losing("powys", "gwent"))
    assert (found.location, found.related, found.evidence["consumers"]) == (
        WAN_2,
        (
            Related("link wan-1", WAN_1),
            Related("link fibre", FIBRE),
            Related("powys is cut off", POWYS),
            Related("record is lost", given.DECLARED),
        ),
        ["powys", "gwent"],
    )


def test_a_consumer_with_one_link_in_the_cause_is_told_at_it() -> None:
    powys = replace(CUT_OFF.consumers["powys"], access=("wan-1",))
    estate = replace(CUT_OFF, consumers={"powys": powys})
    assert decided({"question": QUESTION, "cause": [CABLE]}, estate, losing("powys")).location == WAN_1


@pytest.mark.parametrize("consumers", [(), ("gwent",)])
def test_where_no_link_of_who_is_cut_off_is_known_the_fault_is_told(consumers: tuple[str, ...]) -> None:
    found = decided({"question": QUESTION, "cause": [CABLE]}, CUT_OFF, losing(*consumers))
    assert (found.location, found.related) == (
        DUCT,
        (
            Related("link wan-1", WAN_1),
            Related("link wan-2", WAN_2),
            Related("link fibre", FIBRE),
            Related("record is lost", given.DECLARED),
        ),
    )


def test_what_a_rule_names_is_told_first_and_a_service_without_a_fault_is_concerned() -> None:
    named = {"a": Step("here", WAN_1), "b": Step("and here", WAN_2), "c": Step("nowhere")}
    found = decided({"at": ["c", "a", "b", "gone"]}, placed(record=SERVICE_AT), places=named)
    assert (found.location, found.related) == (
        WAN_1,
        (Related("and here", WAN_2), Related("record is concerned", SERVICE_AT)),
    )


def test_a_cause_that_is_no_fault_of_the_estate_concerns_its_services() -> None:
    found = decided({"cause": ["circle:a/b"]}, CUT_OFF)
    assert (found.location, found.related) == (given.DECLARED, ())
    assert decided({"cause": ["circle:a/b"], "at": ["a"]}, places={"a": Step("here", WAN_1)}).related == (
        Related("record is concerned", given.DECLARED),
    )


def test_only_a_violation_has_places_beside_it() -> None:
    assert decided({"outcome": "unknown", "question": QUESTION, "cause": [CABLE]}, CUT_OFF, losing()).related == ()
