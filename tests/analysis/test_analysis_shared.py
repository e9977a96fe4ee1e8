"""Which failure domains become shared, which services stay the same, and from what an answer was worked out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resilience_checks.analysis.alike import alike
from resilience_checks.analysis.bounds import Compiled
from resilience_checks.analysis.families import parts_of_faults
from resilience_checks.analysis.probe import Probe
from resilience_checks.analysis.reliance import Ground, Reliance
from resilience_checks.analysis.shared import Shared, newly_shared
from resilience_checks.model.question import Event, FaultKind, Horizon, Members, Question
from resilience_checks.topology.estate import Domain, Estate, Member
from resilience_checks.topology.gates import All, AnyOf, Failover, Gate, Standby
from tests.analysis.test_analysis_fates import fact
from tests.analysis.test_analysis_semantics import OUTAGES, RECORD, device, estate, part, path

ANY_OF_TWO = AnyOf((path("a"), path("b")))
ANY_OF_THREE = AnyOf((path("a"), path("b"), path("c")))


def racked(entry: Gate, members: str, *others: Domain) -> Estate:
    """Return an estate in which one rack holds the parts whose names are the letters."""
    rack = Domain("rack:r", "rack", "r", (FaultKind.OUTAGE,), tuple(map(Member, members)))
    return estate(entry, *(part(name) for name in "abcx"), domains=(rack, *others))


def becomes_shared(entry: Gate, before: str, after: str, *others: Domain) -> tuple[Shared, ...]:
    old = Probe(racked(entry, before, *others), Horizon.INSTANT)
    return newly_shared(old, racked(entry, after, *others), Horizon.INSTANT)


@pytest.mark.parametrize(
    ("entry", "others", "alone"), [(ANY_OF_TWO, (), True), (ANY_OF_THREE, (device("c"),), False)], ids=["two", "three"]
)
def test_a_rack_that_both_stand_in_now_is_shared(entry: Gate, others: tuple[Domain, ...], alone: bool) -> None:
    event = Event("rack:r/outage", "rack:r", "rack", "r", FaultKind.OUTAGE, None)
    assert becomes_shared(entry, "a", "ab", *others) == (Shared(event, ("b",), ("a", "b"), (RECORD,), alone),)


@pytest.mark.parametrize(
    ("entry", "before", "after"),
    [(ANY_OF_THREE, "a", "ab"), (path("a"), "x", "ax"), (ANY_OF_TWO, "ab", "abx")],
    ids=["a third that nothing hits goes on", "one of them is enough", "it was shared before"],
)
def test_a_rack_is_not_shared_where_it_takes_no_more_than_its_parts_or_did_before(
    entry: Gate, before: str, after: str
) -> None:
    assert becomes_shared(entry, before, after) == ()


def perhaps_racked(surely: str) -> Estate:
    """Return two that stand in for each other: parts whose names are the letters stand in a rack, and b perhaps."""
    found = racked(ANY_OF_TWO, surely)
    rack = found.domains["rack:r"]
    perhaps = replace(rack, members=(*rack.members, Member("b", (("place of b", "x"),))))
    return replace(found, domains={rack.id: perhaps}, facts={"place of b": fact("place of b")})


def test_a_rack_that_both_stood_in_perhaps_is_perhaps_shared_only_now_where_both_surely_do() -> None:
    before, still = Probe(perhaps_racked("a"), Horizon.INSTANT), perhaps_racked("ac")
    sure = replace(racked(ANY_OF_TWO, "abc"), facts=still.facts)
    event = Event("rack:r/outage", "rack:r", "rack", "r", FaultKind.OUTAGE, None)
    found = [newly_shared(before, after, Horizon.INSTANT) for after in (still, sure)]
    assert found == [(), (Shared(event, ("c",), ("a", "b", "c"), (RECORD,), alone=True, sure=False),)]


def moving(to: str, mover: str = "m") -> Probe:
    entry = Failover(path("a"), (Standby(path(to), path(mover), 0),))
    return Probe(estate(entry, *(part(name) for name in "abcmn")), Horizon.INSTANT)


def test_services_are_alike_only_where_they_move_to_the_same_by_the_same() -> None:
    others = (moving("b"), moving("c"), moving("b", "n"))
    assert [alike(moving("b"), other) for other in others] == [frozenset({RECORD}), frozenset(), frozenset()]


def test_a_probe_finds_the_cut_sets_of_outages_and_of_bad_changes() -> None:
    pair = (part("a"), part("b"))
    both = tuple(replace(device(one.id), faults=tuple(FaultKind)) for one in pair)
    found = Probe(estate(All((path("a"), path("b"))), *pair, domains=both), Horizon.INSTANT).cut_sets(RECORD, 1)
    assert found.sure == tuple((f"device:{name}/{fault}",) for name in "ab" for fault in ("bad-change", "outage"))


def test_the_ground_of_an_answer_is_what_stands_between_a_service_and_what_was_asked_about() -> None:
    """What fails has a name with a slash, and holds a part beside the service, and one of a role asked about apart."""
    domains = (
        Domain("site:n/1", "site", "n/1", (FaultKind.OUTAGE,), tuple(map(Member, "dbx"))),
        Domain("site:s", "site", "s", (FaultKind.OUTAGE,), (Member("x"),)),
    )
    parts = [part("a", path("d")), part("c"), *(part(name) for name in "bx"), replace(part("d"), role="disk")]
    alone = Question("alone", (FaultKind.OUTAGE,), ("site",), ("disk",), members=Members.ALONE)
    rooms = Question("rooms", (FaultKind.OUTAGE,), ("room",))
    asked = replace(OUTAGES, kinds=("site",))
    whole = estate(All((path("a"), path("b"), path("c"))), *parts, domains=domains)
    plain = Compiled.of(whole)
    compiled = replace(plain.hit_by(parts_of_faults(whole, [alone])), estate=whole)
    found = [Reliance(compiled).of(question, RECORD) for question in (asked, alone, rooms)]
    assert found == [
        Ground(frozenset("abd"), asked=True, domains={"site:n/1": frozenset("bd")}),
        Ground(frozenset("ad"), asked=True, domains={"site:n/1": frozenset("d")}),
        Ground(frozenset(), asked=False),
    ]
