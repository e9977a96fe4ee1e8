"""Both bounds of small estates: what may be lost at rest, what must be needed, and what an answer hangs on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resilience_checks.analysis import answers
from resilience_checks.analysis.answers import answer, cut_sets
from resilience_checks.model.question import Doubt, FaultKind, Holds, Members, Question
from resilience_checks.topology.estate import Domain, Estate, Member
from resilience_checks.topology.gates import ALWAYS, NEVER, All, AnyOf, Case, Gate
from tests.analysis.test_analysis_fates import OPEN, fact
from tests.analysis.test_analysis_semantics import OUTAGES, RECORD, estate, part, path

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
