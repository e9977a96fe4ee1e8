"""What becomes of services when given faults happen: how it is told, what it hangs on, and the blast of every fault."""

from __future__ import annotations

import pytest

from resilience_checks.analysis.blast_radius import Blast, BlastRadius, blast_radius
from resilience_checks.analysis.families import events_of
from resilience_checks.analysis.fates import Fate
from resilience_checks.analysis.what_if import Effect, WhatIf, effects, what_if
from resilience_checks.model.likelihood import by_default
from resilience_checks.model.location import Location
from resilience_checks.model.question import Doubt, FaultKind, Holds, Horizon, Step
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Consumer, Domain, Estate, Fact, Link, Member, Service, Site
from resilience_checks.topology.gates import ALWAYS, All, AnyOf, Case, Failover, Gate, Nature, Standby, Up
from tests.analysis.test_analysis_semantics import RECORD, device, estate, part, path

OPEN = Reason("the program does not say", Basis.UNKNOWN)
BOTH_LOSE = Step("gwent and powys lose record")


def says(text: str) -> Reason:
    return Reason(text, Basis.KNOWN)


def fact(name: str) -> Fact:
    return Fact(name, ("x", "y"), OPEN, f"declare {name}")


def outages(*names: str) -> list[str]:
    return [f"device:{name}/outage" for name in names]


def failing_over(rto: float | None = 60.0) -> Estate:
    """Return what fails over from a to b and x in 40 s, where b itself fails over from c to d in 30 s."""
    entry = Failover(Up("a"), (Standby(All((Up("b"), Up("x"))), ALWAYS, 40),), says("a fails over to b"))
    return estate(
        entry,
        part("a", site="n"),
        part("b", Failover(path("c"), (Standby(path("d"), ALWAYS, 30),), says("b fails over to d")), "n"),
        *(part(name, site="n") for name in "cdx"),
        sites=(Site("n", ALWAYS),),
        links=(Link("w1", "w1", ("n",)), Link("w2", "w2", ("n",))),
        consumers=(Consumer("powys", "board", ("w1",)), Consumer("gwent", "board", ("w2",))),
        service=Service(RECORD, entry, rto=rto, consumers=("powys", "gwent")),
    )


def told(found: Estate, *failed: str) -> Effect:
    """Return what becomes of the one service, and that the faults are told with it."""
    events = outages(*failed)
    whole = effects(found, events)
    named, likelihood = events_of(found, events), by_default("device", FaultKind.OUTAGE)
    assert whole == WhatIf(tuple(named[event] for event in events), dict.fromkeys(events, likelihood), whole.effects)
    [effect] = whole.effects
    return effect


def test_a_failover_in_time_is_told_with_what_it_takes_at_once_and_with_its_seconds() -> None:
    assert told(failing_over(), "a") == Effect(
        RECORD,
        {Horizon.INSTANT: Fate.LOST, Horizon.RTO: Fate.KEPT},
        60.0,
        losers=("gwent", "powys"),
        chain=(
            Step("an outage of a"),
            Step("record: a fails over to b: it takes 40 s, and nothing may be waited for"),
            BOTH_LOSE,
        ),
        away=40.0,
    )


def test_of_a_chain_of_failovers_it_is_told_what_is_late_for_the_next() -> None:
    assert told(failing_over(), "a", "c") == Effect(
        RECORD,
        {Horizon.INSTANT: Fate.LOST, Horizon.RTO: Fate.LOST},
        60.0,
        losers=("gwent", "powys"),
        chain=(
            Step("an outage of a"),
            Step("an outage of c"),
            Step("b fails over to d: it takes 30 s, and only 20 s are left for it"),
            BOTH_LOSE,
        ),
    )


@pytest.mark.parametrize(
    ("failed", "why"),
    [("b", ()), ("m2", (Step("m2 moves: m2 is lost"),))],
    ids=["what it moves to", "one of two movers"],
)
def test_a_move_fails_for_what_it_needs_and_not_for_a_mover_that_is_up(failed: str, why: tuple[Step, ...]) -> None:
    movers = All((Up("m1", Nature.MOVER), Up("m2", Nature.MOVER, says("m2 moves"))))
    entry = Failover(path("a"), (Standby(path("b"), movers, 0),), says("a fails over to b"))
    found = estate(entry, *(part(name) for name in ("a", "b", "m1", "m2")), service=Service(RECORD, entry, rto=0.0))
    assert told(found, "a", failed).chain == (
        Step("an outage of a"),
        Step(f"an outage of {failed}"),
        *why,
        Step("record is lost"),
    )


def test_what_does_nothing_but_move_is_lost_for_the_faults_of_all_that_move_it() -> None:
    entry = AnyOf(tuple(Up(name, Nature.MOVER, says(f"{name} moves")) for name in "mn"))
    found = estate(entry, part("m"), part("n"), service=Service(RECORD, entry, rto=0.0))
    faults = tuple(Step(f"an outage of {name}") for name in "mn")
    lost = tuple(Step(f"{name} moves: {name} is lost") for name in "mn")
    assert told(found, "m", "n").chain == (*faults, *lost, Step("record is lost"))


def test_what_one_consumer_loses_is_told_from_its_link_on() -> None:
    assert told(failing_over(), "w1") == Effect(
        RECORD,
        {Horizon.INSTANT: Fate.DEGRADED, Horizon.RTO: Fate.DEGRADED},
        60.0,
        losers=("powys",),
        chain=(
            Step("an outage of w1"),
            Step("traffic takes w1, which is lost"),
            Step("no way from powys to site n is left"),
            Step("powys loses record"),
        ),
    )


def test_what_is_cut_off_is_told_at_the_line_of_its_place() -> None:
    entry, line = path("a"), Location("resilience.yaml", 7)
    found = estate(
        entry,
        part("a", site="n"),
        part("fw", site="n"),
        sites=(Site("n", path("fw"), line),),
        links=(Link("w", "w", ("n",)),),
        consumers=(Consumer("powys", "board", ("w",)),),
        service=Service(RECORD, entry, rto=0.0, consumers=("powys",)),
    )
    assert told(found, "fw").chain == (
        Step("an outage of fw"),
        Step("nothing crosses the border of site n", line),
        Step("no way from powys to site n is left"),
        Step("powys loses record"),
    )


def test_what_is_lost_first_of_those_that_need_each_other_is_told_and_the_other_with_it() -> None:
    """The one needs what fails, too: it is not for each other alone that they are lost."""
    entry = Up("b", why=says("record needs b"))
    found = estate(
        entry,
        part("a", All((Up("b", why=says("a needs b")), Up("c", why=says("a needs c"))))),
        part("b", Up("a", why=says("b needs a"))),
        part("c"),
        service=Service(RECORD, entry, rto=0.0),
    )
    assert told(found, "c").chain == (
        Step("an outage of c"),
        Step("a needs c, which is lost"),
        Step("b needs a, which is lost"),
        Step("record needs b, which is lost"),
        Step("record is lost"),
    )


def test_of_a_chain_of_failovers_it_is_told_what_is_late_in_every_case() -> None:
    chains = [
        part(name, Failover(path(f"{name}1"), (Standby(path(f"{name}2"), ALWAYS, 30),), says(f"{name} fails over")))
        for name in "bc"
    ]
    entry = Failover(path("a"), (Standby(Case("way", {"x": path("b"), "y": path("c")}), ALWAYS, 40),), says("a moves"))
    found = estate(
        entry,
        *(part(name) for name in ("a", "b1", "b2", "c1", "c2")),
        *chains,
        service=Service(RECORD, entry, rto=60.0),
        facts=(fact("way"),),
    )
    assert told(found, "a", "b1", "c1").chain == (
        Step("an outage of a"),
        Step("an outage of b1"),
        Step("an outage of c1"),
        Step("b fails over: it takes 30 s, and only 20 s are left for it"),
        Step("c fails over: it takes 30 s, and only 20 s are left for it"),
        Step("record is lost"),
    )


def test_at_once_no_failover_counts_however_quick() -> None:
    entry = Failover(Up("a"), (Standby(Up("b"), ALWAYS, 0.5),))
    quick = estate(entry, part("a"), part("b"), service=Service(RECORD, entry, rto=60.0))
    answers = [what_if(quick, outages("a"), RECORD, horizon) for horizon in (Horizon.INSTANT, Horizon.RTO)]
    assert answers == [Holds.NO, Holds.YES]


def test_a_loss_in_every_case_is_told_by_the_chain_of_the_first() -> None:
    moved = Failover(path("a"), (Standby(path("c"), ALWAYS, 10),), says("a fails over to c"))
    ways: list[dict[str, Gate]] = [{"x": moved, "y": path("b")}, {"x": path("b"), "y": moved}]
    gates = [part(f"g{number}", Case("way", branches)) for number, branches in enumerate(ways)]
    entry = All((path("g0"), path("g1")))
    found = estate(
        entry,
        *(part(name) for name in "abc"),
        *gates,
        service=Service(RECORD, entry, rto=60.0),
        facts=(fact("way"),),
    )
    assert told(found, "a") == Effect(
        RECORD,
        {Horizon.INSTANT: Fate.LOST, Horizon.RTO: Fate.KEPT},
        60.0,
        chain=(
            Step("an outage of a"),
            Step("g0: a fails over to c: it takes 10 s, and nothing may be waited for"),
            Step("record is lost"),
        ),
        away=10.0,
    )


def test_an_unknown_end_hangs_on_the_facts_that_decide_it_after_these_faults_alone() -> None:
    """Of three facts one says what this fault hits, one what another hits, and one what a part needs that is up."""
    entry = All((path("a"), path("b"), path("c")))
    places = tuple(
        Domain(f"site:{name}", "site", name, (FaultKind.OUTAGE,), (Member(hit, ((where, "x"),)),))
        for name, hit, where in (("n", "a", "place of a"), ("s", "b", "place of b"))
    )
    found = estate(
        entry,
        *(part(name) for name in "abd"),
        part("c", Case("needs d", {"x": ALWAYS, "y": path("d")})),
        domains=places,
        service=Service(RECORD, entry),
        facts=tuple(map(fact, ("place of a", "place of b", "needs d"))),
    )
    [effect] = effects(found, ["site:n/outage"], (Horizon.INSTANT,)).effects
    doubt = Doubt("place of a", OPEN, "declare place of a")
    assert effect == Effect(RECORD, {Horizon.INSTANT: Fate.UNKNOWN}, None, depends_on=(doubt,))


def test_the_blast_of_each_fault_has_what_it_takes_and_what_a_failover_brings_back() -> None:
    whole = failing_over()
    broken = Service("broken", AnyOf(()))
    late = Service("late", whole.services[RECORD].entry, rto=30.0)
    found = Estate(
        whole.parts,
        {name: device(name.removeprefix("device:")) for name in ("device:a", "device:c", "device:w1")},
        {**whole.services, "late": late, "broken": broken},
        whole.sites,
        whole.links,
        whole.consumers,
    )
    likelihood = by_default("device", FaultKind.OUTAGE)
    named = events_of(found, outages("a", "c", "w1"))

    def blast(
        name: str, lost: tuple[str, ...] = (), degraded: tuple[str, ...] = (), moved: tuple[str, ...] = ()
    ) -> Blast:
        return Blast(named[f"device:{name}/outage"], likelihood, 1, lost, degraded, (), moved)

    assert blast_radius(found) == BlastRadius(
        (
            blast("a", lost=("late",), moved=(RECORD,)),
            blast("w1", degraded=(RECORD,)),
            blast("c"),
        ),
        (RECORD, "late", "broken"),
        ("broken",),
    )
