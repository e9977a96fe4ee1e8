"""Evaluates gates and hits of one reading, unit by unit (SEMANTICS, section 3)."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Generic, TypeVar

from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold
from resilience_checks.analysis.steps import also, delayed, threshold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from resilience_checks.analysis.algebra import Algebra
    from resilience_checks.analysis.equations import Equations
    from resilience_checks.analysis.fault_tree import Node
    from resilience_checks.analysis.steps import Steps
    from resilience_checks.analysis.system import Solution
    from resilience_checks.topology.estate import Condition

T = TypeVar("T")
_MAX_VARIANTS = 64


class Evaluation(Generic[T]):
    """The equations of one reading over an algebra, `lower` where only a lower order can be finished."""

    def __init__(self, equations: Equations, solution: Solution[T], lower: Algebra[T] | None = None) -> None:
        """Read values of nodes from the solution."""
        self._equations, self._nodes, self._facts = equations, equations.tree.nodes, equations.tree.facts
        self._solution, self._reading = solution, solution.reading
        self._algebra, self._lower = lower or solution.algebra, lower
        self._limit = min(self._reading.cap, equations.longest)
        self.always: Steps[T] = ((0.0, self._algebra.nothing),)
        self._hits: dict[int, T] = {}
        self._same_hits: dict[tuple[tuple[str, Condition], ...], T] = {}
        self._same: dict[tuple[int, ...], Steps[T]] = {}
        """Values by what they follow from: values that outlive this object count by identity."""

    def settled(self, node: int) -> Steps[T]:
        """Return when a node is lost, all that it refers to being solved; nodes alike are solved once.

        Alike are nodes of one shape that refer to the same values and are hit by the same events.
        """
        found, solution = self._nodes[node], self._solution
        hit = id(self._hit(node, found)) if found.hits else 0
        below = [id(solution.value(ref.node)) for ref in self._equations.refs[node]]
        key = (self._equations.shape(node), hit, *below)
        value = self._same.get(key)
        if value is None:
            value = self._same[key] = self.equation(node, self.read)
        return value

    def equation(self, node: int, read: Callable[[Ref], Steps[T]]) -> Steps[T]:
        """Return when a node is lost: when its gate is, or something hits it."""
        found = self._nodes[node]
        shared = self._equations.shared.get(node, ())
        value = self._gate(found.expression, shared, read)
        return also(self._algebra, value, self._hit(node, found)) if found.hits else value

    def read(self, ref: Ref) -> Steps[T]:
        """Return the value of a node that is solved already."""
        return self._solution.value(ref.node) if self._lower is None else self.value(ref.node)

    def value(self, node: int) -> Steps[T]:
        """Return the value of a node that is solved already."""
        found = self._solution.value(node)
        if self._lower is None:
            return found
        return tuple((time, self._lower.restricted(lost)) for time, lost in found)

    def together(self, values: Sequence[Steps[T]]) -> Steps[T]:
        """Return when one of the values is lost."""
        return threshold(self._algebra, len(values), values)

    def _gate(self, expression: Expression, shared: Sequence[str], read: Callable[[Ref], Steps[T]]) -> Steps[T]:
        """Return the gate's value over all variants of the facts in it.

        A fact that stands once can be decided where it stands; one that stands several times is fixed first.
        """
        known = self._reading.known
        if not shared:
            return self._value(expression, known, read)
        open_ = [fact for fact in shared if fact not in known]
        return self._over([self._value(expression, {**known, **variant}, read) for variant in self._assignments(open_)])

    def _hit(self, index: int, node: Node) -> T:
        """Return the fault sets in which some event surely (optimistic) or possibly (pessimistic) hits the node."""
        found = self._hits.get(index)
        if found is None:
            found = self._hits[index] = self._hit_now(node)
        return found

    def _hit_now(self, node: Node) -> T:
        algebra, known = self._algebra, self._reading.known
        hits = tuple(
            (event, when)
            for event, when in node.hits
            if algebra.event(event) is not algebra.nothing
            and all(known.get(fact, value) == value for fact, value in when)
        )
        found = self._same_hits.get(hits)
        if found is None:
            found = self._same_hits[hits] = self._hit_by(hits)
        return found

    def _hit_by(self, hits: Sequence[tuple[str, Condition]]) -> T:
        algebra, reading = self._algebra, self._reading
        sure: list[T] = []
        doubtful: list[tuple[T, Condition]] = []
        for event, when in hits:
            if reading.pessimistic or all(fact in reading.known for fact, _ in when):
                sure.append(algebra.event(event))
            else:
                doubtful.append((algebra.event(event), when))
        if doubtful:
            sure.append(self._in_every_variant(doubtful))
        return sure[0] if len(sure) == 1 else algebra.any(sure)

    def _in_every_variant(self, events: list[tuple[T, Condition]]) -> T:
        algebra, reading = self._algebra, self._reading
        open_ = sorted({fact for _, when in events for fact, _ in when if fact not in reading.known})
        variants = list(self._assignments(open_))
        if len(variants) < 2:  # noqa: PLR2004 one variant: too many to look at
            return algebra.nothing
        found = []
        for variant in variants:
            known = {**reading.known, **variant}
            found.append(
                algebra.any([lost for lost, when in events if all(known[fact] == value for fact, value in when)])
            )
        return algebra.every(found)

    def _assignments(self, names: Sequence[str]) -> Iterator[dict[str, str]]:
        """Yield every assignment of the facts, or none of them fixed where there are too many: looser, still sound."""
        values = [self._facts[name].values for name in names]
        if prod(len(each) for each in values) > _MAX_VARIANTS:
            yield {}
            return
        for chosen in product(*values):
            yield dict(zip(names, chosen, strict=True))

    def _value(self, expression: Expression, known: Mapping[str, str], read: Callable[[Ref], Steps[T]]) -> Steps[T]:
        match expression:
            case Ref():
                return read(expression)
            case Threshold(k=k, items=items):  # most items are references
                values = [read(item) if type(item) is Ref else self._value(item, known, read) for item in items]
                return threshold(self._algebra, k, values)
            case Choice(fact=fact, branches=branches):
                if fact in known:
                    return self._value(branches[known[fact]], known, read)
                return self._over([self._value(item, known, read) for item in branches.values()])
            case Move():
                return self._moved(expression, known, read)

    def _moved(self, move: Move, known: Mapping[str, str], read: Callable[[Ref], Steps[T]]) -> Steps[T]:
        limit = self._reading.lag
        if move.lag is not None and limit is not None and move.lag > limit:
            return ()
        ready = threshold(self._algebra, 2, [self._value(move.gate, known, read), self._value(move.mover, known, read)])
        return delayed(ready, move.seconds, self._limit)

    def _over(self, values: list[Steps[T]]) -> Steps[T]:
        return threshold(self._algebra, len(values) if self._reading.pessimistic else 1, values)
