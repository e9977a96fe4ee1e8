"""Gates after compilation: formulas over nodes, in which every flow and every place has been written out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.model.values import Reason
    from resilience_checks.topology.gates import Nature, Way


@dataclass(frozen=True, slots=True)
class Ref:
    """The value of another node, read by the nature of the edge."""

    node: int
    nature: Nature
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """At least `k` of the items; k = 0 is always up, k above their number always lost."""

    k: int
    items: tuple[Expression, ...]
    why: Reason | None = None


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


def leaves(expression: Expression) -> Iterator[Ref]:
    """Yield every reference, each as often as it stands there."""
    match expression:
        case Ref():
            yield expression
        case Threshold(items=items):
            for item in items:
                yield from leaves(item)
        case Choice(branches=branches):
            for item in branches.values():
                yield from leaves(item)
        case Move(gate=gate, mover=mover):
            yield from leaves(gate)
            yield from leaves(mover)


def moves(expression: Expression) -> Iterator[Move]:
    """Yield every move, those that another waits for after it."""
    match expression:
        case Ref():
            return
        case Threshold(items=items):
            for item in items:
                yield from moves(item)
        case Choice(branches=branches):
            for item in branches.values():
                yield from moves(item)
        case Move(gate=gate, mover=mover):
            yield expression
            yield from moves(gate)
            yield from moves(mover)


def facts(expression: Expression) -> Counter[str]:
    """Return how often each fact stands in the expression."""
    match expression:
        case Ref():
            return Counter()
        case Threshold(items=items):
            return sum((facts(item) for item in items), Counter())
        case Choice(fact=fact, branches=branches):
            return sum((facts(item) for item in branches.values()), Counter([fact]))
        case Move(gate=gate, mover=mover):
            return facts(gate) + facts(mover)


def seconds(expression: Expression) -> float:
    """Return the sum of all moves in the expression: no chain of them takes longer."""
    match expression:
        case Ref():
            return 0.0
        case Threshold(items=items):
            return sum(seconds(item) for item in items)
        case Choice(branches=branches):
            return sum(seconds(item) for item in branches.values())
        case Move(gate=gate, mover=mover, seconds=own):
            return own + seconds(gate) + seconds(mover)
