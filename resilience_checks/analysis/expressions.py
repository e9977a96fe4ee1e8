"""Gates after compilation: formulas over nodes, in which every flow and every place has been written out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.model.values import Reason
    from resilience_checks.topology.gates import Nature, Way


@dataclass(frozen=True, slots=True)
class Ref:
    """The value of another node, read by the nature of the edge; `start`: it is needed to start as well."""

    node: int
    nature: Nature
    why: Reason | None = None
    start: bool = True


@dataclass(frozen=True, slots=True)
class Threshold:
    """At least `k` of the items; k = 0 is always up, k above their number always lost.

    `shares`: the items share what is asked of them, even if all are needed; else, if all are, each carries all of it.
    """

    k: int
    items: tuple[Expression, ...]
    why: Reason | None = None
    shares: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One expression for each value of a fact that is not known."""

    fact: str
    branches: Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class Move:
    """`gate` and `mover`, `seconds` later, losing up to `lag` seconds of data."""

    gate: Expression
    mover: Expression
    seconds: float
    lag: float | None
    why: Reason | None = None
    way: Way | None = None


Expression: TypeAlias = Ref | Threshold | Choice | Move

TRUE: Expression = Threshold(0, ())
FALSE: Expression = Threshold(1, ())


def both(*items: Expression) -> Expression:
    """Return the conjunction, without what is always up."""
    kept = tuple(item for item in items if item != TRUE)
    if FALSE in kept:
        return FALSE
    return kept[0] if len(kept) == 1 else Threshold(len(kept), kept)


def either(*items: Expression, why: Reason | None = None) -> Expression:
    """Return the disjunction; without items it is lost."""
    return items[0] if len(items) == 1 else Threshold(1, tuple(items), why)


def choice(fact: str, branches: Mapping[str, Expression]) -> Expression:
    """Return the choice, or its one expression where all values lead to the same."""
    found = list(branches.values())
    return found[0] if all(item == found[0] for item in found) else Choice(fact, branches)


def once_started(expression: Expression) -> Expression:
    """Return the expression as that of what is needed in steady state, and not to start."""
    match expression:
        case Ref():
            return replace(expression, start=False)
        case Threshold(items=items):
            return replace(expression, items=tuple(once_started(item) for item in items))
        case Choice(branches=branches):
            return Choice(expression.fact, {value: once_started(item) for value, item in branches.items()})
        case Move(gate=gate, mover=mover):
            return replace(expression, gate=once_started(gate), mover=once_started(mover))


def required(expression: Expression) -> Iterator[Ref]:
    """Yield references without each of which the expression fails."""
    match expression:
        case Ref():
            yield expression
        case Threshold(k=k, items=items) if k >= len(items):
            for item in items:
                yield from required(item)
        case _:
            return


@dataclass(frozen=True, slots=True)
class Scan:
    """What stands in an expression: references and facts, each as often as it stands there, and moves."""

    refs: tuple[Ref, ...]
    facts: tuple[str, ...]
    moves: tuple[Move, ...]

    @property
    def seconds(self) -> float:
        """The sum of all moves: no chain of them takes longer."""
        return sum(move.seconds for move in self.moves)

    @property
    def lags(self) -> set[float]:
        """The lags of all moves that may lose data."""
        return {move.lag for move in self.moves if move.lag is not None}


def scan(expression: Expression) -> Scan:
    """Return what stands in the expression."""
    if isinstance(expression, Ref):
        return Scan((expression,), (), ())
    refs: list[Ref] = []
    facts: list[str] = []
    moves: list[Move] = []
    pending: list[Expression] = [expression]
    while pending:
        found = pending.pop()
        match found:
            case Ref():
                refs.append(found)
            case Threshold(items=items):
                pending.extend(reversed(items))
            case Choice(fact=fact, branches=branches):
                facts.append(fact)
                pending.extend(reversed(list(branches.values())))
            case Move(gate=gate, mover=mover):
                moves.append(found)
                pending += (mover, gate)
    return Scan(tuple(refs), tuple(facts), tuple(moves))
