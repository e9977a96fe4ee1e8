"""Minimal cut sets bottom-up: the family of each gate from those of its children, cut off at the order.

A set is an integer with a bit for each leaf. The work is that of the largest families on the way, so this suits
wide and shallow trees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.analysis.cut_sets.sweeps import bits
from resilience_checks.analysis.cut_sets.tree import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.analysis.cut_sets.limits import Limits
    from resilience_checks.analysis.cut_sets.tree import Tree

_EMPTY: dict[int, int] = {}


def combine(tree: Tree, weights: Sequence[int], order: int, limits: Limits) -> list[tuple[int, ...]]:
    """Return the minimal cut sets of the last gate whose weights add up to at most `order`, each ascending."""
    return [tuple(bits(mask)) for mask in _Algebra(weights, order, limits).of(tree)]


class _Algebra:
    """A family maps each of its sets to its weight; no set of it contains another."""

    def __init__(self, weights: Sequence[int], order: int, limits: Limits) -> None:
        self.weights, self.order, self.limits = weights, order, limits

    def of(self, tree: Tree) -> dict[int, int]:
        top = tree.events + len(tree.needed) - 1
        left = references(tree, [top])
        found = [{1 << leaf: weight} if weight <= self.order else _EMPTY for leaf, weight in enumerate(self.weights)]
        for gate, (needed, children) in enumerate(zip(tree.needed, tree.children, strict=True)):
            if not left[tree.events + gate]:
                found.append(_EMPTY)  # nothing below the top refers to it
                continue
            found.append(self._at_least(needed, [found[child] for child in children]))
            for child in children:
                left[child] -= 1
                if not left[child]:
                    found[child] = _EMPTY
        return found[top]

    def _at_least(self, needed: int, families: list[dict[int, int]]) -> dict[int, int]:
        """Return the sets that contain one of each of some `needed` families, family after family."""
        if needed == 1:
            return self._either(families)
        if needed == len(families):
            families = sorted(families, key=len)
        reached = [_EMPTY] * needed
        for place, family in enumerate(families):
            first = max(0, needed - (len(families) - place))  # what cannot get to `needed` any more is left out
            for index in range(min(needed - 1, place), max(first, 1) - 1, -1):
                reached[index] = self._either([reached[index], self._both(reached[index - 1], family)])
            if not first:
                reached[0] = self._either([reached[0], family])
        return reached[-1]

    def _both(self, one: dict[int, int], other: dict[int, int]) -> dict[int, int]:
        found: dict[int, int] = {}
        least = min(other.values(), default=0)
        for mask, weight in one.items():
            if weight + least > self.order and not any(mask & each for each in other):
                continue
            for more, own in other.items():
                union = mask | more
                if union in found:
                    continue
                total = weight + own
                if mask & more:
                    total -= sum(self.weights[leaf] for leaf in bits(mask & more))
                if total <= self.order:
                    found[union] = total
            self.limits.hold(len(found))
        return found

    def _either(self, families: Iterable[dict[int, int]]) -> dict[int, int]:
        """Return the sets of all families of which no part is among them."""
        together: dict[int, int] = {}
        for family in families:
            together.update(family)
        self.limits.hold(len(together))
        kept: dict[int, int] = {}
        for mask in sorted(together, key=int.bit_count):
            if not _holds_part(mask, kept):
                kept[mask] = together[mask]
        return kept


def _holds_part(mask: int, kept: dict[int, int]) -> bool:
    """Return whether some part of the set is kept already."""
    if mask.bit_count() > len(kept).bit_length():
        return any(mask & smaller == smaller for smaller in kept)
    part = (mask - 1) & mask
    while part:
        if part in kept:
            return True
        part = (part - 1) & mask
    return False
