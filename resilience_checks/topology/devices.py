"""Devices: provider instances that are boxes, the units behind their address, and what is set on them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.question import Holds
from resilience_checks.model.values import Reason
from resilience_checks.topology import clusters
from resilience_checks.topology.estate import Part
from resilience_checks.topology.gates import NEVER, AnyOf, Case, Gate, Nature, Up
from resilience_checks.topology.things import PROVIDER, Thing, Things, holds

if TYPE_CHECKING:
    from resilience_checks.topology.declared import Component
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.placement import Placements


@dataclass(frozen=True, slots=True)
class Units:
    """How many units stand behind one address; `sure` is False where there may be one more than code shows."""

    count: int
    sure: bool
    reason: Reason


def draw_devices(
    things: Things, parts: Parts, placements: Placements, book: FactBook, declared: dict[int, Component]
) -> None:
    """Take up every device with its units; `declared` tells the component that a device was selected for."""
    peers = _peers(things)
    for thing in things.all:
        if not thing.entry.token.startswith(PROVIDER) or thing.entry.role is None:
            continue
        component = declared.get(id(thing))
        role = (component.role if component else None) or thing.entry.role
        part = Part(thing.id, thing.label, role, urn=thing.urn, stack=thing.graph.name, location=thing.location)
        if component is not None and isinstance(component.units, tuple):
            parts.add(part, placements.nowhere, None, thing)
            _declared_units(thing, component, parts, placements, role)
            continue
        units = _units(thing, component, peers.get(id(thing), 1), book)
        place = placements.of(thing)
        hosts = clusters.behind(things, thing)
        if hosts:
            parts.add(part, place, None, thing)
            parts.set_gate(thing.id, clusters.needed(parts, thing, hosts))
            continue
        if units.count == 1 and units.sure:
            parts.add(part, place, thing.entry.fault, thing)
            parts.set_gate(thing.id, clusters.perhaps_shared(things, thing, book))
            continue
        parts.add(part, place, None, thing)
        names = [f"{thing.id}#{number}" for number in range(1, units.count + (1 if units.sure else 2))]
        for name in names:
            unit = Part(
                name,
                f"{thing.label} unit {name.rsplit('#', 1)[-1]}",
                role,
                urn=thing.urn,
                stack=thing.graph.name,
                location=thing.location,
            )
            parts.add(unit, place, thing.entry.fault, unit_of=thing.id)
        gates: list[Gate] = [Up(name, Nature.PATH, units.reason) for name in names]
        if not units.sure:
            remedy = "declare a component that selects it, with `units`"
            fact = book.doubt(
                f"units of {thing.id}",
                ("one more", "no more"),
                units.reason.text,
                remedy,
                location=units.reason.location,
            )
            gates[-1] = Case(fact, {"one more": gates[-1], "no more": NEVER})
        parts.set_gate(thing.id, AnyOf(tuple(gates), units.reason))


def _declared_units(thing: Thing, component: Component, parts: Parts, placements: Placements, role: str) -> None:
    assert isinstance(component.units, tuple)
    names = []
    for number, unit in enumerate(component.units, start=1):
        name = f"{thing.id}#{unit.name or number}"
        names.append(name)
        part = Part(name, f"{component.id} unit {unit.name or number} at {unit.site}", role, location=unit.location)
        parts.add(part, placements.at_spot(name, part.label, unit), "device", unit_of=thing.id)
    reason = Reason(f"{component.id} has {len(names)} units", location=component.location)
    parts.set_gate(thing.id, AnyOf(tuple(Up(name, Nature.PATH, reason) for name in names), reason))


def _units(thing: Thing, component: Component | None, peers: int, book: FactBook) -> Units:
    """Return how many units the program and the declaration show behind the device's one address."""
    shown, paired = 1, Reason(f"{thing.label} is one unit", location=thing.location)
    hidden = False
    for joined in thing.joined:
        plan = joined.entry.units
        if plan is None or holds(joined, plan.when) is Holds.NO:
            continue
        if plan.count is not None:
            shown = max(shown, len(joined.values(plan.count)))
            paired = Reason(
                f"{joined.label} joins {shown} units behind one address", location=joined.location, source=plan.source
            )
        elif peers == 1:
            hidden = True
            paired = Reason(
                f"{joined.label} makes {thing.label} a pair, and no code shows how many units it has",
                location=joined.location,
                source=plan.source,
            )
    wanted = component.units if component is not None and isinstance(component.units, int) else None
    if wanted is None or peers > 1:
        return Units(shown, not hidden or shown > 1, paired)
    assert component is not None
    if wanted > 1 and shown > 1 and wanted != shown:
        text = f"{component.id} declares {wanted} units of {thing.label}, the program shows {shown}"
        book.contradict(thing.id, text, thing.location, component.location)
        return Units(min(wanted, shown), sure=False, reason=Reason(text, location=component.location))
    if component.counts:
        text = f"{component.id} is declared with {' and with '.join(map(str, component.counts))} units"
        return Units(min(component.counts), sure=False, reason=Reason(text, location=component.location))
    count = max(wanted, shown)
    return Units(count, sure=True, reason=Reason(f"{component.id} has {count} units", location=component.location))


def _peers(things: Things) -> dict[int, int]:
    """Count for each device how many devices share its HA group: then each instance is one unit."""
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for thing in things.all:
        if thing.device is None or thing.entry.units is None:
            continue
        for domain in thing.entry.domains:
            values = tuple(str(thing.value(path)) for path in domain.key)
            if all(thing.value(path) is not None for path in domain.needs or domain.key):
                groups[(thing.entry.token, "\0".join(values))].add(id(thing.device))
    counts: dict[int, int] = {}
    for members in groups.values():
        for device in members:
            counts[device] = max(counts.get(device, 1), len(members))
    return counts
