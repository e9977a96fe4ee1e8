"""What a change does, against enumeration: cuts lost and gained, and what one deployment touches at once."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from resilience_checks.analysis.change import change
from resilience_checks.analysis.deployments import evaluate
from resilience_checks.analysis.probe import Probe
from resilience_checks.analysis.redundancy import compare
from resilience_checks.analysis.touched import ResourceChange
from resilience_checks.model.operation import CREATE, DELETE, UPDATE, Operation
from resilience_checks.model.question import FaultKind, Holds, Horizon
from resilience_checks.topology.estate import Domain, Member, Reach
from tests.properties import exact
from tests.properties.examples import usually
from tests.properties.oracle import event_ids
from tests.properties.strategies import estates, some

if TYPE_CHECKING:
    from collections.abc import Iterable

    from resilience_checks.analysis.redundancy import Redundancy
    from resilience_checks.topology.estate import Estate

STACK = "web/prod"
HORIZONS = st.sampled_from(Horizon)


def reaching(estate: Estate) -> Estate:
    """Return the estate in which a resource of the same name makes each part."""
    return replace(estate, reach={STACK: {part: (Reach(part),) for part in estate.parts}})


def updated(parts: Iterable[str], op: str = UPDATE) -> list[ResourceChange]:
    return [ResourceChange(STACK, part, "a:b:C", part, Operation(op, ("x",) if op == UPDATE else ())) for part in parts]


@st.composite
def versions(draw: st.DrawFn, *, facts: int = 2) -> tuple[Estate, Estate]:
    """Draw an estate, and what it becomes: another one, or the same with another gate, domain or place."""
    before = draw(estates(facts=facts))
    other = draw(estates(facts=facts))
    match draw(st.integers(0, 3)):
        case 0:
            return before, other
        case 1:
            name = draw(st.sampled_from(sorted(before.parts)))
            gates = [part.gate for part in before.parts.values()]
            changed = replace(before.parts[name], gate=draw(st.sampled_from(gates)))
            return before, replace(before, parts={**before.parts, name: changed})
        case 2:
            name = draw(st.sampled_from(sorted(before.domains)))
            members = tuple(map(Member, draw(some(sorted(before.parts), 1, 3))))
            return before, replace(
                before, domains={**before.domains, name: replace(before.domains[name], members=members)}
            )
        case _:
            kept = dict(list(before.domains.items())[1:])
            return before, replace(before, domains=kept)


def cuts(found: Redundancy, side: str) -> set[tuple[str, tuple[str, ...]]]:
    return {(one.service, cut.events) for one in found.changed for cut in getattr(one, side)}


@given(estates(), HORIZONS)
def test_from_an_estate_to_itself_nothing_changes(estate: Estate, horizon: Horizon) -> None:
    found = change(estate, estate, {STACK: ()}, horizon)
    assert found.empty
    assert found.redundancy is not None
    assert found.redundancy.unchanged == tuple(estate.services)


@given(versions(), HORIZONS)
@usually(40)
def test_the_other_way_round_what_was_lost_is_gained(pair: tuple[Estate, Estate], horizon: Horizon) -> None:
    one, other = (Probe(estate, horizon) for estate in pair)
    there, back = compare(one, other, 2), compare(other, one, 2)
    event(f"lost {bool(cuts(there, 'lost'))}, gained {bool(cuts(there, 'gained'))}")
    assert cuts(there, "lost") == cuts(back, "gained")
    assert cuts(there, "gained") == cuts(back, "lost")
    assert cuts(there, "perhaps") == cuts(back, "perhaps")
    assert (there.appearing, there.disappearing) == (back.disappearing, back.appearing)
    assert set(there.unchanged) == set(back.unchanged)


@given(versions(), HORIZONS)
@settings(max_examples=60)
def test_what_is_lost_was_survived_and_what_is_gained_was_not(pair: tuple[Estate, Estate], horizon: Horizon) -> None:
    before, after = pair
    found = compare(Probe(before, horizon), Probe(after, horizon), 2)

    def fate(estate: Estate, service: str, events: tuple[str, ...]) -> Holds:
        known = [one for one in events if one in event_ids(estate)]
        return exact.what_if(estate, known, service, horizon)

    for one in found.changed:
        for cut in one.lost:
            assert fate(before, one.service, cut.events) is Holds.YES
            assert fate(after, one.service, cut.events) is Holds.NO
        for cut in one.gained:
            assert fate(before, one.service, cut.events) is Holds.NO
            assert fate(after, one.service, cut.events) is Holds.YES
        told = {cut.events for cut in (*one.lost, *one.gained, *one.perhaps)}
        assert not any(set(small) < set(large) for small in told for large in told if large in cuts_of(one.lost))


@given(versions(facts=0), HORIZONS)
@settings(max_examples=60)
def test_minimal_cut_sets_tell_the_same_as_all_fault_sets(pair: tuple[Estate, Estate], horizon: Horizon) -> None:
    before, after = (Probe(estate, horizon) for estate in pair)
    assert cuts(compare(before, after, 2, max_sets=0), "lost") == cuts(compare(before, after, 2), "lost")
    assert cuts(compare(before, after, 2, max_sets=0), "gained") == cuts(compare(before, after, 2), "gained")


def cuts_of(found: Iterable[object]) -> set[tuple[str, ...]]:
    return {cut.events for cut in found}  # type: ignore[attr-defined]


@given(versions(), HORIZONS)
@usually(30)
def test_no_order_one_cut_that_surely_came_or_went_is_missed(pair: tuple[Estate, Estate], horizon: Horizon) -> None:
    before, after = pair
    found = compare(Probe(before, horizon), Probe(after, horizon), 1)
    changed = {one.service: one for one in found.changed}
    for service in set(before.services) & set(after.services):
        empty = [exact.what_if(estate, (), service, horizon) for estate in pair]
        if Holds.NO in empty:
            continue
        for name in {*event_ids(before), *event_ids(after)}:
            old, new = (
                exact.what_if(estate, [name] if name in event_ids(estate) else [], service, horizon) for estate in pair
            )
            if (old, new) == (Holds.YES, Holds.NO):
                one = changed[service]
                assert (name,) in cuts_of((*one.lost, *one.perhaps))


@given(estates(), HORIZONS, st.data())
@usually(40)
def test_a_deployment_is_one_event_that_hits_all_it_touches(
    estate: Estate, horizon: Horizon, data: st.DataObject
) -> None:
    parts = data.draw(some(sorted(estate.parts), 1, 4))
    found = evaluate(STACK, updated(parts), reaching(estate), reaching(estate), horizon)
    together = Domain("all:1", "all", "all", (FaultKind.OUTAGE,), tuple(map(Member, parts)))
    hit = replace(estate, domains={**estate.domains, together.id: together})
    for service in estate.services:
        answer = exact.what_if(hit, ["all:1/outage"], service, horizon)
        event(str(answer))
        if exact.what_if(estate, (), service, horizon) is Holds.NO:
            assert service in found.broken
        elif service not in found.untouched:
            assert (service in found.lost) == (answer is Holds.NO)
            assert (service in found.perhaps) == (answer is Holds.UNKNOWN)
            assert (service in found.kept) == (answer is Holds.YES)
        else:
            assert answer is exact.what_if(estate, (), service, horizon)


@given(estates(facts=0), HORIZONS, st.data())
@settings(max_examples=60)
def test_the_smallest_touched_sets_are_minimal(estate: Estate, horizon: Horizon, data: st.DataObject) -> None:
    parts = data.draw(some(sorted(estate.parts), 1, 4))
    found = evaluate(STACK, updated(parts), reaching(estate), reaching(estate), horizon)
    own = {part: Domain(f"own:{part}", "own", part, (FaultKind.OUTAGE,), (Member(part),)) for part in parts}
    hit = replace(estate, domains={**estate.domains, **{domain.id: domain for domain in own.values()}})

    def lost(service: str, chosen: Iterable[str]) -> bool:
        return exact.what_if(hit, [f"own:{part}/outage" for part in chosen], service, horizon) is Holds.NO

    for service in found.lost:
        sets = {one.parts for one in found.sets if service in one.services and one.sure}
        assume(not lost(service, ()))
        subsets = [chosen for size in range(1, len(parts) + 1) for chosen in combinations(sorted(parts), size)]
        losing = [set(chosen) for chosen in subsets if lost(service, chosen)]
        minimal = {tuple(sorted(one)) for one in losing if not any(other < one for other in losing)}
        assert sets
        assert sets <= minimal


@given(estates(facts=0), HORIZONS)
@settings(max_examples=30)
def test_what_is_made_and_what_goes_is_hit_where_it_stands(estate: Estate, horizon: Horizon) -> None:
    part = min(estate.parts)
    made = evaluate(STACK, updated([part], CREATE), reaching(estate), reaching(estate), horizon)
    gone = evaluate(STACK, updated([part], DELETE), reaching(estate), reaching(estate), horizon)
    assert (made.lost, made.perhaps) == (gone.lost, gone.perhaps)
