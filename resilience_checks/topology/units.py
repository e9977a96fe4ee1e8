"""Several units behind one resource: a pair of virtual devices, the members of a stack, the machines of a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.model import paths
from resilience_checks.model.question import Holds
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.gates import NEVER, AnyOf, Case, Gate, Nature, Up
from resilience_checks.topology.places import NOWHERE, Place, region_name
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import holds, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.catalogue.host_entries import Units
    from resilience_checks.topology.estate import Part
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.things import Thing


_SEVERAL = 2
_TOLD_APART = 8
"""So many instances are parts of their own; of more, each part stands for several."""


def take_up_units(thing: Thing, plan: Units, part: Part, place: Place, parts: Parts, book: FactBook) -> Gate | None:
    """Add a part with its units, and return the gate that some unit is up; None where it is one unit alone."""
    several = holds(thing, plan.when)
    placed = [place, *_others(thing, plan, place, book)] if several is not Holds.NO else [place]
    if len(placed) == 1:
        return None
    parts.add(part, place if all(where == place for where in placed) else NOWHERE, None, thing)
    why = Reason(f"{thing.label} has {len(placed)} units", Basis.DOCUMENTED, thing.location, plan.source)
    gates: list[Gate] = []
    for number, where in enumerate(placed, start=1):
        unit = replace(part, id=f"{part.id}#{number}", label=f"{part.label} unit {number}")
        parts.add(unit, where, thing.entry.fault, unit_of=part.id)
        gates.append(Up(unit.id, Nature.PATH, why))
    if several is Holds.UNKNOWN:
        inputs = " and ".join(path for path, _ in plan.when)
        text_, remedy = f"how many units {thing.label} has depends on {inputs}", f"give {inputs} in the program"
        fact = book.doubt(f"units of {thing.id}", ("several", "one"), text_, remedy, location=thing.location)
        gates[1:] = [Case(fact, {"several": gate, "one": NEVER}) for gate in gates[1:]]
    elif plan.either and thing.values(plan.either):
        parts.either[part.id] = tuple(f"{part.id}#{number}" for number in range(1, len(placed) + 1))
    return AnyOf(tuple(gates), why)


def take_up_machines(
    thing: Thing, part: Part, place: Place, fault: str | None, parts: Parts, book: FactBook
) -> Gate | None:
    """Add a part all of whose instances stand at one place; return the gate that one is up, None where it is one."""
    plan = thing.entry.instances if fault is not None else None
    if plan is not None and plan.on_demand and holds(thing, plan.on_demand) is Holds.YES:
        plan, fault = None, None
    count = number_of(thing, plan) if plan is not None else 1
    if plan is None or (count is not None and count < _SEVERAL):
        parts.add(part, place, fault, thing)
        return None
    parts.add(part, place, None, thing)
    found: list[Gate] = []
    for number in range(1, min(count or _SEVERAL, _TOLD_APART) + 1):
        unit = replace(part, id=f"{part.id}#{number}", label=f"{part.label} instance {number}")
        parts.add(unit, place, fault, unit_of=part.id)
        found.append(Up(unit.id, Nature.PATH, Reason(f"{thing.label} runs there", location=thing.location)))
    if count is None:
        told, remedy = f"how many instances {thing.label} has is not known", f"give {plan.paths[0]} in the program"
        fact = book.doubt(f"units of {thing.id}", ("several", "one"), told, remedy, location=thing.location)
        found[1:] = [Case(fact, {"several": gate, "one": NEVER}) for gate in found[1:]]
    return AnyOf(tuple(found), Reason(f"{thing.label} has several instances", location=thing.location))


def _others(thing: Thing, plan: Units, place: Place, book: FactBook) -> Iterator[Place]:
    """Yield the place of each unit but the first."""
    if not plan.besides:
        count = plan.number if plan.count is None else len(thing.values(plan.count))
        yield from [place] * ((count or 1) - 1)
        return
    besides = [value for path in plan.besides for _, value in thing.values(path)]
    for number, value in enumerate(besides, start=2):
        named = paths.first(value, plan.region) if plan.region else None
        region = text(named)
        if region is not None:
            yield Place(regions=((region_name(region), ()),))
        elif named is None:
            yield place
        else:
            yield _somewhere(thing, number, place, book)


def _somewhere(thing: Thing, number: int, place: Place, book: FactBook) -> Place:
    """Return the place of a unit whose region is not known: that of the first, or another."""
    told = f"where unit {number} of {thing.label} stands is not known"
    remedy = "give its place in the program or the stack's configuration"
    values = ("with the first", "elsewhere")
    fact = book.doubt(f"place of unit {number} of {thing.id}", values, told, remedy, location=thing.location)
    return replace(place, regions=tuple((region, (*when, (fact, "with the first"))) for region, when in place.regions))
