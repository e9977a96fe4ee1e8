"""The analysis against enumeration: every completion of what is open, every set of counted faults."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from hypothesis import event, given
from hypothesis import strategies as st

from resilience_checks.analysis.answers import answer
from resilience_checks.analysis.what_if import what_if
from resilience_checks.model.question import Holds, Horizon, Question
from tests.properties import exact
from tests.properties.completions import completions, learn, settle
from tests.properties.examples import usually
from tests.properties.oracle import event_ids, lost
from tests.properties.strategies import estates, questions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from resilience_checks.topology.estate import Estate

T = TypeVar("T")
BETTER = {Holds.NO: 0, Holds.UNKNOWN: 1, Holds.YES: 2}


def shuffled(items: Mapping[str, T], random: Random) -> dict[str, T]:
    pairs = list(items.items())
    random.shuffle(pairs)
    return dict(pairs)


@st.composite
def fault_sets(draw: st.DrawFn, *, facts: int = 2) -> tuple[Estate, frozenset[str], Horizon, bool]:
    """Draw an estate, up to two events of it, and what a failover may take and lose."""
    estate = draw(estates(facts=facts))
    events = draw(st.sets(st.sampled_from(event_ids(estate)), max_size=2))
    return estate, frozenset(events), draw(st.sampled_from(Horizon)), draw(st.booleans())


@given(fault_sets())
@usually(60)
def test_what_if_is_what_every_completion_says(case: tuple[Estate, frozenset[str], Horizon, bool]) -> None:
    estate, events, horizon, within_rpo = case
    for service in estate.services:
        found = what_if(estate, sorted(events), service, horizon, within_rpo=within_rpo)
        event(str(found))
        assert found == exact.what_if(estate, events, service, horizon, within_rpo=within_rpo)


@given(estates(facts=1), st.sampled_from(Horizon))
@usually(15)
def test_all_mixtures_of_what_nobody_wrote_down_lie_between_all_good_and_all_bad(
    estate: Estate, horizon: Horizon
) -> None:
    for service in estate.services:
        for events in exact.subsets(frozenset(event_ids(estate)), 1):
            extremes = {lost(settle(estate, one), events, service, horizon) for one in completions(estate)}
            mixtures = {
                lost(settle(estate, one), events, service, horizon) for one in completions(estate, extremes=False)
            }
            assert mixtures == extremes


@given(estates(), questions())
@usually(40)
def test_a_statement_is_what_enumeration_says(estate: Estate, question: Question) -> None:
    for statement in answer(estate, [question]).statements:
        table = exact.table(estate, question, statement.service)
        event(f"holds {statement.holds}, asked {statement.asked}")
        if statement.error is not None:
            assert table.always_lost_at_rest
            continue
        assert (statement.holds is Holds.YES) == (table.holds is Holds.YES)
        assert statement.holds is not Holds.NO or table.holds is Holds.NO
        assert statement.holds is Holds.NO or not table.must_be_found
        assert statement.asked in (table.applies, Holds.UNKNOWN)
        assert bool(statement.depends_on) == (statement.holds is Holds.UNKNOWN)


@given(estates(facts=0), questions())
@usually(60)
def test_where_all_is_known_the_cuts_are_the_minimal_cut_sets(estate: Estate, question: Question) -> None:
    for statement in answer(estate, [question]).statements:
        table = exact.table(estate, question, statement.service)
        if statement.error is not None or table.holds is not Holds.NO or statement.holds is not Holds.NO:
            continue
        always = frozenset.intersection(*(row.lost for row in table.rows))
        assert {frozenset(cut.events) for cut in statement.cuts} == exact.minimal(always)


@given(estates().filter(lambda estate: estate.facts), questions(), st.data())
def test_learning_a_fact_never_turns_a_violation_into_a_pass_or_back(
    estate: Estate, question: Question, data: st.DataObject
) -> None:
    fact = data.draw(st.sampled_from(sorted(estate.facts)))
    value = data.draw(st.sampled_from(estate.facts[fact].values))
    before = answer(estate, [question]).statements
    after = answer(learn(estate, {fact: value}), [question]).statements
    for one, other in zip(before, after, strict=True):
        assert one.error is None or other.error is not None
        if one.error is None and other.error is None:
            assert one.holds is Holds.UNKNOWN or one.holds is other.holds
            assert one.asked is Holds.UNKNOWN or one.asked is other.asked


@given(fault_sets(), st.data())
def test_one_more_fault_never_helps(case: tuple[Estate, frozenset[str], Horizon, bool], data: st.DataObject) -> None:
    estate, events, horizon, within_rpo = case
    more = events | {data.draw(st.sampled_from(event_ids(estate)))}
    for service in estate.services:
        fewer_lost = what_if(estate, sorted(events), service, horizon, within_rpo=within_rpo)
        more_lost = what_if(estate, sorted(more), service, horizon, within_rpo=within_rpo)
        assert BETTER[more_lost] <= BETTER[fewer_lost]


@given(estates(), questions(), st.randoms(use_true_random=False))
@usually(30)
def test_the_order_of_what_an_estate_lists_changes_nothing(estate: Estate, question: Question, random: Random) -> None:
    other = replace(
        estate,
        parts=shuffled(estate.parts, random),
        domains=shuffled(estate.domains, random),
        services=shuffled(estate.services, random),
        sites=shuffled(estate.sites, random),
        links=shuffled(estate.links, random),
        consumers=shuffled(estate.consumers, random),
        facts=shuffled(estate.facts, random),
    )
    before, after = answer(estate, [question]), answer(other, [question])
    found = {(item.service): (item.asked, item.holds, {cut.events for cut in item.cuts}) for item in after.statements}
    assert found == {
        (item.service): (item.asked, item.holds, {cut.events for cut in item.cuts}) for item in before.statements
    }
