"""Both bounds of small estates: what may be lost at rest, what must be needed, and what an answer hangs on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resilience_checks.analysis import answers
from resilience_checks.analysis.answers import answer, cut_sets
from resilience_checks.analysis.bounds import Bounds
from resilience_checks.model.question import Cut, Doubt, FaultKind, Holds, Members, Question, Step
from resilience_checks.topology.estate import Domain, Estate, Member, Service
from resilience_checks.topology.gates import ALWAYS, NEVER, All, AnyOf, Case, Failover, Gate, Standby, Up
from tests.analysis.test_analysis_fates import OPEN, fact, says
from tests.analysis.test_analysis_semantics import OUTAGES, RECORD, device, estate, part, path

SITE = (("site:n/outage",),)


def test_what_may_be_lost_with_nothing_failed_has_no_other_possible_cut_set() -> None:
    entry = All((path("a"), Case("way", {"x": ALWAYS, "y": NEVER})))
    found = cut_sets(estate(entry, part("a"), facts=(fact("way"),)), OUTAGES)[RECORD]
    assert (found.sure, found.possible) == ((("device:a/outage",),), ((),))


def sited(entry: Gate) -> Estate:
    """Return a site with an application a and a name server b, and c elsewhere."""
    site = Domain("site:n", "site", "n", (FaultKind.OUTAGE,), (Member("a"), Member("b")))
    parts = (replace(part("a"), role="application"), replace(part("b"), role="dns"), part("c"))
    return estate(entry, *parts, domains=(site,), facts=(fact("way"),))


B_OR_C = Case("way", {"x": path("b"), "y": path("c")})


@pytest.mark.parametrize(
    ("entry", "sure", "possible", "holds"),
    [
        (path("a"), SITE, SITE, Holds.NO),
        (AnyOf((path("a"), path("b"))), SITE, SITE, Holds.NO),
        (path("b"), (), (), Holds.YES),
        (All((path("a"), path("b"))), (), (), Holds.YES),
        (All((path("a"), B_OR_C)), (), SITE, Holds.UNKNOWN),
        (AnyOf((path("a"), B_OR_C)), (), SITE, Holds.UNKNOWN),
    ],
    ids=["alone", "with b", "not at all", "b is enough", "b may be enough", "may need b"],
)
def test_a_loss_needs_the_applications_where_the_rest_of_the_fault_does_not_lose_it(
    entry: Gate, sure: tuple[tuple[str, ...], ...], possible: tuple[tuple[str, ...], ...], holds: Holds
) -> None:
    asked = Question("needed", (FaultKind.OUTAGE,), ("site",), ("application",), members=Members.NEEDED)
    found = cut_sets(sited(entry), asked)[RECORD]
    [statement] = answer(sited(entry), [asked]).statements
    assert (found.sure, found.possible, statement.holds) == (sure, possible, holds)


@pytest.mark.parametrize(("probes", "named"), [(1, ["needs d", "way"]), (2, ["way"])], ids=["too many", "as many"])
def test_of_as_many_facts_as_are_looked_at_only_those_that_decide_are_told(
    probes: int, named: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_MAX_PROBES", probes)
    entry = AnyOf((path("b"), Case("way", {"x": path("a"), "y": path("b")})))
    needing = part("a", AnyOf((path("d"), Case("needs d", {"x": path("d"), "y": path("e")}))))
    found = estate(entry, needing, *(part(name) for name in "bde"), facts=(fact("way"), fact("needs d")))
    [statement] = answer(found, [OUTAGES]).statements
    assert statement.holds is Holds.UNKNOWN
    assert statement.depends_on == tuple(Doubt(name, OPEN, f"declare {name}") for name in named)


def needing(one: str, other: str) -> Gate:
    """Return what needs the one if the fact is x, and the other if it is y."""
    return Case("way", {"x": Up(one, why=says(f"x: {one}")), "y": Up(other, why=says(f"y: {other}"))})


def test_a_chain_is_that_of_the_first_case_where_only_the_cases_show_what_is_lost() -> None:
    """Either way round one of the gates needs a, and the other b."""
    gates = (part("g", needing("a", "b")), part("h", needing("b", "a")))
    entry = All((Up("g", why=says("needs g")), Up("h", why=says("needs h"))))
    found = estate(entry, *gates, part("a"), part("b"), domains=(device("a"), device("b")), facts=(fact("way"),))
    [statement] = answer(found, [OUTAGES]).statements
    assert statement.cuts == tuple(
        Cut(
            (f"device:{name}/outage",),
            (
                Step(f"an outage of {name}"),
                Step(f"x: {name}, which is lost"),
                Step(f"needs {gate}, which is lost"),
                Step("record is lost"),
            ),
        )
        for name, gate in (("a", "g"), ("b", "h"))
    )


def test_what_is_up_after_half_a_second_is_lost_where_nothing_may_be_waited_for() -> None:
    moved = part("m", Failover(path("a"), (Standby(path("b"), ALWAYS, 0.5),), says("m fails over to b")))
    domains = (device("a"),)
    found = estate(Up("m", why=says("record needs m")), moved, part("a"), part("b"), domains=domains)
    [statement] = answer(found, [OUTAGES]).statements
    steps = (
        "an outage of a",
        "m fails over to b: it takes 0.5 s, and nothing may be waited for",
        "record needs m, which is lost",
        "record is lost",
    )
    assert statement.cuts == (Cut(("device:a/outage",), tuple(map(Step, steps))),)


def test_what_can_never_be_met_is_told_beside_what_is_met_until_it_fails() -> None:
    entry = All((path("a"), AnyOf((), says("record needs one of none"))))
    [statement] = answer(estate(entry, part("a")), [OUTAGES]).statements
    assert statement.error == (
        "record is lost with nothing failed: what it needs can never be met as the estate is described: "
        "record needs one of none, and there are only 0"
    )


@pytest.mark.parametrize(
    ("known", "solved"),
    [
        ({"way": "x"}, ["g", "i", "mail", "record"]),
        ({"way": "x", "other": "x"}, ["g", "h", "record"]),
    ],
    ids=["one fact, for every service", "several, for the service that asks"],
)
def test_only_what_depends_on_the_facts_that_are_fixed_is_solved_again(
    known: dict[str, str], solved: list[str]
) -> None:
    swapped = Case("other", {"x": path("b"), "y": path("a")})
    parts = (part("g", B_OR_C), part("h", swapped), part("i", B_OR_C), *map(part, "abc"))
    found = estate(All((path("g"), path("h"))), *parts, facts=(fact("way"), fact("other")))
    found = replace(found, services={**found.services, "mail": Service("mail", path("i"))})
    bounds = Bounds(found)
    solution = bounds.solution(OUTAGES, found.services[RECORD], known, pessimistic=False)
    assert sorted(bounds.tree.nodes[node].label for node in solution.own) == solved
