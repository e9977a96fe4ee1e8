"""Backups that a platform makes by itself, as far as the program and the provider's pages say where and how often."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.model.question import Holds
from resilience_checks.model.values import Basis, Reason, StackOutput, Unknown
from resilience_checks.topology.estate import Backup, Part
from resilience_checks.topology.gates import (
    ALWAYS,
    NEVER,
    All,
    AnyOf,
    Case,
    Failover,
    Gate,
    Nature,
    Standby,
    Term,
    Up,
    Way,
)
from resilience_checks.topology.places import Place, region_name
from resilience_checks.topology.references import resolve
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import holds, number

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from resilience_checks.catalogue.backup_entries import PlatformBackup
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.placement import Placements
    from resilience_checks.topology.things import Thing, Things


_DAY = 86_400.0


def by_platform(thing: Thing, plan: PlatformBackup, parts: Parts, placements: Placements, book: FactBook) -> Backup:
    """Return the backup that the platform makes of a thing.

    How long a restore takes, and to what, no program shows: it is a way back that is not known, until it is declared.
    """
    name = f"automatic backup of {thing.label}"
    _store(name, thing, placements.of(thing), parts)
    remedy = "declare a backup `of` it with `into` and `restore`, or `size` and `throughput`"
    unknown = Reason(
        f"how long a restore of the {name} takes, and to what, is not declared", Basis.UNKNOWN, thing.location
    )
    term = Term("restore", None, unknown, remedy)
    kept = Reason(f"the {name} is kept in its region", Basis.DOCUMENTED, thing.location, plan.source)

    def restored(ready: Gate, every: float) -> Gate:
        loss = Reason("all since the last copy", Basis.DOCUMENTED, thing.location, plan.source)
        way = Way(f"{thing.label} is restored from its automatic backup", (term,), loss, restores=True)
        return Failover(NEVER, (Standby(ready, ALWAYS, 0.0, every, way),), Reason(way.what, location=thing.location))

    other = _named_region(thing, plan, placements)
    named = _in_named_region(name, thing, plan, other, parts) if other is not None else None
    own = Up(name, Nature.NEED, kept)
    ready = own if named is None else All((own, named))
    sooner = _sooner(thing, plan)
    here = _by_interval(thing, plan, sooner, book, lambda every: restored(ready, every))
    apart = _apart(thing, plan)
    elsewhere = (
        restored(named, plan.every_elsewhere)
        if named is not None
        else _elsewhere(thing, plan, book, restored(ALWAYS, plan.every_elsewhere))
    )
    fact = book.doubt(f"restore of the {name}", ("in time", "too late"), unknown.text, remedy, location=thing.location)
    gate = Case(fact, {"in time": AnyOf((here, elsewhere)), "too late": NEVER})
    readable = named or (ALWAYS if apart else Up(name))
    if apart or named is not None:
        every: float | None = plan.every_elsewhere
    else:
        every = {Holds.YES: plan.sooner.seconds if plan.sooner else None, Holds.NO: plan.every}.get(sooner)
    kept_for = _keep(thing, plan)
    return Backup(
        name, (thing.id,), readable, gate, every, kept_for, known=False, declared=False, location=thing.location
    )


def _store(name: str, thing: Thing, place: Place, parts: Parts) -> None:
    store = Part(name, f"the {name}", "backup", location=thing.location)
    parts.add(store, place, None)
    parts.all[name] = replace(store, site=None)


def _sooner(thing: Thing, plan: PlatformBackup) -> Holds:
    """Return whether the inputs hold with which less may be lost."""
    answers = [holds(thing, condition) for condition in plan.sooner.when] if plan.sooner is not None else []
    return Holds.YES if Holds.YES in answers else Holds.UNKNOWN if Holds.UNKNOWN in answers else Holds.NO


def _by_interval(
    thing: Thing, plan: PlatformBackup, sooner: Holds, book: FactBook, restored: Callable[[float], Gate]
) -> Gate:
    """Return the restore with what it may lose, which hangs on the inputs that are not known."""
    if plan.sooner is None or sooner is Holds.NO:
        return restored(plan.every)
    if sooner is Holds.YES:
        return restored(plan.sooner.seconds)
    paths = ", ".join(dict.fromkeys(path for condition in plan.sooner.when for path, _ in condition))
    fact = book.doubt(
        f"interval of the backup of {thing.id}",
        ("sooner", "later"),
        f"how often {thing.label} is copied is not known: it hangs on {paths}",
        f"give {paths} in the program",
        location=thing.location,
    )
    return Case(fact, {"sooner": restored(plan.sooner.seconds), "later": restored(plan.every)})


def _apart(thing: Thing, plan: PlatformBackup) -> bool:
    """Return whether an input surely orders copies that no loss of one region takes away."""
    value = thing.value(plan.path) if plan.elsewhere else None
    return bool(plan.elsewhere) and (plan.default if value is None else text(value)) in plan.elsewhere


def _named_region(thing: Thing, plan: PlatformBackup, placements: Placements) -> str | None:
    """Return the region where an input says that copies are kept, None where it names none but the thing's own."""
    shown = text(thing.value(plan.path)) if plan.named else None
    if shown is None or shown in plan.elsewhere:
        return None
    region = region_name(shown)
    return None if placements.of(thing).regions == ((region, ()),) else region


def _in_named_region(name: str, thing: Thing, plan: PlatformBackup, region: str, parts: Parts) -> Up:
    """Return the copies that are kept in a region that an input names."""
    own = f"{name} in {region}"
    _store(own, thing, Place(regions=((region, ()),)), parts)
    return Up(
        own, Nature.NEED, Reason(f"the {name} is kept in {region}", Basis.DOCUMENTED, thing.location, plan.source)
    )


def switched_off(things: Things, thing: Thing, plan: PlatformBackup, types: AbstractSet[str]) -> Reason | None:
    """Return why the platform surely makes no copies of a thing, None where it does, or where that is not known.

    `types` are those of all resources. What a program puts there itself needs no copy.
    """
    filled = any(resolve(things, thing, target) for target in plan.filled)
    if filled or not _off(thing, plan) or not types.isdisjoint(plan.off_unless):
        return None
    value = thing.value(plan.off_path)
    said = "is not given" if value is None else f"is {str(value).lower()}"
    return Reason(
        f"{plan.off_path} of {thing.label} {said}: no backups are made", Basis.DOCUMENTED, thing.location, plan.source
    )


def may_be_off(thing: Thing, plan: PlatformBackup) -> bool:
    """Return whether it is not known that the platform makes copies of a thing by what it says itself."""
    value = thing.value(plan.off_path) if plan.off else None
    silent = value is None and plan.off_default is None
    return bool(plan.off) and (silent or _off(thing, plan) or isinstance(value, Unknown | StackOutput))


def _off(thing: Thing, plan: PlatformBackup) -> bool:
    value = thing.value(plan.off_path) if plan.off else None
    shown = plan.off_default if value is None else value
    return any(shown == one and type(shown) in (type(one), float) for one in plan.off)


def _keep(thing: Thing, plan: PlatformBackup) -> float | None:
    if not plan.keep_path:
        return None
    value = thing.value(plan.keep_path)
    days = number(plan.keep_default if value is None else value)
    return None if days is None else days * _DAY


def _elsewhere(thing: Thing, plan: PlatformBackup, book: FactBook, gate: Gate) -> Gate:
    """Return the restore from the copies in another region, where the input says that there are some."""
    if not plan.elsewhere:
        return NEVER
    value = thing.value(plan.path)
    shown = plan.default if value is None else text(value)
    if shown is not None:
        return gate if shown in plan.elsewhere else NEVER
    fact = book.doubt(
        f"backup of {thing.id} is kept elsewhere",
        ("yes", "no"),
        f"{plan.path} of {thing.label} is not known",
        f"give {plan.path} in the program",
        location=thing.location,
    )
    return Case(fact, {"yes": gate, "no": NEVER})
