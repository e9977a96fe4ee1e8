"""Copies of data that one resource orders of another: replicas in other regions, and backups that are kept elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Target
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Backup, Part
from resilience_checks.topology.gates import ALWAYS, NEVER, Case, Failover, Gate, Nature, Standby, Term, Up, Way
from resilience_checks.topology.places import Place, region_name
from resilience_checks.topology.references import resolve
from resilience_checks.topology.schedules import interval, orders
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import Thing, meets, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.catalogue.entries import Copies
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.placement import Placements
    from resilience_checks.topology.things import Things

_DAY = 86_400.0
_ENDLESS = float("inf")

Ordered = tuple[Thing, "Copies", Thing]
"""What orders copies, how, and of what."""


def ordered(things: Things, parts: Parts, *, backup: bool) -> Iterator[Ordered]:
    """Yield every order of a replica, or of a backup, of something that is a part."""
    for thing in things.all:
        for copies in thing.entry.copies:
            if copies.backup is not backup or any(meets(thing, path, allowed) for path, allowed in copies.skip):
                continue
            if copies.schedule is not None and not orders(things, thing, copies.schedule):
                continue
            for end in resolve(things, thing, copies.of):
                if isinstance(end.to, Thing) and end.to.id in parts.all:
                    yield thing, copies, end.to


def place_of(things: Things, placements: Placements, thing: Thing, copies: Copies) -> Place | None:
    """Return where the copies are: where what holds them stands, or in the regions that are named; None: not known."""
    if copies.regions is not None:
        named = [text(value) for _, value in thing.values(copies.regions)]
        regions = tuple((region_name(name), ()) for name in named if name is not None)
        return Place(regions=regions) if regions else None
    held = copies.to or Target(itself=True)
    places = [placements.of(end.to) for end in resolve(things, thing, held) if isinstance(end.to, Thing)]
    return next((place for place in places if place.regions or place.sites), None)


def backups(things: Things, parts: Parts, placements: Placements, book: FactBook) -> Iterator[Backup]:
    """Yield every backup that some resource orders; how long a restore takes, and to what, no program shows."""
    for thing, copies, of in ordered(things, parts, backup=True):
        name = f"backup of {of.label} by {thing.label}"
        if name not in parts.all:
            every = interval(things, thing, copies)
            yield _backup(name, thing, copies, of, place_of(things, placements, thing, copies), every, parts, book)


def _backup(
    name: str,
    thing: Thing,
    copies: Copies,
    of: Thing,
    place: Place | None,
    every: float | None,
    parts: Parts,
    book: FactBook,
) -> Backup:
    remedy = "declare a backup `of` it with `into` and `restore`, or `size` and `throughput`"
    unknown = Reason(
        f"how long a restore of the {name} takes, and to what, is not declared", Basis.UNKNOWN, of.location
    )
    loss = Reason("all since the last copy", Basis.DOCUMENTED, thing.location, copies.source)
    way = Way(f"{of.label} is restored from the {name}", (Term("restore", None, unknown, remedy),), loss, restores=True)
    store = _store(name, thing, place, parts, book, Reason(f"the {name} is kept there", location=thing.location))
    gate: Gate = Failover(NEVER, (Standby(store, ALWAYS, 0.0, every, way),))
    if every is None:
        gate = _often_enough(name, thing, gate, Failover(NEVER, (Standby(store, ALWAYS, 0.0, _ENDLESS, way),)), book)
    fact = book.doubt(f"restore of the {name}", ("in time", "too late"), unknown.text, remedy, location=of.location)
    days = number(thing.value(copies.keep_from)) if copies.keep_from is not None else None
    return Backup(
        name,
        (of.id,),
        store,
        Case(fact, {"in time": gate, "too late": NEVER}),
        every,
        None if days is None else days * _DAY,
        known=False,
        declared=False,
        location=thing.location,
    )


def _store(name: str, thing: Thing, place: Place | None, parts: Parts, book: FactBook, why: Reason) -> Gate:
    if place is None:
        told, remedy = (
            f"where the {name} is kept is not known",
            "give what holds it in the program, or declare the backup",
        )
        fact = book.doubt(
            f"place of the {name}", ("apart", "with what it protects"), told, remedy, location=thing.location
        )
        return Case(fact, {"apart": ALWAYS, "with what it protects": NEVER})
    store = Part(name, f"the {name}", "backup", location=thing.location)
    parts.add(store, place, None)
    parts.all[name] = replace(store, site=None)
    return Up(name, Nature.NEED, why)


def _often_enough(name: str, thing: Thing, often: Gate, rarely: Gate, book: FactBook) -> Gate:
    """Return the restore from copies of which it is not known how often they are made."""
    told, remedy = (
        f"how often the {name} is made is not known",
        "give its schedule in the program, or declare the backup",
    )
    values = ("within the RPO", "beyond it")
    fact = book.doubt(f"interval of the {name}", values, told, remedy, location=thing.location)
    return Case(fact, {"within the RPO": often, "beyond it": rarely})
