"""What a change of each resource reaches: the parts that it makes, sets or joins to others."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Fact, Reach
from resilience_checks.topology.references import resolve
from resilience_checks.topology.things import PROVIDER, Thing, Things

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.resource import Resource
    from resilience_checks.topology.parts import Parts

_REMEDY = "add a catalogue entry for its type"


def reached(things: Things, parts: Parts, catalogue: Catalogue) -> Mapping[str, Mapping[str, tuple[Reach, ...]]]:
    """Return for each stack and URN what a change of the resource reaches; nothing for one that means nothing.

    A type that the catalogue does not know may set the device that it is on, and what it refers to or is used by.
    """
    found: dict[str, dict[str, dict[Reach, None]]] = defaultdict(lambda: defaultdict(dict))
    devices = _devices(things, parts)
    for thing in things.all:
        if thing.urn is not None:
            each = _of(things, parts, catalogue, devices, thing)
            found[thing.graph.name][thing.urn].update(dict.fromkeys(each))
        for noticed in _noticed(things, thing) if thing.id in parts.all else ():
            if noticed.urn is not None:
                found[noticed.graph.name][noticed.urn][Reach(thing.id, sets=True)] = None
    users = _users(things) if things.foreign else {}
    for graph, resource in things.foreign:
        fact = _doubt(resource)
        for part in _perhaps(things, parts, users, graph, resource):
            found[graph.name][resource.urn][Reach(part, fact=fact, sets=True)] = None
    return {stack: {urn: tuple(each) for urn, each in bag.items() if each} for stack, bag in found.items()}


def _devices(things: Things, parts: Parts) -> Mapping[int, tuple[str, ...]]:
    """Return for each provider instance that is a device the parts of all instances that the estate calls the same."""
    named: dict[tuple[str, str], list[Thing]] = defaultdict(list)
    for thing in things.all:
        if thing.entry.token.startswith(PROVIDER) and thing.id in parts.all:
            named[thing.entry.package, thing.natural or f"#{id(thing)}"].append(thing)
    return {id(thing): tuple(one.id for one in same) for same in named.values() for thing in same}


def _of(
    things: Things, parts: Parts, catalogue: Catalogue, devices: Mapping[int, tuple[str, ...]], thing: Thing
) -> Iterator[Reach]:
    entry = thing.entry
    labels = catalogue.labels(entry.package)
    if entry.token.startswith(PROVIDER):
        for part in devices.get(id(thing), ()):
            yield Reach(part, keys=catalogue.provider(entry.package).key)
    elif entry.configures is not None:
        for part in devices.get(id(thing.device), ()):
            yield Reach(part, labels=labels, sets=True)
    elif thing.id in parts.all:
        yield Reach(thing.id, thing.base, labels)
    for join in entry.joins:
        for end in resolve(things, thing, join.to):
            if isinstance(end.to, Thing) and end.to.id in parts.all:
                yield Reach(end.to.id, labels=labels)


def _noticed(things: Things, thing: Thing) -> Iterator[Thing]:
    """Yield what the thing's own mover is timed by: a monitor that changes decides anew which members are in use."""
    for term in thing.entry.mover.terms if thing.entry.mover is not None else ():
        for end in resolve(things, thing, term.of) if term.of is not None else ():
            if isinstance(end.to, Thing):
                yield end.to


def _users(things: Things) -> Mapping[tuple[str, str], list[str]]:
    """Return for each stack and URN the things whose inputs come from it."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for thing in things.all:
        source = thing.source
        if source is None or thing.urn is None:
            continue
        targets = {target for bag in _bags(thing) for each in bag.values() for target in each}
        for graph, target in things.behind(thing.graph, *sorted(targets)):
            found[graph.name, target].append(thing.id)
    return found


def _bags(thing: Thing) -> Iterator[Mapping[str, tuple[str, ...]]]:
    assert thing.source is not None
    yield thing.source.element_dependencies
    yield getattr(thing.source, "property_dependencies", {})


def _perhaps(
    things: Things,
    parts: Parts,
    users: Mapping[tuple[str, str], list[str]],
    graph: ResourceGraph,
    resource: Resource,
) -> Iterator[str]:
    device = things.at(graph, resource.provider) if resource.provider else None
    found: dict[str, None] = {} if device is None else {device.id: None}
    bags = (resource.element_dependencies, resource.property_dependencies)
    targets = {target for bag in bags for each in bag.values() for target in each}
    for there, target in things.behind(graph, *sorted(targets)):
        other = things.at(there, target)
        if other is not None and not other.entry.token.startswith(PROVIDER):
            found[other.id] = None
    found.update(dict.fromkeys(users.get((graph.name, resource.urn), ())))
    yield from (part for part in found if part in parts.all)


def _doubt(resource: Resource) -> Fact:
    why = f"the catalogue does not know {resource.type}, so what a change of {resource.name} reaches is not known"
    reason = Reason(why, Basis.UNKNOWN, resource.location)
    return Fact(f"what {resource.urn} reaches", ("nothing", "what it is joined to"), reason, _REMEDY)
