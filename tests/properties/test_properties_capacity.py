"""Capacity against enumeration: every way of a request is a set of parts, and a linear program spreads over them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from resilience_checks.analysis.capacity import Enough, _Capacity, headrooms
from resilience_checks.model.question import FaultKind
from resilience_checks.model.values import Reason
from resilience_checks.topology.estate import Carrier, Demand, Domain, Estate, Member, Part, Service
from resilience_checks.topology.gates import ALWAYS, All, AnyOf, Gate, Nature, Up
from tests.properties.examples import usually

if TYPE_CHECKING:
    from collections.abc import Iterator

Way = tuple[str, ...]
PARTS = [f"p{number}" for number in range(8)]


@st.composite
def gates(draw: st.DrawFn, below: list[str], depth: int = 2) -> Gate:
    """Draw what needs some of the parts below."""
    if depth == 0 or not below or draw(st.booleans()):
        return Up(draw(st.sampled_from(below)), Nature.PATH) if below else ALWAYS
    kind = draw(st.sampled_from((All, AnyOf, AnyOf)))
    items = tuple(draw(st.lists(gates(below, depth - 1), min_size=1, max_size=3)))
    return All(items) if kind is All else AnyOf(items)


@st.composite
def loaded(draw: st.DrawFn, *, unknown: bool = False) -> tuple[Estate, tuple[str, ...]]:
    """Draw parts that need those before them, two services with a peak, and a loss."""
    parts = {}
    for number, name in enumerate(PARTS):
        gate = draw(gates(PARTS[:number], 1)) if number and draw(st.integers(0, 2)) == 2 else ALWAYS
        parts[name] = Part(name, name, "compute", gate=gate)
    carriers = {
        name: Carrier({} if unknown and draw(st.booleans()) else {"rps": float(draw(st.integers(0, 6)))}, Reason(name))
        for name in draw(st.sets(st.sampled_from(PARTS), min_size=1))
    }
    services = {
        name: Service(name, draw(gates(PARTS)), peak=(Demand("rps", float(draw(st.integers(1, 6))), "", None),))
        for name in ("record", "mail")
    }
    domains = {
        f"device:{name}": Domain(f"device:{name}", "device", name, (FaultKind.OUTAGE,), (Member(name),))
        for name in PARTS
    }
    hit = draw(st.sets(st.sampled_from([f"device:{name}/outage" for name in PARTS]), max_size=1))
    return Estate(parts, domains, services, carriers=carriers), tuple(hit)


def ways(estate: Estate, gate: Gate, down: set[str]) -> Iterator[Way]:
    """Yield every set of parts that serves a request, a part as often as the request comes to it."""
    match gate:
        case Up(target=target):
            if target not in down:
                for way in ways(estate, estate.parts[target].gate, down):
                    yield (target, *way)
        case All(items=items):
            for chosen in product(*(list(ways(estate, item, down)) for item in items)):
                yield tuple(part for way in chosen for part in way)
        case AnyOf(items=items):
            for item in items:
                yield from ways(estate, item, down)
        case _:
            raise AssertionError(gate)


def scale(estate: Estate, found: dict[str, list[Way]]) -> float:
    """Return how many times the peaks of these services fit together."""
    columns = [(name, frozenset(way)) for name, own in found.items() for way in own]
    rows = [[1.0 if part in way else 0.0 for _, way in columns] + [0.0] for part in estate.carriers]
    limits = [carrier.amounts["rps"] for carrier in estate.carriers.values()]
    sums = [
        [1.0 if name == service else 0.0 for name, _ in columns] + [-estate.services[service].peak[0].amount]
        for service in found
    ]
    goal = [0.0] * len(columns) + [-1.0]
    bounds = [(0, None)] * len(columns) + [(0, 100)]
    result = linprog(goal, A_ub=rows, b_ub=limits, A_eq=sums, b_eq=[0.0] * len(sums), bounds=bounds)
    assert result.success
    return float(result.x[-1])


def together(estate: Estate, found: dict[str, list[Way]], service: str) -> dict[str, list[Way]]:
    """Return the services that come to a limited part which this one may come to."""
    limited = {
        name: {part for way in own for part in way if part in estate.carriers} for name, own in found.items() if own
    }
    return {name: found[name] for name in limited if name == service or limited[name] & limited[service]}


def enumerated(estate: Estate, hit: tuple[str, ...]) -> dict[str, list[Way]]:
    down = {event.removeprefix("device:").removesuffix("/outage") for event in hit}
    return {service.id: list(ways(estate, service.entry, down)) for service in estate.services.values()}


@given(loaded())
def test_what_fits_is_what_the_best_spread_over_all_ways_carries(case: tuple[Estate, tuple[str, ...]]) -> None:
    estate, hit = case
    found = enumerated(estate, hit)
    # A request that comes to a part twice on one way is counted for both, unless every request comes to it.
    assume(all(len(set(way)) == len(way) for own in found.values() for way in own))
    verdicts = {item.service: item.enough for item in headrooms(estate, [hit])}
    for name, own in found.items():
        if not own:
            assert verdicts[name] is Enough.LOST
            continue
        group = together(estate, found, name)
        best = scale(estate, group)
        event(f"{verdicts[name]}")
        assert verdicts[name] in {Enough.ENOUGH, Enough.SHORT}
        assert all(verdicts[other] is Enough.ENOUGH for other in group) == (best >= 1 - 1e-7)


@given(loaded(unknown=True))
def test_what_is_enough_fits_whatever_the_unknown_parts_carry(case: tuple[Estate, tuple[str, ...]]) -> None:
    estate, hit = case
    found = enumerated(estate, hit)
    known = {name: carrier.amounts.get("rps") for name, carrier in estate.carriers.items()}
    worst, best = (
        replace(
            estate,
            carriers={
                name: Carrier({"rps": other if amount is None else amount}, Reason(name))
                for name, amount in known.items()
            },
        )
        for other in (0.0, 100.0)
    )
    for item in headrooms(estate, [hit]):
        alone = {item.service: found[item.service]}
        if item.enough is Enough.ENOUGH:
            assert scale(worst, alone) >= 1 - 1e-7
        single = all(len(set(way)) == len(way) for way in found[item.service])
        if item.enough is Enough.SHORT and single:
            assert scale(best, together(best, found, item.service)) < 1
        assert (item.enough is Enough.UNKNOWN) == bool(item.doubts)


def test_members_that_two_pools_share_carry_what_the_pools_do_not_need_otherwise() -> None:
    """Two pools of 150 each share one of three members of 100: the balancers have to leave it free for each other."""
    parts = {name: Part(name, name, "compute") for name in ("a", "b", "c")}
    demand = (Demand("rps", 150.0, "150"),)
    services = {
        name: Service(name, AnyOf(tuple(Up(part, Nature.PATH) for part in pool)), peak=demand)
        for name, pool in (("record", ("a", "b")), ("mail", ("b", "c")))
    }
    carriers = {name: Carrier({"rps": 100.0}, Reason(name)) for name in parts}
    estate = Estate(parts, {}, services, carriers=carriers)

    assert [item.enough for item in headrooms(estate, [()])] == [Enough.ENOUGH, Enough.ENOUGH]
    assert math.isclose(scale(estate, enumerated(estate, ())), 1.0)


@given(loaded(unknown=True))
def test_where_a_spread_fits_no_stage_is_short(case: tuple[Estate, tuple[str, ...]]) -> None:
    """Losses are decided without their stages where a spread fits: with them the answers are the same."""
    estate, hit = case
    found = headrooms(estate, [(), hit])
    whole = _Capacity._fits

    def only_in_the_worst_case(self: _Capacity, *given: Any, pessimistic: bool) -> bool:
        return pessimistic and whole(self, *given, pessimistic=pessimistic)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Capacity, "_fits", only_in_the_worst_case)
        assert headrooms(estate, [(), hit]) == found


@given(loaded(unknown=True))
@usually(50)
def test_losses_that_share_a_verdict_would_have_had_it_alone(case: tuple[Estate, tuple[str, ...]]) -> None:
    estate, hit = case
    asked = [(), hit, *((f"device:{name}/outage",) for name in PARTS)]
    alone = [item for one in asked for item in headrooms(estate, [one])]
    together = headrooms(estate, asked)
    order = sorted(together, key=lambda item: (asked.index(item.events), list(estate.services).index(item.service)))
    assert order == sorted(
        alone, key=lambda item: (asked.index(item.events), list(estate.services).index(item.service))
    )
    assert headrooms(estate, asked, told=(Enough.SHORT, Enough.UNKNOWN)) == tuple(
        item for item in together if item.enough in {Enough.SHORT, Enough.UNKNOWN}
    )
