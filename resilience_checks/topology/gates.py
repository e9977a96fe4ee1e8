"""The language of gates: when something is up, in terms of other parts and of facts that may be unknown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Reason


class Nature(StrEnum):
    """What an edge is for.

    `PATH`: something must really carry it (traffic, power, routing). `NEED`: used in steady state.
    `MOVER`: performs a failover. `UNKNOWN`: read as need in the optimistic bound, as path in the pessimistic one.
    """

    PATH = "path"
    NEED = "need"
    MOVER = "mover"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Up:
    """The target is up and reached: by a route of links and perimeters when it stands at another site.

    `target` is the id of a part, or `service:ID` for a service's entry. `serves`: it is what its reader, a mere
    name, is made of, and so serves what that serves; what a path leads to always does. `start`: it is needed to start
    after a full stop as well.
    """

    target: str
    nature: Nature = Nature.NEED
    why: Reason | None = None
    serves: bool = False
    start: bool = True


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `k` of the items are up; `k` is fixed, so an absent member counts against it."""

    k: int
    items: tuple[Gate, ...]
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every item is up; without items: always up. `shares`: they share what is asked of them, and are no stages of it."""

    items: tuple[Gate, ...]
    why: Reason | None = None
    shares: bool = False


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Some item is up; without items: lost."""

    items: tuple[Gate, ...]
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What holds depends on a fact that is not known: one gate for each of its values."""

    fact: str
    branches: Mapping[str, Gate]


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of the time that a move takes, in seconds (None: not known), and what it rests on.

    `remedy` says how to make it known.
    """

    name: str
    seconds: float | None
    why: Reason
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """How a standby takes over, for a reader: what moves, the terms that add up, and what the loss of data rests on.

    `restores` says that it is a restore from a backup; `tested` is the day on which it was last tried, `never_tested`
    says that it never was. `declared` is what was declared to move, and where; without it the program shows the move.
    """

    what: str
    terms: tuple[Term, ...]
    loss: Reason | None = None
    restores: bool = False
    tested: date | None = None
    never_tested: bool = False
    declared: tuple[str, Location] | None = None


@dataclass(frozen=True, slots=True)
class Standby:
    """One alternative of a failover: it takes over when it and its mover are up, `seconds` later.

    `lag` is the data in seconds that the move may lose, None when it loses none. A time or lag that is not
    known is a `Case` around the whole gate, made by whoever builds it; `seconds` is then the sum of the terms that
    are known. Infinite `seconds`: a copy of the data to which nothing is known to move in time; it never takes over.
    """

    gate: Gate
    mover: Gate
    seconds: float
    lag: float | None = None
    way: Way | None = None

    @property
    def moves(self) -> bool:
        """Whether it ever takes over."""
        return self.seconds < inf


@dataclass(frozen=True, slots=True)
class Failover:
    """The primary is up, or some standby is up with its own mover up and in time.

    Times add along a chain: a standby or mover that is itself ready only after t seconds is moved to after
    t + `seconds`; the sum is held against the horizon of the question.
    """

    primary: Gate
    standbys: tuple[Standby, ...]
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """A voter of a quorum: the part that votes and how many votes it was configured with.

    `when` limits the membership to completions in which every named fact has the named value.
    """

    voter: str
    votes: int = 1
    when: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Quorum:
    """Some connected group of live voters holds more than half of all configured votes, dead ones counted.

    Connected: at the same site, or joined by a route as a flow of nature `nature` would be.
    """

    votes: tuple[Vote, ...]
    nature: Nature = Nature.NEED
    why: Reason | None = None


Gate: TypeAlias = Up | AtLeast | All | AnyOf | Case | Failover | Quorum

ALWAYS: Gate = All(())
NEVER: Gate = AnyOf(())


def targets(gate: Gate) -> Iterator[str]:
    """Yield the parts and services that a gate refers to, each as often as it stands there."""
    match gate:
        case Up(target=target):
            yield target
        case AtLeast(items=items) | All(items=items) | AnyOf(items=items):
            for item in items:
                yield from targets(item)
        case Case(branches=branches):
            for item in branches.values():
                yield from targets(item)
        case Failover(primary=primary, standbys=standbys):
            yield from targets(primary)
            for standby in standbys:
                yield from targets(standby.gate)
                yield from targets(standby.mover)
        case Quorum(votes=votes):
            yield from (vote.voter for vote in votes)


def serving(gate: Gate) -> Gate:
    """Return the gate with members that serve what their reader serves; a mover only moves."""
    return _leaves(gate, lambda leaf: replace(leaf, serves=True), movers=False)


def once_started(gate: Gate) -> Gate:
    """Return the gate as that of what is needed in steady state, and not to start."""
    return _leaves(gate, lambda leaf: replace(leaf, start=False), movers=True)


def _leaves(gate: Gate, change: Callable[[Up], Up], *, movers: bool) -> Gate:
    match gate:
        case Up():
            return change(gate)
        case AtLeast(items=items) | All(items=items) | AnyOf(items=items):
            return replace(gate, items=tuple(_leaves(item, change, movers=movers) for item in items))
        case Case(branches=branches):
            changed = {value: _leaves(item, change, movers=movers) for value, item in branches.items()}
            return replace(gate, branches=changed)
        case Failover(primary=primary, standbys=standbys):
            moved = tuple(
                replace(
                    standby,
                    gate=_leaves(standby.gate, change, movers=movers),
                    mover=_leaves(standby.mover, change, movers=movers) if movers else standby.mover,
                )
                for standby in standbys
            )
            return replace(gate, primary=_leaves(primary, change, movers=movers), standbys=moved)
        case Quorum():
            return gate
