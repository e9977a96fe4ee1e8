"""Limits of the cut-set engines: what they cut off is said, and nothing that is told is wrong."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.cut_sets import algebra, choice, diagrams, search, sweeps
from resilience_checks.analysis.cut_sets.limits import Limits, StoppedError
from resilience_checks.analysis.cut_sets.portfolio import CutSets, minimal_cut_sets
from resilience_checks.analysis.cut_sets.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.analysis.cut_sets.portfolio import Engine

ENGINES: dict[str, Engine] = {
    "portfolio": choice.solve,
    "search": search.search,
    "algebra": algebra.combine,
    "bdd": diagrams.diagram,
}


def any_of(size: int, needed: int) -> Tree:
    """At least so many of so many events."""
    return Tree(size, (needed,), (tuple(range(size)),))


def shared(pairs: int) -> Tree:
    """Pairs of neighbours in a ring: one module, whatever the engine."""
    ands = [(event, (event + 1) % pairs) for event in range(pairs)]
    return Tree(pairs, (*[2] * pairs, 1), (*ands, tuple(range(pairs, 2 * pairs))))


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_a_deadline_that_has_passed_leaves_the_single_points(engine: Engine) -> None:
    ring = shared(40)
    tree = Tree(41, (*ring.needed, 1), (*[tuple(n + (n >= 40) for n in c) for c in ring.children], (40, 41 + 40)))
    found = minimal_cut_sets(tree, [41 + 41], 3, Limits(until=0.0), engine)[0]
    assert found == CutSets(((), ((40,),), (), ()), 1, "the deadline has passed")
    assert not found.complete


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_too_many_sets_leave_what_is_finished_and_some_of_the_next_order(engine: Engine) -> None:
    found = minimal_cut_sets(any_of(60, 3), [60], 3, Limits(sets=10_000), engine)[0]
    assert comb(60, 3) > 10_000
    assert (found.finished, found.stopped) == (2, "there are more than 10,000 sets")
    assert all(len(set(each)) == 3 for each in found.by_order[3])
    assert found.by_order[:3] == ((), (), ())


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_exactly_as_many_sets_as_are_allowed_are_complete(engine: Engine) -> None:
    found = minimal_cut_sets(any_of(20, 2), [20], 2, Limits(sets=190), engine)[0]
    assert (found.complete, len(found.by_order[2])) == (True, 190)


def test_sets_of_several_modules_are_told_when_there_are_too_many() -> None:
    thirds = [tuple(range(start, start + 50)) for start in (0, 50, 100)]
    tree = Tree(150, (1, 1, 1, 3), (*thirds, (150, 151, 152)))
    found = minimal_cut_sets(tree, [153], 3, Limits(sets=50_000))[0]
    assert (found.finished, found.complete) == (2, False)
    assert len(found.by_order[3]) > 50_000
    assert {tuple(event // 50 for event in each) for each in found.by_order[3]} == {(0, 1, 2)}


def test_high_orders_and_large_thresholds_take_no_estimate_of_their_own() -> None:
    tree = any_of(400, 200)
    assert choice.algebra_seconds(tree, [1] * 400, 400) == float("inf")
    assert minimal_cut_sets(tree, [400], 150)[0].complete


def test_limits_raise_where_they_are_reached() -> None:
    Limits(sets=5).hold(5)
    with pytest.raises(StoppedError, match="more than 5 sets") as found:
        Limits(sets=5).hold(6)
    assert found.value.many
    with pytest.raises(StoppedError, match="deadline"):
        Limits.within(-1).hold()


def test_sets_of_two_modules_that_fit_one_by_one_may_be_too_large_together() -> None:
    either = Tree(6, (2, 1, 2, 1, 2), ((1, 2), (0, 6), (4, 5), (3, 8), (7, 9)))
    by_order = ((), (), ((0, 3),), ((0, 4, 5), (1, 2, 3)), ((1, 2, 4, 5),))
    for order in (2, 3, 4):
        assert minimal_cut_sets(either, [10], order) == [CutSets(by_order[: order + 1], order)]


def test_each_order_is_worked_out_once() -> None:
    asked: list[int] = []

    def engine(tree: Tree, weights: Sequence[int], order: int, limits: Limits) -> list[tuple[int, ...]]:
        asked.append(order)
        return choice.solve(tree, weights, order, limits)

    for order in (2, 3, 5):
        minimal_cut_sets(any_of(6, 2), [6], order, engine=engine)
    assert asked == [2, 2, 3, 2, 3, 4, 5]


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_the_top_fails_exactly_where_a_minimal_cut_set_does(engine: Engine) -> None:
    tree = Tree(6, (2, 2, 1, 2), ((0, 1, 2), (2, 3), (4, 7, 5), (6, 8)))
    found = minimal_cut_sets(tree, [9], 6, engine=engine)[0]
    least = [set(each) for sets in found.by_order for each in sets]
    assert found.complete
    assert [tree.fails(events, 9) for size in range(7) for events in combinations(range(6), size)] == [
        any(each <= set(events) for each in least) for size in range(7) for events in combinations(range(6), size)
    ]


@pytest.mark.parametrize(
    ("widest", "rows"),
    [(1, [1] * 9), (32, [1, 2, 2, 2, 2]), (48, [1, 3, 3, 2]), (1000, [1, 8])],
    ids=["less than one", "two", "three", "all"],
)
def test_as_many_prefixes_as_fit_go_into_one_sweep_and_one_where_none_fits(
    widest: int, rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ring of eight events, of which each prefix may take 8 bits and up to 8 more to fill its last byte."""
    swept = list[int]()

    def sweep(tree: Tree, values: Sequence[int]) -> list[int]:
        swept.append(-(-max(value.bit_length() for value in values) // 8))
        return sweeps.sweep(tree, values)

    monkeypatch.setattr(search, "_WIDEST", widest)
    monkeypatch.setattr(search, "sweep", sweep)
    found = search.search(shared(8), [1] * 8, 2, Limits())
    assert sorted(tuple(sorted(each)) for each in found) == sorted(
        tuple(sorted((event, (event + 1) % 8))) for event in range(8)
    )
    assert swept == rows
