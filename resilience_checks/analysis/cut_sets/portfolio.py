"""The minimal cut sets of a coherent fault tree, by whichever exact engine suits each of its modules."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, TypeAlias

from resilience_checks.analysis.cut_sets.choice import solve
from resilience_checks.analysis.cut_sets.limits import Limits, StoppedError
from resilience_checks.analysis.cut_sets.modules import modules, simplified
from resilience_checks.analysis.cut_sets.sweeps import single_points
from resilience_checks.analysis.cut_sets.tree import ALWAYS, NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from resilience_checks.analysis.cut_sets.modules import Module
    from resilience_checks.analysis.cut_sets.tree import Tree

    Engine: TypeAlias = Callable[[Tree, Sequence[int], int, Limits], list[tuple[int, ...]]]

Sets: TypeAlias = list[tuple[int, ...]]

_SHOWN = 100_000
"""The most sets of an unfinished order that are still told."""


@dataclass(frozen=True, slots=True)
class CutSets:
    """The minimal cut sets of one top: those of each order, ascending events, in ascending order.

    `by_order[i]` holds the sets of i events; the one of order 0 is empty and says that the top fails with nothing
    failed. Every set is minimal. `finished` is the order up to which none is missing; above it there may be more.
    """

    by_order: tuple[tuple[tuple[int, ...], ...], ...]
    finished: int
    stopped: str | None = None

    @property
    def complete(self) -> bool:
        """Whether no set up to the asked order is missing."""
        return self.stopped is None


def minimal_cut_sets(
    tree: Tree, tops: Sequence[int], order: int, limits: Limits | None = None, engine: Engine | None = None
) -> list[CutSets]:
    """Return for each top its minimal cut sets of up to `order` events; `engine` is for tests.

    >>> from resilience_checks.analysis.cut_sets.tree import Tree
    >>> tree = Tree(3, (1, 2), ((0, 1), (3, 2)))
    >>> minimal_cut_sets(tree, [4], 2)[0].by_order
    ((), (), ((0, 2), (1, 2)))
    """
    limits = limits or Limits()
    singles = single_points(tree, tops)
    return [
        _of_top(tree, top, order, limits, engine or solve, always=always, single=single)
        for top, (always, single) in zip(tops, singles, strict=True)
    ]


def _of_top(
    tree: Tree, top: int, order: int, limits: Limits, engine: Engine, *, always: bool, single: list[int]
) -> CutSets:
    """Return the sets of one top: the first order is known, the others are computed one after the other.

    So what a limit stops is cut off after a whole order. An event that is a cut set alone is in no other.
    """
    if always:
        return _ordered([()], order, order)
    first: Sets = [(event,) for event in single]
    reduced, root = simplified(tree, top, single)
    if order == 1 or root in {ALWAYS, NEVER} or root < reduced.events:
        return _ordered(first, order, order)
    found = first
    parts = modules(reduced, root)
    finished = 1
    for asked in _steps(order):
        work = _Expansion(parts, asked, limits, engine)
        try:
            found = first + work.sets()
        except StoppedError as error:
            return _ordered(found + _next(work.partial, found, finished + 1), order, finished, error.why)
        finished = asked
    return _ordered(found, order, finished)


def _next(partial: Sets, found: Sets, size: int) -> Sets:
    """Return the sets of one more event than is finished that are surely minimal: they contain none of those found."""
    known = set(found)
    return [
        each
        for each in dict.fromkeys(partial)
        if len(each) == size
        and not any(part in known for smaller in range(1, size) for part in combinations(each, smaller))
    ]


def _steps(order: int) -> list[int]:
    """Return the orders that are finished one after the other; beyond 4 the engines hardly depend on the order."""
    return [step for step in (2, 3, 4) if step < order] + [order]


def _ordered(sets: Sets, order: int, finished: int, stopped: str | None = None) -> CutSets:
    by_order: list[list[tuple[int, ...]]] = [[] for _ in range(order + 1)]
    for each in sets:
        by_order[len(each)].append(each)
    return CutSets(tuple(tuple(sorted(each)) for each in by_order), finished, stopped)


@dataclass
class _Expansion:
    """Solves the modules from the inside out and expands what the top's sets are made of, last.

    A module stands in the one that contains it as one leaf, whose weight is the least order of its own sets. What
    a module is allowed to weigh is what the order leaves beside the least that has to fail with it.
    """

    parts: list[Module]
    order: int
    limits: Limits
    engine: Engine
    partial: Sets = field(default_factory=list)
    """Cut sets of the top that were found before a limit stopped it; some may contain others."""

    def sets(self) -> Sets:
        budgets = self._budgets()
        local: dict[int, tuple[Module, Sets]] = {}
        weights: dict[int, int] = {}
        for part in self.parts:
            budget = budgets.get(part.node, 0)
            found: Sets = []
            own = [weights.get(leaf, 1) for leaf in part.leaves]
            if lower_bound(part.tree, own) <= budget:
                found = self._solved(part, own, budget, local, weights)
            local[part.node] = part, found
            weights[part.node] = min((sum(own[leaf] for leaf in each) for each in found), default=self.order + 1)
        return self._expanded(local, weights)

    def _solved(
        self,
        part: Module,
        own: list[int],
        budget: int,
        local: dict[int, tuple[Module, Sets]],
        weights: dict[int, int],
    ) -> Sets:
        """Return the module's own sets; what a limit left of those of the top is expanded all the same."""
        try:
            return self.engine(part.tree, own, budget, self.limits)
        except StoppedError as stopped:
            if part is self.parts[-1]:
                self.limits = Limits(sets=self.limits.sets)
                self._expanded({**local, part.node: (part, stopped.sets[:_SHOWN])}, weights)
            raise

    def _budgets(self) -> dict[int, int]:
        """Return how much each module may weigh: the order less a lower bound of what must fail beside it."""
        least: dict[int, int] = {}
        for part in self.parts:
            least[part.node] = lower_bound(part.tree, [least.get(leaf, 1) for leaf in part.leaves])
        budgets = {self.parts[-1].node: self.order}
        inner = {part.node: part for part in self.parts}
        for part in reversed(self.parts):
            own = [least.get(leaf, 1) for leaf in part.leaves]
            for index, leaf in enumerate(part.leaves):
                if leaf in inner:
                    beside = 0
                    if len(inner[leaf].tree.needed) > 1:  # one gate is soon solved to any order
                        beside = lower_bound(part.tree, [*own[:index], 0, *own[index + 1 :]])
                    budgets[leaf] = budgets[part.node] - beside
        return budgets

    def _expanded(self, local: dict[int, tuple[Module, Sets]], weights: dict[int, int]) -> Sets:
        """Return the sets of the top over events: each leaf that is a module replaced by each of its sets."""
        whole: dict[int, Sets] = {}
        top = self.parts[-1].node
        for part, found in local.values():
            sets = self.partial if part.node == top else []
            budget = self.order
            for each in found:
                leaves = [part.leaves[leaf] for leaf in each]
                self._product(leaves, budget, whole, weights, sets)
            whole[part.node] = sets
        return whole[top]

    def _product(
        self, leaves: list[int], budget: int, whole: dict[int, Sets], weights: dict[int, int], into: Sets
    ) -> None:
        """Add every combination of the leaves' sets that has at most `budget` events."""
        inner = [leaf for leaf in leaves if leaf in whole]
        events = tuple(leaf for leaf in leaves if leaf not in whole)
        if not inner:
            into.append(tuple(sorted(events)))
            return
        spare = budget - len(events) - sum(weights[leaf] for leaf in inner)
        choices = [[each for each in whole[leaf] if len(each) <= weights[leaf] + spare] for leaf in inner]
        doubtful = spare > 0 and len(inner) > 1  # one by one they fit, together they may not
        for chosen in product(*choices):
            found = tuple(sorted((*events, *chain.from_iterable(chosen))))
            if doubtful and len(found) > budget:
                continue
            into.append(found)
            if not len(into) & 4095:
                self.limits.hold(len(into))


def lower_bound(tree: Tree, weights: Sequence[int]) -> int:
    """Return a weight that no cut set of the last gate falls below.

    >>> from resilience_checks.analysis.cut_sets.tree import Tree
    >>> lower_bound(Tree(3, (1, 2), ((0, 1), (3, 2))), [1, 2, 3])
    3
    """
    least = list(weights)
    for needed, children in zip(tree.needed, tree.children, strict=True):
        bound = sorted(least[child] for child in children)[needed - 1]
        leaves = [child for child in children if child < tree.events]
        if len(set(leaves)) == len(leaves):  # so many of them fail at least, each with its own weight
            alone = needed - (len(children) - len(leaves))
            bound = max(bound, sum(sorted(least[leaf] for leaf in leaves)[: max(0, alone)]))
        least.append(bound)
    return least[-1]
