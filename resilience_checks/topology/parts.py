"""The parts of an estate while it is built, and what stands for an end that no program shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from sys import intern
from typing import TYPE_CHECKING

from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Part
from resilience_checks.topology.gates import ALWAYS, All, AnyOf, AtLeast, Case, Gate, Nature, Up
from resilience_checks.topology.places import NOWHERE, Place
from resilience_checks.topology.things import Thing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from resilience_checks.model.location import Location
    from resilience_checks.topology.control_planes import ControlPlanes
    from resilience_checks.topology.estate import Condition, PlacedWhen
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.placement import Placements
    from resilience_checks.topology.references import Loose


class Parts:
    """Every part with its place; a gate is filled in once all parts are there."""

    def __init__(self, placements: Placements, book: FactBook, declared: frozenset[str] = frozenset()) -> None:
        """Start empty; `declared` are the ids of the failure domains that are declared as such."""
        self._placements, self._book, self._declared = placements, book, declared
        self.all: dict[str, Part] = {}
        self.places: dict[str, Place] = {}
        self.faults: dict[str, str] = {}
        """The kind of each part's own failure domain; a part without one has no fault of its own."""
        self.restarted: dict[str, Condition] = {}
        """When a part stays lost with what its own fault takes down: what its platform restarts elsewhere may be in time."""
        self.things: dict[str, Thing] = {}
        self.planes: ControlPlanes | None = None
        """Control planes that parts may need."""
        self.either: dict[str, tuple[str, ...]] = {}
        """The units of a whole of which each reference to the whole means one."""
        self._outside: dict[str, str] = {}
        self._sites: dict[int, str | PlacedWhen | None] = {}
        self._units: dict[str, list[str]] = defaultdict(list)
        self._wholes: dict[str, str] = {}

    def add(
        self, part: Part, place: Place, fault: str | None, thing: Thing | None = None, *, unit_of: str | None = None
    ) -> None:
        """Take up a part, where it stands, and the kind of its own fault; `unit_of` names the device that it is one of."""
        site = self._sites.setdefault(id(place), place.site)  # many parts share a place, and the places are kept
        self.all[part.id] = part if site == part.site else replace(part, site=site)
        self.places[part.id] = place
        if unit_of is not None:
            self._units[unit_of].append(part.id)
            self._wholes[part.id] = unit_of
        if fault is not None:
            self.faults[part.id] = fault
        if thing is not None:
            self.things[part.id] = thing

    def units_of(self, whole: str) -> tuple[str, ...]:
        """Return the units of a device or declared component."""
        return tuple(self._units.get(whole, ()))

    def stands_with_its_whole(self, part: str) -> bool:
        """Return whether the part is a unit of what stands in the same line, and need not be told beside it."""
        whole = self.all.get(self._wholes.get(part, ""))
        return whole is not None and whole.location == self.all[part].location

    def own_key(self, part: str) -> str:
        """Return the key of the part's own failure domain: what a link or declared component is called, if only it is."""
        kind = self.faults[part]
        name = part.removeprefix("link ") if kind == "link" else part.removeprefix("component ")
        taken = self.faults.get(name) == kind or f"{kind}:{name}" in self._declared
        return part if taken else name

    def own_domain(self, part: str) -> str:
        """Return the id of the part's own failure domain."""
        return intern(f"{self.faults[part]}:{self.own_key(part)}")

    def set_gate(self, part: str, gate: Gate) -> None:
        """Say what the part hangs on."""
        if gate != self.all[part].gate:
            self.all[part] = replace(self.all[part], gate=gate)

    def set_role(self, part: str, role: str) -> None:
        """Say what the part is, where a declaration knows better than its type."""
        self.all[part] = replace(self.all[part], role=role)

    def dispute_role(self, part: str, fact: str, roles: tuple[str, ...]) -> None:
        """Say that the part has one of these roles, as the fact turns out; its units have the same."""
        disputed = tuple((role, ((fact, role),)) for role in roles)
        for name in (part, *self.units_of(part)):
            self.all[name] = replace(self.all[name], role="", roles=disputed)

    def up(self, end: Thing | Loose, nature: Nature, why: Reason | None, near: Place | None = None) -> Gate:
        """Return the gate 'this end is up'; an end that leads outside stands for a part that nobody knows.

        `near` is where such an outside part stands, when the relation itself says so.
        """
        if isinstance(end, Thing):
            return Up(end.id, nature, why) if end.id in self.all else ALWAYS
        if end.candidates:
            return self._one_of(end, nature, why)
        return Up(self._outside_part(end, near), nature, why)

    def control_plane(self, name: str, nature: Nature, why: Reason, location: Location | None = None) -> Gate:
        """Return the gate 'this control plane is up'; `location` is the line that names it."""
        assert self.planes is not None
        return Up(self.planes.part(self, name, location or why.location), nature, why)

    def doubtful(self, key: str, gate: Gate, why: str, remedy: str, reason: Reason) -> Gate:
        """Return the gate of an edge that may be there or not."""
        fact = self._book.doubt(key, ("absent", "present"), why, remedy, location=reason.location)
        return Case(fact, {"absent": ALWAYS, "present": gate})

    def meant(self, end: Thing | Loose, nature: Nature, why: Reason, near: Place | None = None) -> Gate:
        """Return the gate that what a resource's reference means is up: of some wholes it is a unit, no code shows which."""
        units = self.either.get(end.id) if isinstance(end, Thing) else None
        if units is None or not isinstance(end, Thing):
            return self.up(end, nature, why, near)
        told = f"{why.text}, and which of its {len(units)} units that means is not known"
        remedy = f"declare components that select {end.label} and what uses it, with what each requires"
        fact = self._book.doubt(f"{end.id}: {why.text}", units, told, remedy, location=why.location)
        return Case(fact, {unit: Up(unit, nature, why) for unit in units})

    def _one_of(self, end: Loose, nature: Nature, why: Reason | None) -> Gate:
        parts = {thing.id: Up(thing.id, nature, why) for thing in end.candidates if thing.id in self.all}
        if not parts:
            return ALWAYS
        fact = self._book.doubt(end.key, tuple(sorted(parts)), end.why, end.remedy, location=end.location)
        return Case(fact, parts) if len(parts) > 1 else next(iter(parts.values()))

    def _outside_part(self, end: Loose, near: Place | None) -> str:
        if end.key not in self._outside:
            name = f"{end.label} outside the checked programs"
            name = name if name not in self.all else f"{name} #{len(self._outside) + 1}"
            self._outside[end.key] = name
            reason = Reason(end.why, Basis.UNKNOWN, end.location)
            place = near if near is not None else NOWHERE
            fact = self._book.doubt(
                f"what {name} needs", ("nothing more", "something lost"), reason.text, end.remedy, location=end.location
            )
            gate = Case(fact, {"nothing more": ALWAYS, "something lost": AnyOf(())})
            part = Part(name, end.label, "unknown", gate=gate, location=end.location)
            self.add(part, place, "device")
        return self._outside[end.key]


def every(gates: Iterable[Gate]) -> Gate:
    """Return the gate that all of `gates` hold, without needless nesting."""
    kept = tuple(gate for gate in gates if gate != ALWAYS)
    return kept[0] if len(kept) == 1 else All(kept)


def at_least(k: int, gates: Iterable[Gate], why: Reason | None = None) -> Gate:
    """Return the gate that `k` of `gates` hold."""
    items = tuple(gates)
    if k == 1:
        return items[0] if len(items) == 1 else AnyOf(items, why)
    return All(items, why) if k == len(items) else AtLeast(k, items, why)
