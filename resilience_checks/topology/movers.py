"""What takes dead members out of a group, whether it works, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.question import Holds
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.gates import ALWAYS, Case, Failover, Gate, Nature, Standby, Up
from resilience_checks.topology.references import resolve
from resilience_checks.topology.things import Thing, Things, holds, text

if TYPE_CHECKING:
    from resilience_checks.catalogue.entries import Mover, Term
    from resilience_checks.topology.facts import FactBook

_SECONDS = {"s": 1.0, "min": 60.0}
_ENDLESS = float("inf")


@dataclass(frozen=True, slots=True)
class Move:
    """How a group moves away from dead members: who does it, in how many seconds, and whether that is known."""

    works: Holds
    run_by: Gate
    seconds: float | None
    why: Reason


def move(things: Things, thing: Thing, mover: Mover) -> Move:
    """Return how the mover of `thing`'s entry works with the inputs that the program gives."""
    works = holds(thing, mover.when)
    for path in mover.requires:
        values = [value for _, value in thing.values(path)]
        if not any(text(value) for value in values):
            works = Holds.UNKNOWN if values and works is not Holds.NO else Holds.NO
    run_by: Gate = ALWAYS
    if mover.run_by == "provider" and thing.device is not None:
        run_by = Up(
            thing.device.id,
            Nature.MOVER,
            Reason(f"{thing.device.label} moves the traffic of {thing.label}", location=thing.location),
        )
    terms = [_seconds(things, thing, term) for term in mover.terms]
    known = [seconds for seconds, _ in terms if seconds is not None]
    total = sum(known) if len(known) == len(terms) else None
    words = " + ".join(
        f"{term.name} {f'{seconds:g} s' if seconds is not None else 'not known'}"
        for term, (seconds, _) in zip(mover.terms, terms, strict=True)
    )
    basis = Basis.DOCUMENTED if any(documented for _, documented in terms) else Basis.KNOWN
    source = mover.source or next((term.source for term in mover.terms if term.source), None)
    return Move(
        works,
        run_by,
        total,
        Reason(f"moving takes {words}" if words else "moves by itself", basis, thing.location, source),
    )


def moved(
    book: FactBook,
    thing: Thing,
    primary: Gate,
    standby: Gate,
    how: Move | None,
    lag: float | None = None,
    *,
    hidden: bool = False,
) -> Gate:
    """Return `primary`, or `standby` after the move; without a mover that works, `primary` alone.

    `hidden` says that a resource of unknown type touches the group and may be what moves it.
    """
    if how is None or (how.works is Holds.NO and not hidden):
        return primary
    gate = Failover(primary, (Standby(standby, how.run_by, how.seconds or 0.0, lag),), how.why)
    if how.works is Holds.YES and how.seconds is not None:
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
    return Case(fact, {"works": gate, "does not": primary})


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
            "within the RPO": moved(book, thing, primary, standby, how),
            "beyond it": moved(book, thing, primary, standby, how, _ENDLESS),
        },
    )


def _seconds(things: Things, thing: Thing, term: Term) -> tuple[float | None, bool]:
    """Return the term in seconds (None: not known) and whether it rests on a documented default."""
    source = thing
    if term.of is not None:
        ends = [end.to for end in resolve(things, thing, term.of) if isinstance(end.to, Thing)]
        if not ends:
            return (None, False) if term.default is None else (term.default * _SECONDS[term.unit], True)
        source = ends[0]
    base, documented = _number(source, term.path, term.default)
    times, more = _number(thing, term.times_from, term.times_default)
    if base is None or times is None:
        return None, False
    return (base + term.plus) * (times + term.times_plus) * _SECONDS[term.unit], documented or more


def _number(thing: Thing, path: str | None, default: float | None) -> tuple[float | None, bool]:
    value = thing.value(path) if path is not None else None
    if value is None:
        return default, path is not None and default is not None
    known = text(value)
    try:
        return (None if known is None else float(known)), False
    except ValueError:
        return None, False
