"""What fault sets do to services, consumer by consumer, against enumeration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from resilience_checks.analysis.blast_radius import blast_radius
from resilience_checks.analysis.fates import Fate, Survey
from resilience_checks.analysis.what_if import BOTH, effects
from resilience_checks.model.question import Horizon
from tests.properties.completions import completions, settle
from tests.properties.oracle import event_ids, lost
from tests.properties.test_properties_answers import fault_sets
from tests.properties.test_properties_diagnosis import hit

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Estate

Events = frozenset[str]


def fate(estate: Estate, events: Events, service: str, horizon: Horizon) -> Fate:
    """Return what becomes of a service in every completion, unknown where they differ."""
    worlds = [settle(estate, completion) for completion in completions(estate)]
    if all(lost(world, frozenset(), service, horizon) for world in worlds):
        return Fate.ERROR
    found = set()
    for world in worlds:
        if lost(world, events, service, horizon):
            found.add(Fate.LOST)
        else:
            found.add(Fate.DEGRADED if hit(world, events, service, horizon) else Fate.KEPT)
    return found.pop() if len(found) == 1 else Fate.UNKNOWN


@given(fault_sets())
def test_a_fate_is_what_every_completion_says(case: tuple[Estate, Events, Horizon, bool]) -> None:
    estate, events, horizon, _ = case
    survey = Survey(estate, [events])
    for service in estate.services:
        found = survey.fates(service, horizon).of(1)
        event(str(found))
        assert found is fate(estate, events, service, horizon)


@given(fault_sets())
@settings(max_examples=40)
def test_one_sweep_says_of_every_set_what_each_alone_says(case: tuple[Estate, Events, Horizon, bool]) -> None:
    estate, events, horizon, _ = case
    sets = [events, *(frozenset({one}) for one in event_ids(estate))]
    survey = Survey(estate, sets)
    for service in estate.services:
        fates = survey.fates(service, horizon)
        alone = [Survey(estate, [one]).fates(service, horizon).of(1) for one in sets]
        # Where the sets of a sweep share a fact it may be split for all of them: a sweep knows as much, or more.
        for index, other in enumerate(alone, start=1):
            assert fates.of(index) is other or other is Fate.UNKNOWN


@given(fault_sets(), st.data())
def test_the_blast_radius_of_a_fault_is_what_if_it_happens(
    case: tuple[Estate, Events, Horizon, bool], data: st.DataObject
) -> None:
    estate, _, _, _ = case
    blasts = blast_radius(estate).blasts
    assume(blasts)
    blast = data.draw(st.sampled_from(blasts))
    found = effects(estate, [blast.event.id])
    for told, end in ((blast.lost, Fate.LOST), (blast.degraded, Fate.DEGRADED)):
        assert {effect.service for effect in found.with_fate(end)} <= set(told)
    for effect in found.with_fate(Fate.KEPT):
        assert effect.service not in (*blast.lost, *blast.degraded)
        assert (effect.service in blast.moved) is (effect.fates[Horizon.INSTANT] is not Fate.KEPT)


@given(fault_sets())
@settings(max_examples=40)
def test_a_loss_is_told_as_a_chain_a_doubt_as_facts_and_a_wait_in_seconds(
    case: tuple[Estate, Events, Horizon, bool],
) -> None:
    estate, events, _, _ = case
    for effect in effects(estate, sorted(events), BOTH).effects:
        if effect.fate in {Fate.LOST, Fate.DEGRADED}:
            assert effect.chain
        assert not effect.depends_on or effect.fate is Fate.UNKNOWN
        if effect.away is not None:
            assert effect.recovers
            assert effect.rto is not None
            assert 0 < effect.away <= effect.rto
