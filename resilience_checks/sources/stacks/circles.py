"""Which stacks wait for each other in a circle, and which stand on those."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.sources.stacks.evaluations import Evaluation


def reaches(start: Evaluation, goal: Evaluation) -> bool:
    """Return whether `start` is `goal` or waits for it, directly or not."""
    seen: set[Evaluation] = set()
    pending = [start]
    while pending:
        item = pending.pop()
        if item is goal:
            return True
        if item not in seen:
            seen.add(item)
            pending += item.waits
    return False


def downstream(roots: set[Evaluation], evaluations: Sequence[Evaluation]) -> set[Evaluation]:
    """Return the roots and whatever needs one of them, directly or not."""
    found = set(roots)
    while more := {item for item in evaluations if item not in found and item.needs & found}:
        found |= more
    return found


def in_circles(evaluations: Sequence[Evaluation]) -> list[list[Evaluation]]:
    """Return the sets of stacks of which each needs every other, in the order of the first."""
    reached: dict[Evaluation, set[Evaluation]] = {}
    for item in evaluations:
        reached[item] = set()
        pending = list(item.needs)
        while pending:
            needed = pending.pop()
            if needed not in reached[item]:
                reached[item].add(needed)
                pending += needed.needs
    grouped: dict[frozenset[int], list[Evaluation]] = defaultdict(list)
    for item in evaluations:
        if item in reached[item]:
            mates = frozenset(other.index for other in reached[item] if item in reached[other])
            grouped[mates].append(item)
    return list(grouped.values())
