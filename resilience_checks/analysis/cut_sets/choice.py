"""Which engine solves a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.analysis.cut_sets.search import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.analysis.cut_sets.limits import Limits
    from resilience_checks.analysis.cut_sets.tree import Tree


def solve(tree: Tree, weights: Sequence[int], order: int, limits: Limits) -> list[tuple[int, ...]]:
    """Return the minimal cut sets of the module's top whose weights add up to at most `order`."""
    return search(tree, weights, order, limits)
