"""What cannot be started after a full stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.analysis.start_order import StartCycle, StartOrder, start_order
from resilience_checks.model.location import Location
from resilience_checks.model.question import Doubt, Holds
from resilience_checks.model.values import Reason
from resilience_checks.topology.estate import Estate, Fact, Part, Service
from resilience_checks.topology.gates import ALWAYS, NEVER, All, AnyOf, Case, Gate, Nature, Up

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = Reason("nobody says so")
LINE = Location("resilience.yaml", 3)


def estate(entry: Gate, **gates: Gate) -> Estate:
    parts = {name: Part(name, name.upper(), "", gate=gate) for name, gate in gates.items()}
    facts = {"f": Fact("f", ("yes", "no"), UNKNOWN, "say so")}
    return Estate(parts, {}, {"record": Service("record", entry)}, facts=facts)


def told(order: StartOrder) -> list[tuple[tuple[str, ...], Holds, tuple[str, ...]]]:
    return [(cycle.members, cycle.holds, cycle.services) for cycle in order.cycles]


def test_two_that_need_each_other_are_up_at_rest_and_never_start() -> None:
    why = Reason("dns needs directory", location=LINE)
    order = start_order(estate(Up("dns"), dns=Up("directory", why=why), directory=Up("dns")))
    assert told(order) == [(("directory", "dns"), Holds.YES, ("record",))]
    assert [(step.text, step.location) for step in order.cycles[0].lines] == [("dns needs directory", LINE)]


def test_an_edge_that_is_not_needed_to_start_opens_the_cycle() -> None:
    assert told(start_order(estate(Up("dns"), dns=Up("directory", start=False), directory=Up("dns")))) == []


def test_another_way_starts_what_a_cycle_would_hold() -> None:
    gates: dict[str, Gate] = {"dns": AnyOf((Up("directory"), Up("spare"))), "directory": Up("dns"), "spare": ALWAYS}
    assert told(start_order(estate(Up("dns"), **gates))) == []


def test_what_waits_for_a_cycle_hangs_on_it_and_is_no_part_of_it() -> None:
    order = start_order(estate(Up("portal"), portal=Up("dns"), dns=Up("directory"), directory=Up("dns")))
    assert told(order) == [(("directory", "dns"), Holds.YES, ("record",))]


def test_each_of_two_cycles_is_told_though_one_waits_for_the_other() -> None:
    gates: dict[str, Gate] = {"a": Up("b"), "b": All((Up("a"), Up("c"))), "c": Up("d"), "d": Up("c")}
    assert [members for members, _, _ in told(start_order(estate(Up("a"), **gates)))] == [("a", "b"), ("c", "d")]


def test_what_is_up_at_no_time_is_an_error_and_no_cycle() -> None:
    order = start_order(estate(Up("a"), a=Up("b", Nature.PATH), b=Up("a", Nature.PATH)))
    assert order == StartOrder((), frozenset({"record"}))


def test_a_cycle_that_a_fact_decides_is_unknown_and_names_it() -> None:
    gates: dict[str, Gate] = {"dns": Case("f", {"yes": Up("directory"), "no": ALWAYS}), "directory": Up("dns")}
    order = start_order(estate(Up("dns"), **gates))
    assert told(order) == [(("directory", "dns"), Holds.UNKNOWN, ("record",))]
    assert [doubt.remedy for doubt in order.cycles[0].doubts] == ["say so"]


def test_a_cycle_that_is_perhaps_down_while_nothing_fails_is_no_sure_one() -> None:
    needs = All((Up("directory"), Case("f", {"yes": ALWAYS, "no": NEVER})))
    order = start_order(estate(Up("dns"), dns=needs, directory=Up("dns")))
    doubt = Doubt("f", UNKNOWN, "say so")
    cycle = StartCycle(("directory", "dns"), ("DIRECTORY", "DNS"), ("record",), Holds.UNKNOWN, (), (doubt,))
    assert order == StartOrder((cycle,))


NAMES = ("a", "b", "c", "d", "e")
LEAF = st.sampled_from(NAMES).map(Up)
GATES: st.SearchStrategy[Gate] = st.recursive(
    st.one_of(st.just(ALWAYS), LEAF),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2).map(lambda items: All(tuple(items))),
        st.lists(inner, min_size=1, max_size=2).map(lambda items: AnyOf(tuple(items))),
    ),
    max_leaves=3,
)


def holds(gate: Gate, up: set[str]) -> bool:
    match gate:
        case Up(target=target):
            return target in up
        case All(items=items):
            return all(holds(item, up) for item in items)
        case AnyOf(items=items):
            return any(holds(item, up) for item in items)
    raise AssertionError


def fixpoint(gates: Mapping[str, Gate], up: set[str]) -> set[str]:
    while (found := {name for name, gate in gates.items() if holds(gate, up)}) != up:
        up = found
    return up


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, GATES)))
def test_a_service_hangs_on_a_cycle_exactly_when_it_runs_at_rest_and_cannot_start(gates: dict[str, Gate]) -> None:
    starts, rests = fixpoint(gates, set()), fixpoint(gates, set(NAMES))
    order = start_order(estate(Up("a"), **gates))
    assert ("a" in rests - starts) == any("record" in cycle.services for cycle in order.cycles)
    assert all(set(cycle.members) <= rests - starts for cycle in order.cycles)
