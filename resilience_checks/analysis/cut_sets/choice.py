"""Which engine solves a module: the one whose work, estimated from the module's shape, is the least.

The estimates are upper bounds that take a millisecond where the engines may take minutes. Their units were
measured on random trees of several shapes (benchmarks/cut_set_engines.py prints them beside the times).
"""

from __future__ import annotations

from dataclasses import replace
from math import factorial, inf
from time import monotonic
from typing import TYPE_CHECKING

from resilience_checks.analysis.cut_sets.limits import StoppedError
from resilience_checks.analysis.cut_sets.search import first_path_set, search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.analysis.cut_sets.limits import Limits
    from resilience_checks.analysis.cut_sets.tree import Tree

_SWEPT_BIT = 3e-11
"""Seconds for one bit of one reference in a sweep."""
_ROW = 6e-7
"""Seconds for one reference when the path set of one prefix is looked for."""
_PAIR = 1e-6
"""Seconds for one pair of sets that the algebra joins."""
_HIGH = 8
_JOINS = 50_000
"""The order, and the joins of families whatever they hold, above which the algebra is not considered."""
_SMALL = 12
"""Leaves up to which a search is over sooner than its estimate."""
_LONG = 0.5
"""Seconds above which a decision diagram is tried first."""


def solve(tree: Tree, weights: Sequence[int], order: int, limits: Limits) -> list[tuple[int, ...]]:
    """Return the minimal cut sets of the module's top whose weights add up to at most `order`.

    Search and algebra depend on the order, diagrams do not: where both would take long, a diagram has a third of
    the time; it either fits into its memory, which shows soon, or does not.
    """
    if tree.events <= _SMALL:
        return search(tree, weights, order, limits)
    searching, combining = search_seconds(tree, weights, order), algebra_seconds(tree, weights, order)
    if min(searching, combining) > _LONG:
        from resilience_checks.analysis.cut_sets.diagrams import diagram

        third = None if limits.until is None else limits.until - (limits.until - monotonic()) * 2 / 3
        try:
            return diagram(tree, weights, order, replace(limits, until=third))
        except StoppedError as stopped:
            if stopped.many:
                raise
            limits.hold()
    if searching <= combining:
        return search(tree, weights, order, limits)
    from resilience_checks.analysis.cut_sets.algebra import combine

    return combine(tree, weights, order, limits)


def search_seconds(tree: Tree, weights: Sequence[int], order: int) -> float:
    """Return about how long a search takes: every leaf of a path set is failed, and then as many below each."""
    path = first_path_set(tree, weights, order).bit_count()
    lightest = min(weights)
    depth = max(0, order // lightest - 1)  # prefixes have so many leaves
    rows, inner = _prefixes(path, depth), _prefixes(path, depth - 1)
    references = sum(len(children) for children in tree.children)
    return references * (rows * tree.events * _SWEPT_BIT + inner * _ROW)


def _prefixes(path: int, depth: int) -> float:
    """Return how many prefixes of so many leaves there are, where their order makes no difference."""
    return float(path) ** min(max(0, depth), 30) / factorial(min(max(0, depth), 3))


def algebra_seconds(tree: Tree, weights: Sequence[int], order: int) -> float:
    """Return about how long the algebra takes: each gate has at most as many sets as its children have together."""
    joins = sum(needed * len(children) for needed, children in zip(tree.needed, tree.children, strict=True))
    if order > _HIGH or joins > _JOINS:
        return inf  # the estimate itself would take long
    sizes = [_only(weight, order) for weight in weights]
    pairs = 0.0
    for needed, children in zip(tree.needed, tree.children, strict=True):
        reached = [[0.0] * (order + 1) for _ in range(needed)]
        for child in children:
            for index in range(needed - 1, 0, -1):
                joined = _times(reached[index - 1], sizes[child])
                pairs += sum(joined)
                reached[index] = [a + b for a, b in zip(reached[index], joined, strict=True)]
            reached[0] = [a + b for a, b in zip(reached[0], sizes[child], strict=True)]
        pairs += sum(reached[-1])
        sizes.append(reached[-1])
    return pairs * _PAIR


def _only(weight: int, order: int) -> list[float]:
    return [float(size == weight) for size in range(order + 1)]


def _times(one: list[float], other: list[float]) -> list[float]:
    """Return how many unions of two sets have each size, as if none shared a leaf."""
    found = [0.0] * len(one)
    for size, count in enumerate(one):
        if count:
            for more in range(len(one) - size):
                found[size + more] += count * other[more]
    return found
