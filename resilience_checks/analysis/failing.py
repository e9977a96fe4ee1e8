"""What makes an expression fail: how much of it, resting on which nodes, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that an inference says: a reference that fails, a gate with too few left, or a move that fails."""

    about: Ref | Threshold | Move | Choice
    within: float
    left: int = 0
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class Aftermath:
    """When each node is up after one set of events, in seconds, `inf` where it is lost; and what was asked.

    `known` are the facts that are fixed. Of the others the better value counts, or, `pessimistic`, the worse.
    """

    times: Sequence[float]
    events: frozenset[str]
    cap: float = 0.0
    lag: float | None = None
    known: Mapping[str, str] = field(default_factory=dict)
    pessimistic: bool = False


@dataclass(slots=True)
class Eliminated:
    """The nodes found so far not to be up `within` some seconds: in which order, and in how many inferences each."""

    solution: Aftermath
    within: float
    rank: dict[int, int] = field(default_factory=dict)
    size: dict[int, int] = field(default_factory=dict)

    def late(self, node: int) -> bool:
        """Return whether the node is not up within the seconds."""
        return self.solution.times[node] > self.within


class Failing:
    """Says what makes an expression fail, resting only on what was eliminated before."""

    def __init__(self, at: Eliminated, known: Mapping[str, str], down: Callable[[Ref], bool]) -> None:
        self._at, self._known, self._down = at, known, down

    def fails(self, expression: Expression) -> bool:
        """Return whether the expression is not up."""
        match expression:
            case Ref():
                return self._down(expression)
            case Threshold(k=k, items=items):
                return sum(not self.fails(item) for item in items) < k
            case Choice(fact=fact, branches=branches):
                if fact in self._known:
                    return self.fails(branches[self._known[fact]])
                over = any if self._at.solution.pessimistic else all
                return over(self.fails(item) for item in branches.values())
            case Move():
                return self._move_fails(expression)

    def _move_fails(self, move: Move) -> bool:
        return self._lags(move) or self._ready(move.gate, move.seconds) or self._ready(move.mover, move.seconds)

    def _lags(self, move: Move) -> bool:
        limit = self._at.solution.lag
        return move.lag is not None and limit is not None and move.lag > limit

    def _ready(self, expression: Expression, seconds: float) -> bool:
        """Return whether the expression is not ready early enough."""
        if not seconds:
            return self.fails(expression)
        return self.when(expression) > self._at.within - seconds

    def when(self, expression: Expression) -> float:
        """Return when the expression is up, by the solution."""
        solution = self._at.solution
        match expression:
            case Ref(node=node):
                return solution.times[node]
            case Threshold(k=k, items=items):
                found = sorted(self.when(item) for item in items)
                return 0.0 if k <= 0 else found[k - 1] if k <= len(found) else inf
            case Choice(fact=fact, branches=branches):
                if fact in self._known:
                    return self.when(branches[self._known[fact]])
                return (max if solution.pessimistic else min)(self.when(item) for item in branches.values())
            case Move(gate=gate, mover=mover, seconds=seconds):
                done = max(self.when(gate), self.when(mover)) + seconds
                return inf if self._lags(expression) or done > solution.cap else done

    def branches(self, choice: Choice) -> list[Expression]:
        """Return what the choice may turn out to be."""
        fixed = self._known.get(choice.fact)
        return list(choice.branches.values()) if fixed is None else [choice.branches[fixed]]

    def clauses(self, expression: Expression) -> Iterator[Clause]:
        """Yield what makes the expression fail: one item of an 'all', as many of a group as it takes."""
        within = self._at.within
        match expression:
            case Ref():
                yield Clause(expression, within)
            case Threshold(k=k, items=items):
                failing = [number for number, item in enumerate(items) if self.fails(item)]
                plainest = sorted(failing, key=lambda number: self.weight(items[number]))
                for number in sorted(plainest[: max(0, len(items) - k + 1)]):
                    yield from self.clauses(items[number])
                if k != len(items):
                    yield Clause(expression, within, left=len(items) - len(failing))
            case Choice():
                yield from self._chosen(expression)
            case Move():
                yield from self._moved(expression)

    def _chosen(self, choice: Choice) -> Iterator[Clause]:
        if choice.fact in self._known:
            yield from self.clauses(choice.branches[self._known[choice.fact]])
            return
        failing = {value: item for value, item in choice.branches.items() if self.fails(item)}
        if self._at.solution.pessimistic:
            value = min(failing, key=lambda value: self.weight(failing[value]))
            yield from self.clauses(failing[value])
            yield Clause(choice, self._at.within, branch=value)
            return
        for item in failing.values():
            yield from self.clauses(item)
        yield Clause(choice, self._at.within)

    def _moved(self, move: Move) -> Iterator[Clause]:
        for expression in (move.gate, move.mover) if not self._lags(move) else ():
            if not self._ready(expression, move.seconds):
                continue
            if move.seconds:
                yield from self._late(expression, self._at.within - move.seconds)
            else:
                yield from self.clauses(expression)
            break
        yield Clause(move, self._at.within)

    def weight(self, expression: Expression) -> int:
        """Return how many inferences the failure of the expression rests on."""
        match expression:
            case Ref(node=node):
                return self._at.size.get(node, 1)
            case Threshold(k=k, items=items):
                failing = sorted(self.weight(item) for item in items if self.fails(item))
                return sum(failing[: max(0, len(items) - k + 1)])
            case Choice():
                return sum(self.weight(item) for item in self.branches(expression) if self.fails(item))
            case Move(gate=gate, mover=mover):
                return 1 + min(self.weight(gate), self.weight(mover))

    def _late(self, expression: Expression, within: float) -> Iterator[Clause]:
        """Yield what makes an expression not ready within fewer seconds; nothing where nothing could be that early."""
        if within < 0:
            return
        match expression:
            case Ref():
                yield Clause(expression, within)
            case Threshold(k=k, items=items):
                for item in self._later(items, within)[: max(0, len(items) - k + 1)]:
                    yield from self._late(item, within)
            case Choice():
                for item in self._later(self.branches(expression), within):
                    yield from self._late(item, within)
            case Move(gate=gate, mover=mover, seconds=seconds):
                for item in self._later([gate, mover], within - seconds)[:1]:
                    yield from self._late(item, within - seconds)
                yield Clause(expression, within)

    def _later(self, items: Sequence[Expression], within: float) -> list[Expression]:
        return [item for item in items if self.when(item) > within]
