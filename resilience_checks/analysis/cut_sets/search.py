"""Minimal cut sets of one module by a search along path sets, evaluated in wide sweeps.

A path set holds the top as long as none of its leaves fails, so every cut set has a leaf in every path set. The
search takes a path set, fails its leaves one by one, and goes on below each in the same way (a hitting-set tree:
Reiter, "A theory of diagnosis from first principles", Artificial Intelligence 32(1), 1987). The last leaf of a cut
set is not searched for: one sweep shows, for many prefixes at once, which leaves complete them. The work is the
product of a few path sets' sizes, however many gates lie above each other; the memory is that of one sweep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.analysis.cut_sets.limits import Limits, StoppedError
from resilience_checks.analysis.cut_sets.sweeps import bits, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.analysis.cut_sets.tree import Tree

_SWEEP_BITS = 1 << 27
"""The bits of all values of one sweep together: 16 MB."""
_WIDEST = 1 << 19


@dataclass(frozen=True, slots=True)
class _Row:
    """A prefix of cut sets: the leaves that fail, those that never do below here, and what the rest may weigh."""

    failed: tuple[int, ...]
    barred: int
    rest: int


def search(tree: Tree, weights: Sequence[int], order: int, limits: Limits) -> list[tuple[int, ...]]:
    """Return the minimal cut sets of the last gate whose weights add up to at most `order`, each in some order."""
    return _Search(tree, weights, order, limits).run()


class _Search:
    def __init__(self, tree: Tree, weights: Sequence[int], order: int, limits: Limits) -> None:
        self.tree, self.weights, self.limits = tree, weights, limits
        self.top = tree.events + len(tree.needed) - 1
        self.order = order
        self.found: list[tuple[int, ...]] = []
        self._masks: set[int] = set()
        self.heavy = [
            sum(1 << leaf for leaf, weight in enumerate(weights) if weight > rest) for rest in range(order + 1)
        ]
        self._lightest = min(weights)

    def run(self) -> list[tuple[int, ...]]:
        try:
            self._extend([_Row((), 0, self.order)])
        except StoppedError as stopped:
            stopped.sets = self.found
            raise
        return [each for each in self.found if not self._holds_smaller(each)]

    def _extend(self, rows: list[_Row]) -> None:
        """Find what completes these prefixes and what lies below them, one chunk after the other.

        So no more rows wait than one chunk has below it at each depth.
        """
        for chunk in self._chunks(rows):
            below: list[_Row] = []
            for row, completing in zip(chunk, self.completing(chunk), strict=True):
                self._take(row, completing)
                if row.rest >= 2 * self._lightest:
                    below.extend(self._below(row, row.barred | completing))
            self.limits.hold(len(self.found))
            if below:
                self._extend(below)

    def _chunks(self, rows: list[_Row]) -> Iterator[list[_Row]]:
        widest = min(_WIDEST, _SWEEP_BITS // (self.top + 1))
        size = max(1, widest // (self.tree.events + 8))
        for start in range(0, len(rows), size):
            yield rows[start : start + size]

    def completing(self, rows: list[_Row]) -> Iterator[int]:
        """Yield for each row the leaves that make the top fail together with the prefix."""
        width = (self.tree.events + 7) // 8  # bytes of a row
        every = int.from_bytes((b"\x01" + bytes(width - 1)) * len(rows), "little")
        values = [every << leaf for leaf in range(self.tree.events)]
        whole = (1 << (8 * width)) - 1
        where: dict[int, bytearray] = {}  # the rows in whose prefix a leaf stands
        for index, row in enumerate(rows):
            for leaf in row.failed:
                where.setdefault(leaf, bytearray(width * len(rows)))[index * width] = 1
        for leaf, mark in where.items():
            values[leaf] |= int.from_bytes(mark, "little") * whole
        data = sweep(self.tree, values)[self.top].to_bytes(width * len(rows), "little")
        for index, row in enumerate(rows):
            value = int.from_bytes(data[index * width : (index + 1) * width], "little")
            yield value & ~(row.barred | self.heavy[row.rest])

    def _take(self, row: _Row, completing: int) -> None:
        prefix = sum(1 << leaf for leaf in row.failed)
        for leaf in bits(completing):
            self.found.append((*row.failed, leaf))
            self._masks.add(prefix | 1 << leaf)

    def _holds_smaller(self, found: tuple[int, ...]) -> bool:
        """Return whether a smaller set was found in it, which then has its last leaf: the rest is no cut set.

        The smaller one lacks a leaf that stands before one it holds: what completes a beginning of the prefix is
        barred below it.
        """
        if len(found) < 3:  # noqa: PLR2004 the only part of one leaf is a beginning
            return False
        parts = [1 << found[-1]]
        for leaf in found[:-1]:
            parts += [part | 1 << leaf for part in parts]
        return any(part in self._masks for part in parts[2:-1])

    def _below(self, row: _Row, barred: int) -> Iterator[_Row]:
        heavy = barred | self.heavy[row.rest - self._lightest]
        path = _path_set(self.tree, row.failed, barred | self.heavy[row.rest])
        for leaf in bits(path):
            if not heavy >> leaf & 1:
                yield _Row((*row.failed, leaf), barred, row.rest - self.weights[leaf])
            barred |= 1 << leaf


def first_path_set(tree: Tree, weights: Sequence[int], order: int) -> int:
    """Return the path set, as bits, at which a search begins: leaves above the order, and cut sets alone, left out."""
    begun = _Search(tree, weights, order, Limits())
    row = _Row((), 0, order)
    (alone,) = begun.completing([row])
    return _path_set(tree, (), alone | begun.heavy[order])


def _path_set(tree: Tree, failed: tuple[int, ...], barred: int) -> int:
    """Return a small path set of the last gate when the prefix fails and the barred leaves never do.

    Empty: nothing can make the top fail any more. An or needs all of its children, so it takes their path sets
    together; an and takes its smallest one.
    """
    found: list[int | None] = [0 if barred >> leaf & 1 else 1 << leaf for leaf in range(tree.events)]
    for leaf in failed:
        found[leaf] = None
    for needed, children in zip(tree.needed, tree.children, strict=True):
        up = [path for path in (found[child] for child in children) if path is not None]
        missing = len(children) - needed + 1
        if len(up) < missing:
            found.append(None)
            continue
        if missing < len(up):
            up.sort(key=int.bit_count)
        value = 0
        for path in up[:missing]:
            value |= path
        found.append(value)
    whole = found[-1]
    assert whole is not None, "a prefix of a minimal cut set is no cut set"
    return whole
