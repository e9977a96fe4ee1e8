"""Small random coherent trees: every kind of gate, shared and repeated children, constants; and what they mean."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from resilience_checks.analysis.cut_sets.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Sequence


@st.composite
def trees(draw: st.DrawFn, *, events: int = 7, gates: int = 9, constants: bool = True) -> Tree:
    """Draw a tree; its last gate is likely to stand above most of it."""
    count = draw(st.integers(1, events))
    needed: list[int] = []
    children: list[tuple[int, ...]] = []
    for gate in range(draw(st.integers(1, gates))):
        nodes = st.integers(0, count + gate - 1)
        recent = st.integers(max(0, count + gate - 4), count + gate - 1)
        size = draw(st.integers(0 if constants else 1, 4))
        below = draw(st.lists(st.one_of(nodes, recent), min_size=size, max_size=size))
        children.append(tuple(below))
        low, high = (0, size + 1) if constants and draw(st.integers(0, 7)) == 0 else (1, max(1, size))
        needed.append(draw(st.one_of(st.sampled_from((low, high)), st.integers(low, high))))
    return Tree(count, tuple(needed), tuple(children))


def brute_force(tree: Tree, top: int, order: int) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Return the minimal cut sets of each order by trying every set of events."""
    found: list[tuple[int, ...]] = []
    for size in range(order + 1):
        for chosen in combinations(range(tree.events), size):
            if not any(set(smaller) <= set(chosen) for smaller in found) and tree.fails(chosen, top):
                found.append(chosen)
    return by_order(found, order)


def by_order(sets: Sequence[tuple[int, ...]], order: int) -> tuple[tuple[tuple[int, ...], ...], ...]:
    return tuple(tuple(sorted(each for each in sets if len(each) == size)) for size in range(order + 1))
