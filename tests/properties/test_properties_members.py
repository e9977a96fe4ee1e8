"""Each loss rests on parts of some role, or on the others alone: two questions that divide what one would count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from resilience_checks.analysis.answers import answer
from resilience_checks.model.question import FaultKind, Holds, Horizon, Members, Question
from tests.properties.strategies import estates

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Estate

ALL = Question("all", tuple(FaultKind), horizon=Horizon.INSTANT)
NEEDED = replace(ALL, id="needed", roles=("firewall",), members=Members.NEEDED)
OTHERS = replace(ALL, id="others", except_roles=("firewall",), members=Members.ALONE)
ALONE = replace(ALL, id="alone", roles=("firewall",), members=Members.ALONE)


def causes(estate: Estate, *questions: Question) -> dict[str, set[tuple[str, ...]]]:
    """Return what surely loses the first service, by question; leave out estates in which something is lost at rest."""
    found = {one.question: one for one in answer(estate, questions).statements if one.service == "record"}
    assume(all(one.error is None for one in found.values()))
    return {
        name: {cut.events for cut in one.cuts} if one.holds is Holds.NO else set[tuple[str, ...]]()
        for name, one in found.items()
    }


@given(estates(facts=0))
def test_what_loses_a_service_needs_parts_of_a_role_or_does_so_by_the_others_alone(estate: Estate) -> None:
    found = causes(estate, ALL, NEEDED, OTHERS)
    assert found["needed"] | found["others"] == found["all"]
    assert not found["needed"] & found["others"]


@given(estates(facts=0))
def test_what_loses_a_service_by_parts_of_a_role_alone_loses_it(estate: Estate) -> None:
    found = causes(estate, ALL, ALONE)
    assert found["alone"] <= found["all"]


@given(estates(), st.sampled_from((NEEDED, OTHERS, ALONE)))
def test_other_questions_in_the_same_run_change_no_answer(estate: Estate, question: Question) -> None:
    together = answer(estate, (ALL, NEEDED, OTHERS, ALONE)).statements
    assert [one for one in together if one.question == question.id] == list(answer(estate, [question]).statements)
