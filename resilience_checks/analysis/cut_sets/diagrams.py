"""Minimal cut sets of one module from its binary decision diagram, which the library OxiDD builds.

Rauzy, "New algorithms for fault trees analysis", Reliability Engineering and System Safety 40, 1993: with x the
first leaf of a coherent function, its minimal cut sets are those of F0 (x holds), and x with those of F1 (x fails)
that contain none of F0. The families are kept as zero-suppressed diagrams and cut off at the order. The work
depends on the size of the diagrams, not on the order, so this suits high orders.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from resilience_checks.analysis.cut_sets.limits import StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oxidd.bdd import BDDFunction, BDDManager

    from resilience_checks.analysis.cut_sets.limits import Limits
    from resilience_checks.analysis.cut_sets.tree import Tree

_ROOM = 21
"""The most nodes of a decision diagram, as a power of two: some 100 MB."""
_DEEPEST = 2_000
_NONE, _UNIT = 0, 1  # the family without sets, and the one of the empty set


def diagram(tree: Tree, weights: Sequence[int], order: int, limits: Limits) -> list[tuple[int, ...]]:
    """Return the minimal cut sets of the last gate whose weights add up to at most `order`, each in some order.

    Raises StoppedError where the diagram outgrows its memory.
    """
    from oxidd.bdd import BDDManager
    from oxidd.util import DDMemoryError

    if tree.events > _DEEPEST:
        raise StoppedError(f"there are more than {_DEEPEST:,} leaves in one diagram")
    leaves = _depth_first(tree)
    room = 1 << min(tree.events + 8, _ROOM)
    manager = BDDManager(room, max(1 << 10, room >> 3), 1)
    manager.add_vars(tree.events)
    try:
        top = _build(tree, manager, {leaf: level for level, leaf in enumerate(leaves)}, limits)
    except DDMemoryError as error:
        raise StoppedError(f"the decision diagram has more than {room:,} nodes") from error
    with _deep(tree.events):
        families = _Families([weights[leaf] for leaf in leaves], limits)
        root = families.minimal(top, order)
    found: list[tuple[int, ...]] = []
    try:
        for each in families.sets(root):
            found.append(tuple(leaves[level] for level in each))  # noqa: PERF401 what is found stays when it stops
    except StoppedError as stopped:
        stopped.sets = found
        raise
    return found


def _depth_first(tree: Tree) -> list[int]:
    """Return the leaves as a walk from the top first meets them: what stands together comes together."""
    top = tree.events + len(tree.needed) - 1
    found: dict[int, None] = {}
    pending = [top]
    while pending:
        node = pending.pop()
        if node in found:
            continue
        found[node] = None
        if node >= tree.events:
            pending.extend(sorted(tree.children[node - tree.events], reverse=True))
    return [node for node in found if node < tree.events]


def _build(tree: Tree, manager: BDDManager, levels: dict[int, int], limits: Limits) -> BDDFunction:
    nodes: list[BDDFunction] = [manager.var(levels[leaf]) for leaf in range(tree.events)]
    for needed, children in zip(tree.needed, tree.children, strict=True):
        below = [nodes[child] for child in children]
        reached = [manager.false()] * needed
        for place, item in enumerate(below):
            limits.hold()
            first = max(0, needed - (len(below) - place))
            for index in range(min(needed - 1, place), max(first, 1) - 1, -1):
                reached[index] |= reached[index - 1] & item
            if not first:
                reached[0] |= item
        nodes.append(reached[-1])
    return nodes[-1]


class _Families:
    """Zero-suppressed diagrams: node i is (level, with, without); without repetition, kept by number."""

    def __init__(self, weights: list[int], limits: Limits) -> None:
        self.weights, self.limits = weights, limits
        self.nodes: list[tuple[int, int, int]] = [(len(weights), 0, 0), (len(weights), 0, 0)]
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._minimal: dict[tuple[BDDFunction, int], int] = {}
        self._without: dict[tuple[int, int], int] = {}

    def node(self, level: int, with_: int, without: int) -> int:
        if with_ == _NONE:
            return without
        key = level, with_, without
        if key not in self._numbers:
            self._numbers[key] = len(self.nodes)
            self.nodes.append(key)
            if not len(self.nodes) & 1023:
                self.limits.hold()
        return self._numbers[key]

    def minimal(self, function: BDDFunction, rest: int) -> int:
        """Return the minimal cut sets of a function that weigh at most `rest`."""
        parts = function.cofactors()
        if parts is None:
            return _UNIT if function.valid() else _NONE
        key = function, rest
        if key not in self._minimal:
            fails, holds = parts
            level = function.node_level()
            assert level is not None
            without = self.minimal(holds, rest)
            weight = self.weights[level]
            with_ = self.less(self.minimal(fails, rest - weight), without) if weight <= rest else _NONE
            self._minimal[key] = self.node(level, with_, without)
        return self._minimal[key]

    def less(self, one: int, other: int) -> int:
        """Return the sets of one family that contain no set of the other."""
        if _NONE in {one, other}:
            return one
        if other in {_UNIT, one}:
            return _NONE
        key = one, other
        if key not in self._without:
            level, with_, without = self.nodes[one]
            theirs, containing, lacking = self.nodes[other]
            if theirs < level:
                found = self.less(one, lacking)
            elif level < theirs:
                found = self.node(level, self.less(with_, other), self.less(without, other))
            else:
                rest = self.less(self.less(with_, containing), lacking)
                found = self.node(level, rest, self.less(without, lacking))
            self._without[key] = found
        return self._without[key]

    def sets(self, root: int) -> Iterator[tuple[int, ...]]:
        """Yield the levels of each set."""
        pending: list[tuple[int, tuple[int, ...]]] = [(root, ())]
        found = 0
        while pending:
            number, prefix = pending.pop()
            if number == _UNIT:
                found += 1
                if not found & 1023:
                    self.limits.hold(found)
                yield prefix
            elif number != _NONE:
                level, with_, without = self.nodes[number]
                pending += [(without, prefix), (with_, (*prefix, level))]


@contextmanager
def _deep(levels: int) -> Iterator[None]:
    """Let recursion go as deep as there are levels; calls between Python functions take no space on the C stack."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 4 * levels + 1_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
