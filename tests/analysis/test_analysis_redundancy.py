"""Which minimal sets of faults a change adds or takes away: the same by all fault sets as by the cut sets alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.natures import unknown_natures
from resilience_checks.analysis.probe import Probe
from resilience_checks.analysis.redundancy import MAX_SETS, CutChange, Redundancy, ServiceChange, compare
from resilience_checks.model.question import Doubt, Holds, Horizon, Step
from resilience_checks.topology.gates import All, AnyOf, Case, Gate, Nature, Up
from tests.analysis.test_analysis_fates import OPEN, fact
from tests.analysis.test_analysis_semantics import RECORD, estate, part, path

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Estate

A, B = ("device:a/outage",), ("device:b/outage",)
BY_ALL_OR_CUT_SETS = pytest.mark.parametrize("max_sets", [MAX_SETS, 0], ids=["by all sets", "by cut sets"])


def entered(entry: Gate) -> Estate:
    return estate(entry, part("a"), part("b"), facts=(fact("way"),))


def compared(before: Estate, after: Estate, max_sets: int) -> Redundancy:
    return compare(Probe(before, Horizon.INSTANT), Probe(after, Horizon.INSTANT), 2, max_sets)


@BY_ALL_OR_CUT_SETS
def test_what_stood_in_for_another_and_does_so_no_longer_is_redundancy_lost(max_sets: int) -> None:
    pair, one = entered(AnyOf((path("a"), path("b")))), entered(path("a"))
    [found] = compared(pair, one, max_sets).changed
    chain = (Step("an outage of a"), Step("record is lost"))
    assert found == ServiceChange(RECORD, lost=(CutChange(A, Holds.YES, Holds.NO, chain=chain),), order=2)
    [found] = compared(one, pair, max_sets).changed
    assert found == ServiceChange(RECORD, gained=(CutChange(A, Holds.NO, Holds.YES, chain=chain),), order=2)


@BY_ALL_OR_CUT_SETS
def test_what_a_fact_leaves_open_hangs_on_that_fact_alone(max_sets: int) -> None:
    after = entered(Case("way", {"x": path("a"), "y": All((path("a"), path("b")))}))
    [found] = compared(entered(path("a")), after, max_sets).changed
    perhaps = (CutChange(B, Holds.YES, Holds.UNKNOWN),)
    doubts = (Doubt("way", OPEN, "declare way"),)
    assert found == ServiceChange(RECORD, perhaps=perhaps, order=2, depends_on=doubts)


@BY_ALL_OR_CUT_SETS
def test_where_no_fact_is_open_what_is_not_known_hangs_on_the_nature_of_edges(max_sets: int) -> None:
    circle = estate(Up("a"), part("a", Up("a", Nature.UNKNOWN)))
    [found] = compared(estate(Up("a"), part("a")), circle, max_sets).changed
    perhaps = (CutChange((), Holds.YES, Holds.UNKNOWN),)
    doubts = (unknown_natures(circle.services[RECORD]),)
    assert found == ServiceChange(RECORD, perhaps=perhaps, order=2, depends_on=doubts)
