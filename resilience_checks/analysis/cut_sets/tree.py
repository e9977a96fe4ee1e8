"""A coherent fault tree in arrays, and the builder that makes one without doing anything twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ALWAYS = -1
"""What a builder returns for a gate that fails with nothing failed."""
NEVER = -2
"""What a builder returns for a gate that no set of events makes fail."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes 0 to `events` - 1 are basic events; gate i is node `events` + i and stands after its children.

    Gate i fails when at least `needed[i]` of `children[i]` fail (1: or; their number: and); a child that stands
    there twice counts twice. 0 always fails, more than there are never does.
    """

    events: int
    needed: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]

    def fails(self, failed: Iterable[int], top: int) -> bool:
        """Return whether the top fails when exactly these events do.

        >>> two_of_three = Tree(3, (2,), ((0, 1, 2),))
        >>> two_of_three.fails([0, 2], 3), two_of_three.fails([1], 3)
        (True, False)
        """
        state = [False] * self.events
        for event in failed:
            state[event] = True
        for needed, children in zip(self.needed, self.children, strict=True):
            state.append(sum(state[child] for child in children) >= needed)
        return state[top]


class Builder:
    """Makes a tree gate by gate; gates that say the same are one node, and constants never become nodes."""

    def __init__(self, events: int) -> None:
        """Start with the events and no gate."""
        self.events = events
        self.needed: list[int] = []
        self.children: list[tuple[int, ...]] = []
        self._known: dict[tuple[int, tuple[int, ...]], int] = {}

    def gate(self, needed: int, children: Iterable[int]) -> int:
        """Return the node that fails when at least `needed` of the children do.

        >>> build = Builder(2)
        >>> build.gate(2, [0, 1]), build.gate(2, [1, 0]), build.gate(1, [1]), build.gate(1, [0, ALWAYS]) == ALWAYS
        (2, 2, 1, True)
        """
        kept = []
        for child in children:
            if child == ALWAYS:
                needed -= 1
            elif child != NEVER:
                kept.append(child)
        if needed <= 0:
            return ALWAYS
        if needed > len(kept):
            return NEVER
        if needed == 1 or needed == len(kept):  # or, and: a second time adds nothing
            both = needed > 1
            kept = list(dict.fromkeys(kept))
            needed = len(kept) if both else 1
        if len(kept) == 1:
            return kept[0]
        return self._node(needed, kept)

    def _node(self, needed: int, children: list[int]) -> int:
        key = needed, tuple(sorted(children))
        if key not in self._known:
            self._known[key] = self.events + len(self.needed)
            self.needed.append(needed)
            self.children.append(key[1])
        return self._known[key]

    def tree(self) -> Tree:
        """Return what was built."""
        return Tree(self.events, tuple(self.needed), tuple(self.children))


def references(tree: Tree, tops: Iterable[int]) -> Counter[int]:
    """Return how often each node below the tops is referred to from there; a top counts once more."""
    counts: Counter[int] = Counter(tops)
    for gate in range(len(tree.needed) - 1, -1, -1):
        if counts[tree.events + gate]:
            counts.update(tree.children[gate])
    return counts
