"""Recoveries on small estates: objectives met exactly, times in two bounds, and what backups perhaps bring back."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from resilience_checks.analysis.objectives import interrupted
from resilience_checks.analysis.quorums import QuorumLoss, Taken, quorums
from resilience_checks.analysis.recovery import Bounds, Objective, Recovery, recoveries
from resilience_checks.analysis.restoring import with_backups
from resilience_checks.model.question import Doubt, FaultKind, Holds
from resilience_checks.topology.estate import Backup, Domain, Estate, Member, Part, Service, Site
from resilience_checks.topology.gates import (
    ALWAYS,
    NEVER,
    All,
    AnyOf,
    Case,
    Failover,
    Gate,
    Quorum,
    Standby,
    Up,
    Vote,
    Way,
)
from tests.analysis.test_analysis_fates import OPEN, fact, outages, says
from tests.analysis.test_analysis_semantics import RECORD, estate, part, path

KNOWN_LOSS = Bounds(0.0, 0.0)
NEVER_BACK = Bounds(inf, inf)


def moved(seconds: float, to: Gate) -> Failover:
    standby = Standby(to, ALWAYS, seconds, way=Way("failover of a", ()))
    return Failover(path("a"), (standby,), says("a moves"))


def declared(entry: Gate, *gates: Part, rpo: float | None = None, open_: bool = False) -> Estate:
    service = Service(RECORD, entry, rto=60.0, rpo=rpo)
    return estate(
        entry, *(part(name) for name in "abc"), *gates, service=service, facts=(fact("way"),) if open_ else ()
    )


def place(members: str) -> Domain:
    return Domain(f"site:{members}", "site", members, (FaultKind.OUTAGE,), tuple(map(Member, members)))


def test_what_takes_exactly_its_objective_is_within_it() -> None:
    exact = [Bounds(low, 60.0).against(60.0) for low in (0.0, 60.0)]
    assert exact == [Objective.WITHIN, Objective.WITHIN]
    assert [Bounds(low, 61.0).against(60.0) for low in (60.0, 61.0)] == [Objective.UNKNOWN, Objective.BEYOND]


def test_of_cases_that_differ_both_bounds_are_held_against_the_objectives() -> None:
    ways = [
        part(f"g{number}", Case("way", {"x": moved(10, path("b")), "y": moved(30, path("b"))})) for number in (0, 1)
    ]
    found = declared(All((path("g0"), path("g1"))), *ways, rpo=5.0, open_=True)
    doubt = Doubt("way", OPEN, "declare way")
    assert recoveries(found, [tuple(outages("a"))]) == (
        Recovery(
            RECORD,
            tuple(outages("a")),
            Bounds(10.0, 30.0),
            KNOWN_LOSS,
            Objective.WITHIN,
            Objective.WITHIN,
            doubts=(doubt,),
        ),
    )


def test_a_move_that_cannot_happen_either_way_is_told_with_all_that_it_would_move_to() -> None:
    found = declared(moved(10, Case("way", {"x": path("b"), "y": path("c")})), open_=True)
    events = tuple(outages("a", "b", "c"))
    why = says("that failover of a does not happen: b and c are lost too")
    assert recoveries(found, [events]) == (
        Recovery(RECORD, events, NEVER_BACK, NEVER_BACK, Objective.BEYOND, Objective.NOT_DECLARED, notes=(why,)),
    )


def copied() -> Estate:
    """Return what moves from a to b, of which there may be a backup at c; a place has a, one both, one c."""
    found = declared(moved(40, path("b")))
    restored = Failover(NEVER, (Standby(path("c"), ALWAYS, 300, lag=60),))
    return replace(
        found,
        domains={f"site:{members}": place(members) for members in ("a", "ab", "c")},
        backups={"copy": Backup("copy", ("b",), path("c"), restored, known=False)},
    )


def test_each_place_that_interrupts_a_service_is_told_with_what_is_known_or_else_perhaps_brings_it_back() -> None:
    found = copied()
    asked = (("site:a/outage",), ("site:ab/outage",), ("site:c/outage",))

    def recovery(number: int, time: Bounds, loss: Bounds, rto: Objective) -> Recovery:
        return Recovery(RECORD, asked[number], time, loss, rto, Objective.NOT_DECLARED)

    moves = recovery(0, Bounds(40.0, 40.0), KNOWN_LOSS, Objective.WITHIN)
    for backups, second in (
        ({}, recovery(1, NEVER_BACK, NEVER_BACK, Objective.BEYOND)),
        (found.backups, recovery(1, Bounds(340.0, 340.0), Bounds(60.0, 60.0), Objective.BEYOND)),
    ):
        places, told = interrupted(replace(found, backups=backups))
        assert (places, [replace(one, moves=()) for one in told]) == (asked, [moves, second])


def test_a_part_with_a_backup_is_read_through_one_without_a_role_that_is_up_again_once_restored() -> None:
    found = copied()
    [copy] = found.backups.values()
    name, entry = "b or its restore", moved(40, path("b or its restore"))
    read = with_backups(found, unknown=True)
    assert read.parts == {**found.parts, name: Part(name, "b", "", gate=AnyOf((path("b"), copy.restored)))}
    assert read.services == {RECORD: replace(found.services[RECORD], entry=entry)}
    assert with_backups(found) is found


def test_a_quorum_is_lost_with_what_the_services_stand_on_that_its_voters_need() -> None:
    voters = [part(f"v{number}", Up("service:names") if number else ALWAYS, site="n") for number in range(3)]
    quorum = Quorum(tuple(Vote(voter.id) for voter in voters))
    domain = Domain("site:s", "site", "s", (FaultKind.OUTAGE,), (Member("power"),))
    parts = (part("db", quorum), *voters, part("names"), part("power"))
    found = estate(path("db"), *parts, sites=(Site("n", ALWAYS),), domains=(domain,))
    below = (
        Service("names", path("names"), needs=(Up("service:supply"),)),
        Service("supply", path("power")),
    )
    whole = replace(found, services={**found.services, **{one.id: one for one in below}})
    taken = Taken("site:s", surely=True, votes=0, every=Holds.NO, lost=(RECORD,), possibly=())
    assert quorums(whole) == (QuorumLoss("db", quorum, 3, 2, (RECORD,), (taken,)),)
