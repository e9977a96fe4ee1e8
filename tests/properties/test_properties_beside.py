"""What is lost beside its aids is what loses the service and every aid, or any one, each asked about alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.analysis.answers import Analysis
from resilience_checks.model.question import FaultKind, Horizon, Question
from resilience_checks.topology.estate import Aid, Service
from resilience_checks.topology.gates import Nature, Up
from tests.properties.oracle import event_ids
from tests.properties.strategies import estates

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Estate

QUESTION = Question("asked", tuple(FaultKind), horizon=Horizon.INSTANT)


@given(estates(), st.booleans(), st.data())
def test_a_service_and_its_aids_are_lost_together_by_what_loses_each(
    estate: Estate, any_one: bool, data: st.DataObject
) -> None:
    consumers = tuple(
        data.draw(st.sets(st.sampled_from(sorted(estate.consumers))) if estate.consumers else st.just(()))
    )
    part = data.draw(st.sampled_from(sorted(estate.parts)))
    gates = {"placed": Up(part, Nature.PATH), "mail": Up(f"service:{list(estate.services)[-1]}", Nature.NEED)}
    aids = {
        "copy placed": Aid("placed", "copy", ("record",), gates["placed"], consumers=consumers),
        "copy mail": Aid("mail", "copy", ("record",), gates["mail"]),
    }
    alone = {"placed": Service("placed", gates["placed"], consumers=consumers)}
    analysis = Analysis(replace(estate, aids=aids, services={**estate.services, **alone}))
    question = replace(QUESTION, beside="copy", any_beside=any_one)
    found = analysis.cut_sets(question, ["record"])["record"]
    each = analysis.cut_sets(QUESTION, ["record", "placed", list(estate.services)[-1]])
    record, placed, mail = each["record"], each["placed"], each[list(estate.services)[-1]]
    combine = all if any_one else any
    for event in event_ids(estate):
        assert found.surely_lost([event]) == (
            record.surely_lost([event]) and combine(one.surely_lost([event]) for one in (placed, mail))
        )
        assert found.possibly_lost([event]) == (
            record.possibly_lost([event]) and combine(one.possibly_lost([event]) for one in (placed, mail))
        )


@given(estates(facts=0))
def test_what_has_no_aids_is_not_asked(estate: Estate) -> None:
    analysis = Analysis(estate)
    for service in estate.services.values():
        found = analysis.state(replace(QUESTION, beside="copy"), service)
        assert (str(found.asked), str(found.holds)) == ("no", "yes")
