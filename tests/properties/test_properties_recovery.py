"""Recovery times and losses against enumeration, and against the terms that are shown for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hypothesis import event, given, settings
from hypothesis import strategies as st

from resilience_checks.analysis.recovery import Recovery, recoveries
from resilience_checks.topology.gates import Failover
from tests.properties.completions import children, completions, owned_gates, settle
from tests.properties.oracle import event_ids, time_until_up
from tests.properties.strategies import estates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.topology.estate import Estate
    from resilience_checks.topology.gates import Gate
    from tests.properties.completions import World


@st.composite
def losses(draw: st.DrawFn, *, facts: int = 1) -> tuple[Estate, tuple[str, ...]]:
    """Draw an estate and up to two events that happen at once."""
    estate = draw(estates(facts=facts))
    return estate, tuple(sorted(draw(st.sets(st.sampled_from(event_ids(estate)), min_size=1, max_size=2))))


def lags(gate: Gate) -> Iterator[float]:
    if isinstance(gate, Failover):
        yield from (standby.lag or 0.0 for standby in gate.standbys)
    for _, child in children(gate):
        yield from lags(child)


def outcome(world: World, events: tuple[str, ...], service: str, rpo: float | None) -> tuple[float, float]:
    """Return time and loss of the quickest way that keeps to the RPO, else of the quickest."""
    known = sorted({0.0, *(lag for _, gate in owned_gates(world.estate) for lag in lags(gate))})
    times = {lag: time_until_up(world, events, service, lag) for lag in (*known, math.inf)}
    quickest = times[math.inf]
    if rpo is not None:
        within = time_until_up(world, events, service, rpo)
        quickest = within if within < math.inf else quickest
    least = min((lag for lag, time in times.items() if time <= quickest < math.inf), default=math.inf)
    return quickest, least


@given(losses(facts=0))
def test_times_and_losses_are_those_of_every_completion(case: tuple[Estate, tuple[str, ...]]) -> None:
    estate, events = case
    for found in recoveries(estate, [events]):
        rpo = estate.services[found.service].rpo
        worlds = [settle(estate, completion) for completion in completions(estate)]
        exact = {outcome(world, events, found.service, rpo) for world in worlds}
        event(f"{len(exact)} outcomes, known {found.time.known}")
        if len(exact) == 1:
            ((time, loss),) = exact
            assert (found.time.low, found.time.high) == (time, time)
            assert (found.loss.low, found.loss.high) == (loss, loss)


@given(losses())
@settings(max_examples=40)
def test_no_completion_takes_less_or_more_than_the_bounds(case: tuple[Estate, tuple[str, ...]]) -> None:
    estate, events = case
    for found in recoveries(estate, [events]):
        for completion in completions(estate):
            time = time_until_up(settle(estate, completion), events, found.service, math.inf)
            if found.loss.high == math.inf or estate.services[found.service].rpo is None:
                assert found.time.low <= time <= found.time.high


@given(losses())
@settings(max_examples=40)
def test_the_terms_that_are_shown_add_up_to_the_time(case: tuple[Estate, tuple[str, ...]]) -> None:
    for found in recoveries(case[0], [case[1]]):
        event(f"{len(found.moves)} moves")
        assert _sum(found) == (found.time.high if found.time.known and found.time.high < math.inf else 0)


@given(losses())
@settings(max_examples=40)
def test_what_is_not_known_hangs_on_something(case: tuple[Estate, tuple[str, ...]]) -> None:
    for found in recoveries(case[0], [case[1]]):
        assert bool(found.doubts) == (not (found.time.known and found.loss.known))


def _sum(found: Recovery) -> float:
    return sum(move.seconds for move in found.moves)
