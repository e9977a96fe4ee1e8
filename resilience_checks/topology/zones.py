"""How parts of a cloud spread over the zones of their region: one unit in each, or in one that the provider chose."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Target
from resilience_checks.model import paths
from resilience_checks.model.question import Holds
from resilience_checks.model.values import Basis, LookupAnswer, Reason
from resilience_checks.topology import gates
from resilience_checks.topology.gates import ALWAYS, NEVER, AnyOf, Case, Gate, Nature, Up
from resilience_checks.topology.movers import Move, moved
from resilience_checks.topology.parts import at_least
from resilience_checks.topology.places import ELSEWHERE, NO_PLACE, Place
from resilience_checks.topology.references import resolve
from resilience_checks.topology.scheduled import surely_apart
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import Thing, holds, kind, number_of
from resilience_checks.topology.units import take_up_machines

if TYPE_CHECKING:
    from resilience_checks.catalogue.entries import Instances, Zones
    from resilience_checks.model.values import Value
    from resilience_checks.topology.estate import Part
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.placement import Placements
    from resilience_checks.topology.things import Things

_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Named:
    """The zones that a program names, how many more it leaves to the provider, and whether there may be others.

    `given`: an input tells it, not a default.
    """

    zones: tuple[str, ...] = ()
    chosen: int = 0
    open: bool = False
    given: bool = True

    @property
    def one(self) -> bool:
        """Whether that is surely one zone at most."""
        return not self.open and len(self.zones) + self.chosen < _SEVERAL


@dataclass(frozen=True)
class Zoned:
    """Takes up the parts that stand in zones; `placements` knows how providers name these, and which regions have any."""

    things: Things
    parts: Parts
    book: FactBook
    placements: Placements

    def take_up(self, thing: Thing, part: Part, place: Place, fault: str | None) -> Gate | None:
        """Add the part with its zones, and return the gate of its units, None where it is one thing in one zone.

        `fault` is what may befall it, or each unit, apart from the loss of its zone.
        """
        zones, named = _zones(thing), self.named(thing)
        spread = _spreads(thing, zones, named)
        if spread is Holds.NO and named.one:
            stands = self._in_one(thing, place, named)
            if fault is None and zones.alone == "replaced" and self._is_one(thing):
                self.parts.add(part, stands, None, thing)
                return self._replaced(thing, part, stands, None, ALWAYS)
            return take_up_machines(thing, part, stands, fault, self.parts, self.book)
        names = named.zones
        if len(names) < _SEVERAL:
            names = tuple(str(number) for number in range(1, zones.least + 1))
        self.parts.add(part, place, None, thing)
        why = Reason(f"{thing.label} spreads over {len(names)} zones", Basis.DOCUMENTED, thing.location, zones.source)
        units = [self._unit(part, place, name, fault, why) for name in names]
        if spread is Holds.UNKNOWN or named.open or len(named.zones) < min(_SEVERAL, len(named.zones) + named.chosen):
            units[1:] = self._perhaps(thing, zones, units[1:])
        if zones.alone is None or thing.entry.instances is None:
            return AnyOf(tuple(units), why)
        return self._of_instances(thing, part, place, fault, thing.entry.instances, units, why)

    def named(self, thing: Thing, seen: frozenset[int] = frozenset()) -> Named:
        """Return the zones of a thing, those of what it refers to among them."""
        placement = thing.entry.placement
        zones = placement.zones if placement is not None else None
        if zones is None or id(thing) in seen:
            return Named(open=True)
        names = next((given for path in zones.named if (given := self._given(thing, path))), [])
        names += [name for path in zones.together for name in self._given(thing, path)]
        names = [_plain_name(zones, name) for name in names]
        found = [Named(tuple(name for name in names if name is not None), 0, None in names)]
        further = seen | {id(thing)}
        ways = (resolve(self.things, thing, Target(ref=path)) for path in zones.of)
        for end in next((ends for ends in ways if ends), ()) if not names else ():
            found.append(self.named(end.to, further) if isinstance(end.to, Thing) else Named(open=True))  # noqa: PERF401
        zones_, chosen = (name for each in found for name in each.zones), sum(each.chosen for each in found)
        unsure = holds(thing, zones.unknown_when) is not Holds.NO if zones.unknown_when else False
        whole = Named(tuple(dict.fromkeys(zones_)), chosen, unsure or any(each.open for each in found))
        if zones.one_when:
            one = holds(thing, zones.one_when)
            if one is not Holds.NO:
                return replace(whole, open=True) if one is Holds.UNKNOWN else _single(whole)
            if holds(thing, zones.when or ()) is Holds.YES and len(whole.zones) < _SEVERAL:
                whole = Named()  # the zone that it prefers is one of several
        if zones.single:
            own = self.placements.own_zone(thing) if whole == Named() else None
            return _single(whole if own is None else Named((own,)))
        if whole != Named():
            return whole
        if zones.count is not None:
            number = number_of(thing, zones.count)
            return Named(open=True) if number is None else Named(tuple(str(n + 1) for n in range(number)))
        if _when(thing, zones) is Holds.YES:
            return Named(tuple(str(n + 1) for n in range(zones.least)), given=False)
        return Named(chosen=1, open=zones.unnamed, given=False)

    def _given(self, thing: Thing, path: str) -> list[str | None]:
        """Return the zones that an input names, None for each that is not known; a region is none."""
        values = [value for _, value in thing.values(path)]
        return [_name(thing, value, self.placements) for value in values if not self._no_zone(thing, value)]

    def _no_zone(self, thing: Thing, value: Value) -> bool:
        return text(value) is not None and self.placements.zone_of(thing, value) is None

    def _perhaps(self, thing: Thing, zones: Zones, further: list[Gate]) -> list[Gate]:
        """Return the further units, of which it is not known whether there are any."""
        told = f"whether {thing.label} spreads over zones is not known"
        remedy = "give the input in the stack's configuration"
        if zones.of and not zones.named:
            remedy = f"name the zones of its {' or '.join(_plain(path) for path in zones.of)}"
        if zones.decided is not None and thing.values(zones.decided):
            told, remedy = f"{told}: its {zones.decided} decides", "declare its zones by a component that selects it"
        fact = self.book.doubt(f"zones of {thing.id}", ("several", "one"), told, remedy, location=thing.location)
        return [Case(fact, {"several": unit, "one": NEVER}) for unit in further]

    def _of_instances(
        self, thing: Thing, part: Part, place: Place, fault: str | None, plan: Instances, units: list[Gate], why: Reason
    ) -> Gate:
        """Return the gate of so many instances over so many zones; nobody says in which of more zones they stand."""
        count = number_of(thing, plan)
        if count is not None and count >= len(units):
            return AnyOf(tuple(units), why)
        if count is not None and count >= _SEVERAL:
            fact = self._doubt(
                thing, "which", f"{count} instances stand in some of {len(units)} zones", "any", "others"
            )
            rest = at_least(len(units) - count + 1, units, why)
            return Case(fact, {"any": AnyOf(tuple(units), why), "others": rest})
        alone = self._alone(thing, part, place, fault, units)
        if count is not None:
            return alone
        told = f"how many instances {thing.label} has is not known"
        fact = self._doubt(thing, "number", told, "several", "one", f"give {plan.paths[0]} in the program")
        return Case(fact, {"several": AnyOf(tuple(units), why), "one": alone})

    def _alone(self, thing: Thing, part: Part, place: Place, fault: str | None, units: list[Gate]) -> Gate:
        """Return the gate of one instance, in one of the zones; where the platform replaces it, in others after that."""
        stands = self._in_one(thing, place, Named(chosen=1))
        if _zones(thing).alone == "replaced":
            return self._replaced(thing, part, stands, fault, AnyOf(tuple(units)))
        return self._one(thing, part, stands, fault)

    @staticmethod
    def _is_one(thing: Thing) -> bool:
        """Return whether the program surely says that there is one instance, which no scheduler places."""
        plan = thing.entry.instances
        return plan is not None and thing.entry.scheduled is None and number_of(thing, plan) == 1

    def _one(self, thing: Thing, part: Part, stands: Place, fault: str | None) -> Gate:
        one = replace(part, id=f"{part.id}#one", label=f"the one instance of {part.label}")
        self.parts.add(one, stands, fault, unit_of=part.id)
        return Up(one.id, Nature.PATH, Reason(f"{thing.label} has one instance", location=thing.location))

    def _replaced(self, thing: Thing, part: Part, stands: Place, fault: str | None, elsewhere: Gate) -> Gate:
        """Return the gate of one instance, or of the one that the platform starts once the machine of that is lost."""
        own = "device" if fault is None and thing.entry.scheduled is None else fault
        primary = self._one(thing, part, stands, own)
        takes = Reason(f"how long {thing.label} takes to start elsewhere is not known", Basis.UNKNOWN, thing.location)
        term = gates.Term("start elsewhere", None, takes, "run two or more instances")
        why = Reason("moving takes a start elsewhere", source=_zones(thing).source)
        return moved(self.book, thing, primary, elsewhere, Move(Holds.YES, ALWAYS, (term,), why))

    def _doubt(self, thing: Thing, what: str, told: str, *values: str) -> str:
        first, second, *remedy = values
        advice = remedy[0] if remedy else "run as many instances as there are zones"
        return self.book.doubt(
            f"{what} of the instances of {thing.id}", (first, second), told, advice, location=thing.location
        )

    def _unit(self, part: Part, place: Place, zone: str, fault: str | None, why: Reason) -> Gate:
        unit = replace(part, id=f"{part.id}#zone-{zone}", label=f"{part.label} in zone {zone}")
        self.parts.add(unit, self._in_zone(place, zone), fault, unit_of=part.id)
        return Up(unit.id, Nature.PATH, why)

    def _in_zone(self, place: Place, zone: str) -> Place:
        """Return the place in the zone of this name of each region where it may be."""
        zones = tuple((f"{region}/{zone}", when) for region, when in self.placements.regions_at(place))
        root = place.root or next((f"site {site}" for site, _ in place.sites), None)
        return replace(place, zones=zones, root=root)

    def _in_one(self, thing: Thing, place: Place, named: Named) -> Place:
        """Return the place in the one zone that is named, or in one that the provider chose, if its region has zones."""
        if named.zones:
            return self._in_zone(place, named.zones[0])
        regions = self.placements.regions_at(place)
        known = {self.placements.has_zones(thing.entry.package, region) for region, _ in regions}
        if known == {Holds.NO}:
            return place
        if known == {Holds.YES} and len(regions) == 1:
            return replace(place, zones=((ELSEWHERE, regions[0][1]),))
        told = f"in which zone {thing.label} stands is the provider's choice, if its region has zones"
        fact = self.book.doubt(
            f"zone of {thing.id}", (ELSEWHERE, NO_PLACE), told, "let it spread over zones", location=thing.location
        )
        return replace(place, zones=((ELSEWHERE, ((fact, ELSEWHERE),)),))


def _zones(thing: Thing) -> Zones:
    assert thing.entry.placement is not None
    assert thing.entry.placement.zones is not None
    return thing.entry.placement.zones


def _single(whole: Named) -> Named:
    """Return the one zone that is named, or one that the provider chose."""
    return whole if len(whole.zones) == 1 else Named(chosen=1)


def _name(thing: Thing, value: Value, placements: Placements) -> str | None:
    """Return what tells a zone from others: its name, or which element it is of an answer that nobody gave."""
    if not isinstance(value, LookupAnswer) or not value.path.endswith("]"):
        return placements.zone_of(thing, value)
    lookup = thing.graph.lookups_by_id[value.lookup]
    given = ", ".join(f"{name}={argument}" for name, argument in sorted(lookup.args.items()))
    return f"{value.path} of {kind(lookup.token)}({given})"


def _plain_name(zones: Zones, name: str | None) -> str | None:
    return re.sub(zones.strip, "", name) if name is not None and zones.strip is not None else name


def _plain(path: str) -> str:
    return path.replace("[]", "")


def _spreads(thing: Thing, zones: Zones, named: Named) -> Holds:
    """Return whether a condition says that it spreads; what the program names goes before that."""
    members = [value for _, value in thing.values(zones.each)] if zones.each is not None else []
    if members and all(paths.first(value, path) in allowed for value in members for path, allowed in zones.each_when):
        return Holds.YES
    if zones.decided is not None and thing.values(zones.decided):
        return Holds.UNKNOWN
    return Holds.NO if named.given else _when(thing, zones)


def _when(thing: Thing, zones: Zones) -> Holds:
    """Return whether it spreads where it names no zones: by its inputs, or by what it demands of its scheduler."""
    if thing.entry.scheduled is not None:
        return Holds.YES if surely_apart(thing, "zone") else Holds.NO
    return Holds.NO if zones.when is None else holds(thing, zones.when)
