"""What takes dead members out of a group, whether it works, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Target
from resilience_checks.model.question import Holds
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology import gates
from resilience_checks.topology.gates import ALWAYS, Case, Failover, Gate, Nature, Standby, Up, Way
from resilience_checks.topology.references import resolve
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import Thing, Things, holds, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.catalogue.entries import Mover, Term
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.references import End

_SECONDS = {"s": 1.0, "min": 60.0}
_ENDLESS = float("inf")


@dataclass(frozen=True, slots=True)
class Move:
    """How a group moves away from dead members: who does it, in what steps, and whether that is known."""

    works: Holds
    run_by: Gate
    terms: tuple[gates.Term, ...]
    why: Reason = field(default_factory=lambda: Reason("moves by itself"))

    @property
    def known(self) -> bool:
        """Whether every step's time is known."""
        return all(term.seconds is not None for term in self.terms)

    @property
    def seconds(self) -> float:
        """The sum of the steps whose time is known: it takes no less."""
        return sum(term.seconds for term in self.terms if term.seconds is not None)


def move(things: Things, parts: Parts, thing: Thing, mover: Mover) -> Move:
    """Return how the mover of `thing`'s entry works with the inputs that the program gives."""
    works = holds(thing, mover.when)
    for path in mover.requires:
        values = thing.values(path)
        if not any(text(value) or thing.references(at) for at, value in values):
            works = Holds.UNKNOWN if values and works is not Holds.NO else Holds.NO
    if mover.watched is not None:
        noticed = _noticed(things, thing, mover.watched)
        works = noticed if noticed is Holds.NO or works is Holds.YES else works
    run_by: Gate = ALWAYS
    if mover.run_by == "provider" and thing.device is not None:
        run_by = Up(
            thing.device.id,
            Nature.MOVER,
            Reason(f"{thing.device.label} moves the traffic of {thing.label}", location=thing.location),
        )
    elif mover.run_by is not None and ":" in mover.run_by:
        moves = Reason(f"a control plane moves {thing.label}", Basis.DOCUMENTED, thing.location, mover.source)
        run_by = parts.control_plane(mover.run_by, Nature.MOVER, moves)
    terms = tuple(_term(things, thing, term) for term in mover.terms)
    words = " + ".join(
        f"{term.name} {f'{term.seconds:g} s' if term.seconds is not None else 'not known'}" for term in terms
    )
    documented = any(term.why.basis is Basis.DOCUMENTED for term in terms)
    source = mover.source or next((term.source for term in mover.terms if term.source), None)
    text_ = f"moving takes {words}" if words else "moves by itself"
    basis = Basis.DOCUMENTED if documented else Basis.KNOWN
    return Move(works, run_by, terms, Reason(text_, basis, thing.location, source))


def _noticed(things: Things, thing: Thing, target: Target) -> Holds:
    """Return whether something notices a dead member; where each member has its own, whether each has."""
    found = [_noticed_by(things, thing, one) for one in target.any_of or (target,)]
    return next((answer for answer in (Holds.YES, Holds.UNKNOWN) if answer in found), Holds.NO)


def _noticed_by(things: Things, thing: Thing, target: Target) -> Holds:
    if target.then is None:
        return _sure(resolve(things, thing, target))
    further = Target(ref=target.then)
    ends = [end.to for end in resolve(things, thing, replace(target, then=None))]
    seen = {_sure(resolve(things, end, further)) if isinstance(end, Thing) else Holds.UNKNOWN for end in ends}
    return seen.pop() if len(seen) == 1 else Holds.UNKNOWN if seen else Holds.NO


def _sure(ends: Sequence[End]) -> Holds:
    """Return whether there surely is one; of what no program here shows that is not known."""
    if any(isinstance(end.to, Thing) for end in ends):
        return Holds.YES
    return Holds.UNKNOWN if ends else Holds.NO


def moved(
    book: FactBook,
    thing: Thing,
    primary: Gate,
    standby: Gate,
    how: Move | None,
    lag: float | None = None,
    loss: Reason | None = None,
    *,
    replica: bool = False,
    hidden: bool = False,
) -> Gate:
    """Return `primary`, or `standby` after the move; without a mover that works, `primary` alone.

    `replica` says that the standby holds a copy of the data, which it does whoever moves. `hidden` says that a resource
    of unknown type touches the group and may be what moves it.
    """
    unmoved = Failover(primary, (Standby(standby, ALWAYS, _ENDLESS, lag),)) if replica else primary
    if how is None or (how.works is Holds.NO and not hidden):
        return unmoved
    way = Way(f"{thing.label} moves", how.terms, loss)
    gate = Failover(primary, (Standby(standby, how.run_by, how.seconds, lag, way),), how.why)
    if how.works is Holds.YES and how.known:
        return gate
    reason = (
        f"whether {thing.label} moves in time is not known: {how.why.text}"
        if how.works is Holds.YES
        else f"whether anything moves {thing.label} away from a dead member is not known"
    )
    fact = book.doubt(
        f"move of {thing.id}",
        ("works", "does not"),
        reason,
        "set its health check and timings in the program",
        location=thing.location,
    )
    return Case(fact, {"works": gate, "does not": unmoved})


def lagging(book: FactBook, thing: Thing, primary: Gate, standby: Gate, how: Move | None) -> Gate:
    """Return the move to a replica whose lag is not known: within the RPO, or beyond it."""
    fact = book.doubt(
        f"replication lag of {thing.id}",
        ("within the RPO", "beyond it"),
        f"how far the standby of {thing.label} lags behind is not known",
        "declare a component with `select` for it and `replication: {mode: async, lag: ...}`",
        location=thing.location,
    )
    return Case(
        fact,
        {
            "within the RPO": moved(book, thing, primary, standby, how, replica=True),
            "beyond it": moved(book, thing, primary, standby, how, _ENDLESS, book.facts[fact].reason, replica=True),
        },
    )


def _term(things: Things, thing: Thing, term: Term) -> gates.Term:
    """Return one step with its time, and the inputs or documented defaults that it was read from."""
    source, ends = thing, []
    if term.of is not None:
        ends = [end.to for end in resolve(things, thing, term.of) if isinstance(end.to, Thing)]
        if not ends and (term.default is None or term.only_of):
            why = Reason(f"nothing says what {thing.label} is watched by", Basis.UNKNOWN, thing.location)
            return gates.Term(term.name, None, why, "refer to it from the program")
        source = ends[0] if ends else thing
    base = _number(source, term.path, term.default) if ends or term.of is None else _default(term)
    times = _number(source, term.times_from, term.times_default)
    less = _number(source, term.times_less, 0.0 if term.times_less is None else None)
    if base.value is None or times.value is None or less.value is None:
        paths = [found.words for found in (base, times, less) if found.value is None]
        why = Reason(f"{' and '.join(paths)} of {source.label} is not known", Basis.UNKNOWN, source.location)
        return gates.Term(term.name, None, why, f"set {' and '.join(paths)} in the program")
    seconds = (base.value + term.plus) * (times.value - less.value + term.times_plus) * _SECONDS[term.unit]
    words = _sum(base.words, term.plus) + ("" if term.unit == "s" else f" {term.unit}")
    if term.times_from is not None:
        taken = f"({times.words} - {less.words})" if term.times_less is not None else times.words
        words += f" x {_sum(taken, term.times_plus)}"
    documented = base.documented or (times.documented and term.times_from is not None)
    basis = Basis.DOCUMENTED if documented else Basis.KNOWN
    why = Reason(f"{words} of {source.label}", basis, source.location, term.source)
    return gates.Term(term.name, seconds, why)


@dataclass(frozen=True, slots=True)
class _Number:
    """A figure of an input (None: not known), in words, and whether it is the provider's default."""

    value: float | None
    words: str
    documented: bool = False


def _default(term: Term) -> _Number:
    return _Number(term.default, f"{term.path} {term.default:g} (default)", documented=True)


def _sum(words: str, plus: float) -> str:
    return f"({words} + {plus:g})" if plus else words


def _number(thing: Thing, path: str | None, default: float | None) -> _Number:
    name = path or ""
    value = thing.value(path) if path is not None else None
    if value is None:
        shown = f"{name} {default:g} (default)" if default is not None and name else f"{name or default}"
        return _Number(default, shown.strip(), documented=default is not None)
    known = number(value)
    return _Number(known, f"{name} {text(value)}" if known is not None else name)
