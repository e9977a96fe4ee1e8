"""How parts of a cloud spread over the zones of their region: one unit in each, or in one that the provider chose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.model.question import Holds
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.gates import NEVER, AnyOf, Case, Gate, Nature, Up
from resilience_checks.topology.placement import ELSEWHERE, NO_PLACE, Place
from resilience_checks.topology.things import holds, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.catalogue.entries import Zones
    from resilience_checks.topology.estate import Part
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.things import Thing

    HasZones = Callable[[str, str], Holds]

_SEVERAL = 2


def take_up(
    thing: Thing, part: Part, place: Place, fault: str | None, parts: Parts, book: FactBook, has_zones: HasZones
) -> Gate | None:
    """Add the part with its zones, and return the gate of its units, None where it stands in one zone alone.

    `fault` is what may befall it, or each unit, apart from the loss of its zone; `has_zones` says it of a region of a
    package's provider.
    """
    zones = _zones(thing)
    values = thing.values(zones.named) if zones.named is not None else ()
    names = [name for _, value in values if (name := text(value)) is not None]
    spread = _spreads(thing, zones)
    if spread is Holds.NO and len(names) < _SEVERAL and len(names) == len(values):
        parts.add(part, _in_one(thing, place, names, book, has_zones), fault, thing)
        return None
    if len(names) < _SEVERAL:
        names = [str(number) for number in range(1, zones.least + 1)]
    parts.add(part, place, None, thing)
    why = Reason(f"{thing.label} spreads over {len(names)} zones", Basis.DOCUMENTED, thing.location, zones.source)
    units = [_unit(part, place, name, fault, parts, why) for name in names]
    if spread is Holds.UNKNOWN or len(values) > len(names):
        told = f"whether {thing.label} spreads over zones is not known"
        remedy = "give the input in the stack's configuration"
        if zones.decided is not None and thing.values(zones.decided):
            told, remedy = f"{told}: its {zones.decided} decides", "declare its zones by a component that selects it"
        fact = book.doubt(f"zones of {thing.id}", ("several", "one"), told, remedy, location=thing.location)
        units[1:] = [Case(fact, {"several": unit, "one": NEVER}) for unit in units[1:]]
    return AnyOf(tuple(units), why)


def _zones(thing: Thing) -> Zones:
    assert thing.entry.placement is not None
    assert thing.entry.placement.zones is not None
    return thing.entry.placement.zones


def _spreads(thing: Thing, zones: Zones) -> Holds:
    if zones.decided is not None and thing.values(zones.decided):
        return Holds.UNKNOWN
    return Holds.NO if zones.when is None else holds(thing, zones.when)


def _unit(part: Part, place: Place, zone: str, fault: str | None, parts: Parts, why: Reason) -> Gate:
    unit = replace(part, id=f"{part.id}#zone-{zone}", label=f"{part.label} in zone {zone}")
    zones = tuple((f"{region}/{zone}", when) for region, when in place.regions)
    parts.add(unit, replace(place, zones=zones), fault, unit_of=part.id)
    return Up(unit.id, Nature.PATH, why)


def _in_one(thing: Thing, place: Place, names: list[str], book: FactBook, has_zones: HasZones) -> Place:
    """Return the place in the one zone that is named, or in one that the provider chose, if its region has zones."""
    if names:
        return replace(place, zones=tuple((f"{region}/{names[0]}", when) for region, when in place.regions))
    known = {has_zones(thing.entry.package, region) for region, _ in place.regions}
    if known == {Holds.NO}:
        return place
    if known == {Holds.YES} and len(place.regions) == 1:
        return replace(place, zones=((ELSEWHERE, place.regions[0][1]),))
    told = f"in which zone {thing.label} stands is the provider's choice, if its region has zones"
    fact = book.doubt(
        f"zone of {thing.id}", (ELSEWHERE, NO_PLACE), told, "let it spread over zones", location=thing.location
    )
    return replace(place, zones=((ELSEWHERE, ((fact, ELSEWHERE),)),))
