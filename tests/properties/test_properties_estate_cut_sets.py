"""The minimal cut sets of every service at once, against enumeration of completions and fault sets."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import event, given
from hypothesis import strategies as st

from resilience_checks.analysis.answers import Analysis, cut_sets
from resilience_checks.model.question import FaultKind, Horizon, Question
from tests.properties import exact
from tests.properties.completions import completions, settle
from tests.properties.examples import usually
from tests.properties.oracle import event_ids
from tests.properties.strategies import estates

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Estate

ALL_FAULTS = (FaultKind.OUTAGE, FaultKind.BAD_CHANGE)
Events = frozenset[str]


@st.composite
def everything(draw: st.DrawFn) -> Question:
    """Draw a question that counts every event."""
    return Question(
        "all",
        ALL_FAULTS,
        order=draw(st.integers(1, 5)),
        horizon=draw(st.sampled_from(Horizon)),
        within_rpo=draw(st.booleans()),
    )


def lost_in_each_completion(estate: Estate, service: str, question: Question) -> list[tuple[Events, frozenset[Events]]]:
    """Return for each completion its events, and the sets of up to the order that lose the service."""
    found = []
    for completion in completions(estate):
        world = settle(estate, completion)
        lose = exact.Losses(world, service, question.horizon, within_rpo=question.within_rpo)
        events = frozenset(event_ids(world.estate))
        found.append((events, frozenset(filter(lose, [frozenset(), *exact.subsets(events, question.order)]))))
    return found


@given(estates(), everything())
@usually(50)
def test_what_surely_and_possibly_loses_a_service_encloses_every_completion(estate: Estate, question: Question) -> None:
    for service, found in cut_sets(estate, question).items():
        assert (found.asked, found.finished, found.complete) == (question.order, question.order, True)
        possible = [frozenset(cut) for cut in found.possible]
        for events, lost in lost_in_each_completion(estate, service, question):
            for cut in map(frozenset, found.sure):
                assert cut & events in lost
            for some in lost:
                assert any(cut <= some for cut in possible)


@given(estates(settled=True), everything())
def test_where_all_is_known_both_bounds_are_the_minimal_cut_sets(estate: Estate, question: Question) -> None:
    (world,) = [settle(estate, completion) for completion in completions(estate)]
    for service, found in cut_sets(estate, question).items():
        minimal = exact.minimal(lost_in_each_completion(estate, service, question)[0][1])
        event(f"{len(minimal)} cuts")
        assert {frozenset(cut) for cut in found.sure} == minimal
        assert found.possible == found.sure
        assert world.estate.services.keys() == estate.services.keys()


@given(estates(), everything())
def test_a_higher_order_adds_sets_and_changes_none(estate: Estate, question: Question) -> None:
    higher = cut_sets(estate, replace(question, order=question.order + 1))
    for service, found in cut_sets(estate, question).items():
        for low, high in ((found.sure, higher[service].sure), (found.possible, higher[service].possible)):
            assert low == tuple(cut for cut in high if len(cut) <= question.order)


@given(estates(), everything())
def test_services_are_lost_together_by_what_loses_each(estate: Estate, question: Question) -> None:
    analysis = Analysis(estate)
    alone = analysis.cut_sets(question)
    together = analysis.joint_cut_sets(question, list(estate.services))
    assert together.complete
    for size in range(1, min(question.order, 3) + 1):
        for some in combinations(sorted(event_ids(estate)), size):
            assert together.surely_lost(some) == all(one.surely_lost(some) for one in alone.values())
            assert together.possibly_lost(some) == all(one.possibly_lost(some) for one in alone.values())


@given(estates(), everything(), st.integers(0, 12))
def test_a_limit_only_lowers_the_order_that_is_finished(estate: Estate, question: Question, limit: int) -> None:
    exactly = cut_sets(estate, question)
    for service, found in Analysis(estate, max_sets=limit).cut_sets(question).items():
        event(f"asked {question.order}, finished {found.finished}")
        whole = exactly[service]
        assert 1 <= found.finished <= question.order
        assert found.complete == (found.finished == question.order)
        assert found.sure == tuple(cut for cut in whole.sure if len(cut) <= found.finished)
        assert found.possible == tuple(cut for cut in whole.possible if len(cut) <= found.finished)


@given(estates(), everything(), st.data())
def test_given_fault_sets_are_lost_as_their_cut_sets_say(
    estate: Estate, question: Question, data: st.DataObject
) -> None:
    sets = data.draw(st.lists(st.sets(st.sampled_from(event_ids(estate)), max_size=question.order), min_size=1))
    analysis = Analysis(estate)
    for service, found in analysis.cut_sets(question).items():
        surely, possibly = analysis.lost(question, service, sets)
        for index, events in enumerate(sets):
            assert surely >> index & 1 or not found.surely_lost(events)
            assert found.possibly_lost(events) or not possibly >> index & 1
