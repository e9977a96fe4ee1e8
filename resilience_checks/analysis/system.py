"""Solves the equations over any algebra of fault sets (SEMANTICS, sections 2 and 3).

Two solutions enclose every completion of what is unknown: the optimistic one (f⁻ loses only what every variant of a
unit loses) and the pessimistic one (f⁺).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from resilience_checks.analysis.algebra import TooManySets
from resilience_checks.analysis.equations import Equations, Reading
from resilience_checks.analysis.evaluation import Evaluation
from resilience_checks.analysis.nested import Plan, solve
from resilience_checks.analysis.steps import at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from resilience_checks.analysis.algebra import Algebra
    from resilience_checks.analysis.fault_tree import FaultTree
    from resilience_checks.analysis.steps import Steps

T = TypeVar("T")


class Solution(Generic[T]):
    """When each node is lost, up to the order that could be finished for it; what it does not have, `base` has."""

    def __init__(self, algebra: Algebra[T], reading: Reading, base: Solution[T] | None = None) -> None:
        """Start with no values of its own."""
        self.algebra, self.reading, self._base = algebra, reading, base
        self._values: dict[int, Steps[T]] = {}
        self._orders: dict[int, int] = {}

    def value(self, node: int) -> Steps[T]:
        """Return when the node is lost."""
        holder, found = self, self._values.get(node)
        while found is None:
            assert holder._base is not None
            holder = holder._base
            found = holder._values.get(node)  # noqa: SLF001 another of this class
        return found

    @property
    def own(self) -> Collection[int]:
        """The nodes whose values are not those of the base."""
        return self._values.keys()

    def lost(self, node: int, seconds: float) -> T:
        """Return the fault sets in which the node is lost after so many seconds."""
        return at(self.algebra, self.value(node), seconds)

    def order(self, node: int) -> int:
        """Return the most faults in one set for which the node's value is exact."""
        if node in self._values or self._base is None:
            return self._orders.get(node, self.algebra.order)
        return self._base.order(node)

    @property
    def limited(self) -> bool:
        """Return whether some value is exact to a lower order only."""
        return bool(self._orders) or (self._base is not None and self._base.limited)

    def keep(self, node: int, value: Steps[T], order: int) -> None:
        """Take up a value."""
        self._values[node] = value
        if order < self.algebra.order:
            self._orders[node] = order
        else:
            self._orders.pop(node, None)


class System(Equations):
    """Solves the equations of one fault tree."""

    def __init__(self, tree: FaultTree) -> None:
        """Sort the equations."""
        super().__init__(tree)
        self._plans: dict[tuple[int, bool], Plan] = {}

    def solve(
        self,
        algebra: Algebra[T],
        reading: Reading,
        roots: Iterable[int] | None = None,
        base: Solution[T] | None = None,
    ) -> Solution[T]:
        """Return the values of every node, or of the roots and what is below them.

        `base` is a solution of the same nodes over the same algebra: what the readings do not read differently is
        taken from it.
        """
        solution = Solution(algebra, reading, base)
        run = _Run(self, solution, base)
        if base is not None:
            units = self.changed(reading, base.reading) - self.idle(algebra)
            run.changes(self.dependent(units, roots), units)
            return solution
        for number in range(len(self.order)) if roots is None else self.beneath(roots):
            run.component(self.order[number], number)
        return solution

    def plan(self, number: int, *, pessimistic: bool) -> Plan:
        """Return how a component of equations that wait for each other is solved."""
        key = (number, pessimistic)
        if key not in self._plans:
            self._plans[key] = Plan(self.order[number], self, pessimistic=pessimistic)
        return self._plans[key]


class _Run(Generic[T]):
    """One solution in the making."""

    def __init__(self, system: System, solution: Solution[T], base: Solution[T] | None) -> None:
        self._system, self._solution, self._base = system, solution, base
        self._algebra, self._reading = solution.algebra, solution.reading
        self._evaluations: dict[int, Evaluation[T]] = {}

    def changes(self, numbers: Sequence[int], units: object) -> None:
        """Solve those components again in which a unit changed, or something that they refer to."""
        assert self._base is not None
        changed: set[int] = set()
        for number in numbers:
            component = self._system.order[number]
            if not any(node in units or not changed.isdisjoint(self._system.edges[node]) for node in component):  # type: ignore[operator]
                continue
            self.component(component, number)
            changed.update(
                node
                for node in component
                if self._solution.value(node) != self._base.value(node)
                or self._solution.order(node) != self._base.order(node)
            )

    def component(self, component: list[int], number: int) -> None:
        """Solve a component to the highest order that the limits and what it refers to allow."""
        self._algebra.fresh()
        order = self._order(component)
        if self._system.cyclic(component):
            self._cycle(component, number, order)
            return
        node = component[0]
        while True:
            evaluation = self._evaluation(order)
            try:
                self._solution.keep(node, evaluation.settled(node), order)
            except TooManySets as limit:
                order = min(limit.finished, order - 1)
            else:
                return

    def _cycle(self, component: list[int], number: int, highest: int) -> None:
        """Solve equations that wait for each other, order after order: each starts from what the one before found."""
        plan = self._system.plan(number, pessimistic=self._reading.pessimistic)
        values: Mapping[int, Steps[T]] = dict.fromkeys(component, self._evaluation(highest).always)
        for order in range(min(1, highest), highest + 1):
            evaluation = self._evaluation(order)
            try:
                values = solve(plan, evaluation, values)
            except TooManySets:
                return
            for node, value in values.items():
                self._solution.keep(node, value, order)

    def _order(self, component: list[int]) -> int:
        order = self._algebra.order
        if order <= 1:
            return order
        if self._algebra.late():
            return 1
        if not self._solution.limited:
            return order
        inside = frozenset(component)
        below = (target for node in component for target in self._system.edges[node] if target not in inside)
        return min((self._solution.order(target) for target in below), default=order)

    def _evaluation(self, order: int) -> Evaluation[T]:
        if order not in self._evaluations:
            self._evaluations[order] = Evaluation(
                self._system, self._solution, self._algebra.limited(order) if order < self._algebra.order else None
            )
        return self._evaluations[order]
