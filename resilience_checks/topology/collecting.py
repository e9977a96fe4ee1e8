"""Finds everything in the programs that means something for failure, and counts what nobody knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Entry, Placement
from resilience_checks.model import paths
from resilience_checks.model.question import Holds
from resilience_checks.model.values import Unknown
from resilience_checks.topology.described import described
from resilience_checks.topology.naming import give_ids, name_values, natural, scope
from resilience_checks.topology.references import resolve
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import (
    OUTPUT,
    PROVIDER,
    STACK_REFERENCE,
    Thing,
    Things,
    holds,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.catalogue.entries import Name, ProviderEntry
    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.resource import Lookup, Resource
    from resilience_checks.model.values import Value
    from resilience_checks.topology.declared import Declarations


def collect(graphs: Sequence[ResourceGraph], catalogue: Catalogue, declarations: Declarations) -> Things:
    """Find everything in the graphs that the catalogue knows or a declaration names, and count what it does not know."""
    things = Things(tuple(graphs))
    collectors = {id(graph): _Collector(things, graph, catalogue) for graph in graphs}
    for collector in collectors.values():
        collector.run()
    for graph, resource, entry in described(things, declarations):
        collectors[id(graph)].add(entry, resource, resource.inputs, resource.urn, resource.provider, resource.name)
    things.outputs = _outputs(things)
    give_ids(things)
    for thing in things.all:
        for name in thing.entry.names:
            for holder in _holders(things, thing, name):
                for value in name_values(holder, name):
                    things.names[(name.kind, scope(thing, name), value)].append(thing)
    for thing in things.all:
        for end in resolve(things, thing, thing.entry.scales[0]) if thing.entry.scales else ():
            if isinstance(end.to, Thing) and end.to.entry.instances is not None:
                end.to.scaled_by.append(thing)
    return things


def _holders(things: Things, thing: Thing, name: Name) -> tuple[Thing, ...]:
    """Return what holds the name of a thing: itself, or the resources that it refers to for it."""
    if name.of is None:
        return (thing,)
    return tuple(end.to for end in resolve(things, thing, name.of) if isinstance(end.to, Thing))


def _outputs(things: Things) -> dict[str, tuple[ResourceGraph, tuple[str, ...]]]:
    """Return what each output comes from that some graph refers to: its own path, what is below, what it is within."""
    by_name = {graph.name: graph for graph in things.graphs}
    behind = [
        bag
        for graph in things.graphs
        if graph.references
        for bag in (
            graph.output_dependencies,
            *(resource.element_dependencies for resource in graph.resources),
            *(lookup.element_dependencies for lookup in graph.lookups),
        )
    ]
    asked = {target for bag in behind for targets in bag.values() for target in targets if target.startswith(OUTPUT)}
    found = {}
    for target in sorted(asked):
        name, _, path = target.removeprefix(OUTPUT).partition(":")
        graph = by_name.get(name)
        if graph is not None:
            targets = {
                further: None
                for at, behind in graph.output_dependencies.items()
                if paths.within(at, path) or paths.within(path, at)
                for further in behind
            }
            found[target] = (graph, tuple(targets))
    return found


def _name_of(provider: Thing, meaning: ProviderEntry) -> str | None:
    """Return what the estate calls the provider instance, by the first of its naming inputs that is given."""
    key = text(next((value for path in meaning.key for _, value in provider.values(path)), None))
    return re.sub(meaning.strip, "", key) if key is not None and meaning.strip else key


def _instance(package: str, estate: str, meaning: ProviderEntry) -> Entry:
    """Return what an instance of a package's provider means."""
    inside = Placement(inside=meaning.inside) if meaning.inside else None
    return Entry(PROVIDER + package, package, estate, role=meaning.role, fault=meaning.fault, placement=inside)


class _Collector:
    """Collects the things of one graph."""

    def __init__(self, things: Things, graph: ResourceGraph, catalogue: Catalogue) -> None:
        self.things, self.graph, self.catalogue = things, graph, catalogue
        self.defaults: dict[str, Thing] = {}

    def run(self) -> None:
        resources = self.graph.resources
        for resource in resources:
            if resource.type.startswith(PROVIDER):
                self._provider(resource)
        for lookup in self.graph.lookups:
            entry = self.catalogue.lookup(lookup.token)
            if entry is not None:
                self.add(entry, lookup, lookup.args, lookup.id, lookup.provider, "")
        hidden = {resource.urn for resource in self.graph.hidden}
        for resource in resources:
            apart = resource.type.startswith(PROVIDER) or resource.type == STACK_REFERENCE
            if (resource.custom and not apart) or resource.urn in hidden:
                self._resource(resource)

    def _resource(self, resource: Resource) -> None:
        entry = self.catalogue.entry(resource.type)
        if entry is None:
            self.things.unknown[resource.type] += 1
            self.things.foreign.append((self.graph, resource))
            return
        self.things.known[resource.type] += 1
        thing = self.add(
            entry, resource, resource.inputs, resource.urn, self._provider_of(entry, resource), resource.name
        )
        for element in entry.elements:
            self._elements(thing, element)

    def _provider(self, resource: Resource) -> None:
        package = resource.type.removeprefix(PROVIDER)
        meaning = self.catalogue.provider(package)
        known = self.catalogue.package(package)
        self.things.known[resource.type] += 1
        entry = _instance(package, known.estate if known else "cloud", meaning)
        thing = Thing(entry, self.graph, resource, resource.inputs, logical_name=resource.name)
        thing.natural = _name_of(thing, meaning)
        unseen = thing.natural is None and any(thing.values(path) for path in meaning.key)
        thing.provider_names = (resource.name, None if unseen else thing.natural or resource.name)
        self.things.by_reference[(id(self.graph), resource.urn)] = thing
        self.things.all.append(thing)

    def _provider_of(self, entry: Entry, resource: Resource) -> str | None:
        """Return the explicit provider of a resource; of a component, that of what is in it."""
        if not entry.component:
            return resource.provider
        return resource.providers.get(self.catalogue.provider(entry.package).of or entry.package)

    def _default_provider(self, package: str) -> Thing:
        if package not in self.defaults:
            meaning, known = self.catalogue.provider(package), self.catalogue.package(package)
            entry = _instance(package, known.estate if known else "cloud", meaning)
            given = self.graph.default_providers.get(package, {})
            name = f"default {package} provider of {self.graph.name}"
            thing = Thing(entry, self.graph, None, given, logical_name=name)
            thing.natural = _name_of(thing, meaning)
            thing.provider_names = ("default", thing.natural) if meaning.key else ("default",)
            self.defaults[package] = thing
            self.things.all.append(thing)
        return self.defaults[package]

    def add(
        self,
        entry: Entry,
        source: Resource | Lookup,
        inputs: Mapping[str, Value],
        reference: str,
        provider: str | None,
        name: str,
    ) -> Thing:
        """Take up a resource or lookup under the reference by which others mean it."""
        home = (self.catalogue.provider(entry.package).of if entry.component else None) or entry.package
        device = self.things.at(self.graph, provider) if provider else self._default_provider(home)
        thing = Thing(entry, self.graph, source, inputs, device=device, logical_name=name)
        thing.provider_names = device.provider_names if device else ()
        thing.natural = natural(thing)
        self.things.by_reference[(id(self.graph), reference)] = thing
        self.things.all.append(thing)
        if entry.configures and device is not None:
            device.joined.append(thing)
        return thing

    def _elements(self, owner: Thing, entry: Entry) -> None:
        for at, value in owner.values(entry.each or "."):
            if isinstance(value, Unknown):
                continue
            element = Thing(entry, self.graph, owner.source, owner.inputs, base=at, owner=owner, device=owner.device)
            element.provider_names = owner.provider_names
            element.logical_name = f"{owner.logical_name}:{at}"
            own = natural(element)
            element.natural = f"{owner.natural or owner.logical_name}:{own or at}"
            if holds(element, entry.skip) is not Holds.YES or not entry.skip:
                self.things.all.append(element)
