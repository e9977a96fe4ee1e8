"""Explanations against enumeration: every completion of what is open, every set of up to two faults."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import patch

from hypothesis import assume, event, given
from hypothesis import strategies as st

from resilience_checks.analysis import diagnosis
from resilience_checks.analysis.candidates import Observed
from resilience_checks.analysis.diagnosis import Diagnosis, diagnose
from resilience_checks.model.likelihood import rank
from resilience_checks.model.question import Horizon
from tests.properties import exact
from tests.properties.completions import (
    Completion,
    World,
    completions,
    settle,
    unlinked_pairs,
    unstated_access,
    unstated_borders,
)
from tests.properties.examples import usually
from tests.properties.oracle import event_ids, lost
from tests.properties.strategies import estates

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Estate

Events = frozenset[str]
NOTHING: Events = frozenset()


@st.composite
def observations(draw: st.DrawFn, estate: Estate) -> Observed:
    """Draw what is seen of each service: down, degraded, up, or nothing; something is down or degraded."""
    seen = [draw(st.sampled_from(("down", "down", "degraded", "up", "nothing"))) for _ in estate.services]
    found = {
        word: tuple(name for name, what in zip(estate.services, seen, strict=True) if what == word)
        for word in ("down", "degraded", "up")
    }
    return Observed(found["down"] or tuple(estate.services)[:1], found["up"], found["degraded"])


@st.composite
def cases(draw: st.DrawFn) -> tuple[Estate, Observed, Horizon]:
    estate = draw(estates())
    seen = draw(observations(estate))
    down = seen.down
    up = tuple(name for name in seen.up if name not in down)
    degraded = tuple(name for name in seen.degraded if name not in down)
    return estate, Observed(down, up, degraded), draw(st.sampled_from(Horizon))


@st.composite
def written(draw: st.DrawFn) -> tuple[Estate, Observed, Horizon]:
    """Draw an estate in which nothing is open but facts that somebody wrote down."""
    estate, seen, horizon = draw(cases())
    assume(not unlinked_pairs(estate) and not unstated_access(estate))
    good = Completion(open_borders=frozenset(unstated_borders(estate)), rto=4.0, rpo=5.0)
    return settle(estate, good).estate, seen, horizon


def hit(world: World, events: Events, service: str, horizon: Horizon) -> bool:
    """Return whether some consumer loses the service."""
    found = world.estate.services[service]
    if not found.consumers:
        return lost(world, events, service, horizon)

    def alone(consumer: str) -> World:
        services = {**world.estate.services, service: replace(found, consumers=(consumer,))}
        return replace(world, estate=replace(world.estate, services=services))

    return any(lost(alone(consumer), events, service, horizon) for consumer in found.consumers)


def explains(world: World, events: Events, seen: Observed, horizon: Horizon) -> bool:
    return (
        all(event.rpartition("/")[0] in world.estate.domains for event in events)
        and all(lost(world, events, name, horizon) for name in seen.down)
        and all(hit(world, events, name, horizon) for name in seen.degraded)
        and not any(lost(world, events, name, horizon) for name in (*seen.up, *seen.degraded))
    )


def truths(estate: Estate, seen: Observed, horizon: Horizon) -> tuple[set[Events], set[Events]]:
    """Return the sets of up to two faults that explain what is seen in all worlds, and in some.

    Worlds in which what is seen does not work with nothing failed are left out.
    """
    worlds = [settle(estate, completion) for completion in completions(estate)]
    worlds = [world for world in worlds if not any(lost(world, NOTHING, name, horizon) for name in seen.services)]
    sets = list(exact.subsets(frozenset(event_ids(estate)), 2))
    found = {events: [explains(world, events, seen, horizon) for world in worlds] for events in sets}
    sure = {events for events, told in found.items() if told and all(told)}
    return sure, {events for events, told in found.items() if any(told)}


def told(found: Diagnosis) -> tuple[set[Events], set[Events]]:
    sure = {frozenset(each.events) for each in found.explanations if each.sure}
    return sure, {frozenset(each.events) for each in found.explanations if not each.sure}


@given(written())
@usually(60)
def test_where_only_facts_are_open_the_explanations_are_those_of_enumeration(
    case: tuple[Estate, Observed, Horizon],
) -> None:
    estate, seen, horizon = case
    sure, possible = truths(estate, seen, horizon)
    found = diagnose(estate, seen, order=2, horizon=horizon)
    if found.errors:
        return
    event(f"sure {len(sure)}, possible {len(possible - sure)}")
    least = exact.minimal(frozenset(sure))
    maybe = {events for events in possible if not any(other < events for other in possible)} - least
    assert found.exact
    assert found.finished == 2
    assert told(found) == (set(least), {events for events in maybe if events not in sure})


@given(cases())
def test_families_of_minimal_sets_give_the_same_explanations(case: tuple[Estate, Observed, Horizon]) -> None:
    estate, seen, horizon = case
    found = diagnose(estate, seen, order=2, horizon=horizon)
    with patch.object(diagnosis, "_FEW", 0):
        assert diagnose(estate, seen, order=2, horizon=horizon) == found


@given(cases())
@usually(50)
def test_a_sure_explanation_is_one_in_every_world_and_none_is_missed(case: tuple[Estate, Observed, Horizon]) -> None:
    estate, seen, horizon = case
    sure, possible = truths(estate, seen, horizon)
    found = diagnose(estate, seen, order=2, horizon=horizon)
    if found.errors:
        return
    surely, possibly = told(found)
    if possible:
        assert surely <= sure
    assert all(any(each <= events for each in surely | possibly) for events in possible)


@given(cases())
def test_places_follow_ranks_and_ties_are_counted(case: tuple[Estate, Observed, Horizon]) -> None:
    estate, seen, horizon = case
    found = diagnose(estate, seen, order=2, horizon=horizon)
    ranks = [rank(estate.likelihood(each).likelihood for each in one.events) for one in found.explanations]
    assert ranks == sorted(ranks)
    assert [one.place for one in found.explanations] == [ranks.index(value) + 1 for value in ranks]
    assert [one.tied for one in found.explanations] == [ranks.count(value) - 1 for value in ranks]


@given(cases())
def test_the_best_look_leaves_least_at_worst(case: tuple[Estate, Observed, Horizon]) -> None:
    estate, seen, horizon = case
    found = diagnose(estate, seen, order=2, horizon=horizon)
    everyone = set(found.among)
    own = {index for index, one in enumerate(found.explanations) if one.encloses is None}
    assert everyone <= own
    for look in found.looks:
        assert {index for answer in look.answers for index in answer.left} == everyone
        assert max(len(answer.left) for answer in look.answers) < len(everyone)
        assert look.subject not in seen.services
    for event_id in {name for index in everyone for name in found.explanations[index].events}:
        holding = sum(event_id in found.explanations[index].events for index in everyone)
        worst = max(holding, len(everyone) - holding)
        assert not found.looks or found.looks[0].worst <= worst
