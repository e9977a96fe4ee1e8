"""What the programs show: each resource, lookup, element or provider instance that means something for failure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Condition, Entry, Name
from resilience_checks.model import paths
from resilience_checks.model.question import Holds
from resilience_checks.model.resource import Lookup, Resource
from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Value
    from resilience_checks.topology.declared import Declarations

PROVIDER = "pulumi:providers:"
UNKNOWN_ROLE = "unknown"
"""The role of what a declaration names without saying what it is, where the catalogue does not know it either."""
STACK_REFERENCE = "pulumi:pulumi:StackReference"
OUTPUT = "output:"
"""How `StackOutput.reference` begins."""


@dataclass(slots=True, eq=False)
class Thing:
    """Something in a program that has a catalogue entry; `device` is the provider instance that it is set on.

    An element (`owner` set) is a part inside a resource: its paths start at `base`. `id` is made of the names
    that the estate itself uses, so that renaming resources in the program changes nothing.
    """

    entry: Entry
    graph: ResourceGraph
    source: Resource | Lookup | None
    inputs: Mapping[str, Value]
    base: str = ""
    owner: Thing | None = None
    device: Thing | None = None
    provider_names: tuple[str | None, ...] = ()
    logical_name: str = ""
    natural: str | None = None
    id: str = ""
    joined: list[Thing] = field(default_factory=list)
    """Resources that configure this device."""

    @property
    def location(self) -> Location | None:
        """The line that made it."""
        if self.owner is not None:
            return self.owner.location
        return self.source.location if self.source else self.graph.project_file

    @property
    def urn(self) -> str | None:
        """The URN of the resource that it is or is part of."""
        source = self.owner.source if self.owner else self.source
        return source.urn if isinstance(source, Resource) else None

    @property
    def names(self) -> tuple[str | None, ...]:
        """What a selector's `name` is held against: the estate's own name, and the program's."""
        own = (self.natural,) if self.natural is not None or self.named_unseen else ()
        return (*own, self.logical_name)

    @property
    def named_unseen(self) -> bool:
        """Whether the program gives it a name of its own that is not known yet."""
        return self.natural is None and any(self.values(path) for path in self.entry.named)

    @property
    def label(self) -> str:
        """What to call it before a reader."""
        device = self.entry.token.startswith(PROVIDER) and self.entry.role is not None
        name = self.natural or self.logical_name
        return f"{self.entry.role if device else _kind(self.entry.token)} {name}".strip()

    def values(self, path: str) -> tuple[tuple[str, Value], ...]:
        """Return the values at an entry's path; `^x` reads x of the element's owner."""
        if path.startswith("^"):
            assert self.owner is not None
            return self.owner.values(path[1:])
        root = paths.first(self.inputs, self.base) if self.base else self.inputs
        prefix = f"{self.base}." if self.base else ""
        return tuple((f"{prefix}{at}" if at else self.base, value) for at, value in paths.find(root, path))

    def value(self, path: str) -> Value:
        """Return the first value at an entry's path, None where there is none."""
        found = self.values(path)
        return found[0][1] if found else None

    def references(self, at: str) -> tuple[str, ...]:
        """Return the URNs and lookup ids that the value at the concrete path `at` comes from."""
        source = self.owner.source if self.owner else self.source
        if source is None:
            return ()
        value = paths.first(self.inputs, at)
        if isinstance(value, LookupAnswer):
            return (value.lookup,)
        if isinstance(value, StackOutput):
            return (value.reference,)
        exact = {
            target: None
            for path, targets in source.element_dependencies.items()
            if paths.within(at, path) or paths.within(path, at)
            for target in targets
        }
        if exact or self.graph.capabilities.element_dependencies or isinstance(source, Lookup):
            return tuple(exact)
        whole = source.property_dependencies.get(_property(at), ())
        return () if self._tells_apart(at, whole) else whole

    def possible(self, at: str) -> tuple[str, ...]:
        """Return the URNs and lookup ids of which the value at `at` may come from some, where `references` has none.

        A way of reading that tells dependencies by whole inputs alone cannot say which of an input's several
        resources stands at which place of it.
        """
        source = self.owner.source if self.owner else self.source
        if not isinstance(source, Resource) or self.graph.capabilities.element_dependencies:
            return ()
        whole = source.property_dependencies.get(_property(at), ())
        return whole if self._tells_apart(at, whole) and not self.references(at) else ()

    def _tells_apart(self, at: str, targets: tuple[str, ...]) -> bool:
        """Return whether only an element's own dependencies could tell which of `targets` stands at `at`.

        The elements of a flat list stand for all of the list's resources together, whichever is whose.
        """
        key = _property(at)
        value = self.inputs.get(key)
        flat = isinstance(value, list) and not any(isinstance(item, list | Mapping) for item in value)
        return len(targets) > 1 and at != key and not flat


def _property(at: str) -> str:
    return re.split(r"[.\[]", at, maxsplit=1)[0]


def holds(thing: Thing, condition: Condition) -> Holds:
    """Return whether every named input surely has one of the values."""
    answer = Holds.YES
    for path, allowed in condition:
        value = thing.value(path)
        if isinstance(value, Unknown | Secret | LookupAnswer | StackOutput):
            answer = Holds.UNKNOWN
        elif value not in allowed:
            return Holds.NO
    return answer


def text(value: Value) -> str | None:
    """Return a known scalar as the text that names are compared by, None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else str(value)
    return None


@dataclass
class Things:
    """Every thing of every stack, found by URN or lookup id within its graph."""

    graphs: tuple[ResourceGraph, ...] = ()
    all: list[Thing] = field(default_factory=list)
    by_reference: dict[tuple[int, str], Thing] = field(default_factory=dict)
    names: dict[tuple[str, object, str], list[Thing]] = field(default_factory=lambda: defaultdict(list))
    known: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    foreign: list[tuple[ResourceGraph, Resource]] = field(default_factory=list)
    """Resources of types that the catalogue does not know."""
    outputs: dict[str, tuple[ResourceGraph, tuple[str, ...]]] = field(default_factory=dict)
    """What each output of a stack, as other stacks refer to it, comes from in its own graph."""

    def at(self, graph: ResourceGraph, reference: str) -> Thing | None:
        """Return the thing that a URN or lookup id of `graph` stands for."""
        return self.by_reference.get((id(graph), reference))

    def behind(self, graph: ResourceGraph, *references: str) -> tuple[tuple[ResourceGraph, str], ...]:
        """Return what dependencies of `graph` lead to in the end, and in which graph: outputs are followed there."""
        found: dict[tuple[int, str], tuple[ResourceGraph, str]] = {}
        seen: set[str] = set()
        pending = [(graph, reference) for reference in references]
        while pending:
            here, target = pending.pop(0)
            output = self.outputs.get(target)
            if output is None:
                found[(id(here), target)] = (here, target)
            elif target not in seen:
                seen.add(target)
                there, targets = output
                pending += [(there, further) for further in targets]
        return tuple(found.values())

    def named(self, kind: str, name: str, seeker: Thing) -> list[Thing]:
        """Return what bears the name, the nearest scope first: same device, same stack, whole estate."""
        for scope in (seeker.device or seeker, id(seeker.graph), None):
            found = self.names.get((kind, scope if not isinstance(scope, Thing) else id(scope), name))
            if found:
                return found
        return []


def collect(graphs: Sequence[ResourceGraph], catalogue: Catalogue, declarations: Declarations) -> Things:
    """Find everything in the graphs that the catalogue knows or a declaration names, and count what it does not know."""
    things = Things(tuple(graphs))
    for graph in graphs:
        _Collector(things, graph, catalogue, declarations).run()
    things.outputs = _outputs(things)
    _give_ids(things.all)
    for thing in things.all:
        for name in thing.entry.names:
            for value in _name_values(thing, name):
                things.names[(name.kind, _scope(thing, name), value)].append(thing)
    return things


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


class _Collector:
    """Collects the things of one graph."""

    def __init__(self, things: Things, graph: ResourceGraph, catalogue: Catalogue, declarations: Declarations) -> None:
        self.things, self.graph, self.catalogue, self.declarations = things, graph, catalogue, declarations
        self.defaults: dict[str, Thing] = {}

    def run(self) -> None:
        resources = self.graph.resources
        for resource in resources:
            if resource.type.startswith(PROVIDER):
                self._provider(resource)
        for lookup in self.graph.lookups:
            entry = self.catalogue.lookup(lookup.token)
            if entry is not None:
                self._add(entry, lookup, lookup.args, lookup.id, lookup.provider, "")
        for resource in resources:
            if resource.custom and not resource.type.startswith(PROVIDER) and resource.type != STACK_REFERENCE:
                self._resource(resource)

    def _resource(self, resource: Resource) -> None:
        entry = self.catalogue.entry(resource.type)
        if entry is None:
            self.things.unknown[resource.type] += 1
            self.things.foreign.append((self.graph, resource))
            if resource.urn in self.declarations.resources:
                entry = self._named(resource)
                self._add(entry, resource, resource.inputs, resource.urn, resource.provider, resource.name)
            return
        self.things.known[resource.type] += 1
        thing = self._add(entry, resource, resource.inputs, resource.urn, resource.provider, resource.name)
        for element in entry.elements:
            self._elements(thing, element)

    def _named(self, resource: Resource) -> Entry:
        """Return what is known of a type that only a declaration about one of its resources says something of."""
        package = resource.type.partition(":")[0]
        role = self.declarations.resources[resource.urn] or UNKNOWN_ROLE
        return Entry(resource.type, package, "cloud", role=role, entry=resource.urn in self.declarations.doors)

    def _provider(self, resource: Resource) -> None:
        package = resource.type.removeprefix(PROVIDER)
        meaning = self.catalogue.provider(package)
        known = self.catalogue.package(package)
        self.things.known[resource.type] += 1
        entry = Entry(resource.type, package, known.estate if known else "cloud", role=meaning.role, entry=False)
        thing = Thing(entry, self.graph, resource, resource.inputs, logical_name=resource.name)
        raw = next((value for path in meaning.key for _, value in thing.values(path)), None)
        key = text(raw)
        thing.natural = re.sub(meaning.strip, "", key) if key is not None and meaning.strip else key
        thing.provider_names = (
            resource.name,
            None if raw is not None and key is None else thing.natural or resource.name,
        )
        self.things.by_reference[(id(self.graph), resource.urn)] = thing
        self.things.all.append(thing)

    def _default_provider(self, package: str) -> Thing:
        if package not in self.defaults:
            meaning, known = self.catalogue.provider(package), self.catalogue.package(package)
            entry = Entry(PROVIDER + package, package, known.estate if known else "cloud", role=meaning.role)
            thing = Thing(entry, self.graph, None, {}, logical_name=f"default {package} provider of {self.graph.name}")
            thing.provider_names = ("default", None)
            self.defaults[package] = thing
            self.things.all.append(thing)
        return self.defaults[package]

    def _add(
        self,
        entry: Entry,
        source: Resource | Lookup,
        inputs: Mapping[str, Value],
        reference: str,
        provider: str | None,
        name: str,
    ) -> Thing:
        device = self.things.at(self.graph, provider) if provider else self._default_provider(entry.package)
        thing = Thing(entry, self.graph, source, inputs, device=device, logical_name=name)
        thing.provider_names = device.provider_names if device else ()
        thing.natural = _natural(thing)
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
            own = _natural(element)
            element.natural = f"{owner.natural or owner.logical_name}:{own or at}"
            if holds(element, entry.skip) is not Holds.YES or not entry.skip:
                self.things.all.append(element)


def _natural(thing: Thing) -> str | None:
    parts = [text(value) for path in thing.entry.named for _, value in thing.values(path)[:1]]
    known = [part for part in parts if part]
    return "/".join(known) if known else None


def _name_values(thing: Thing, name: Name) -> Iterator[str]:
    """Yield each full name; a name of several paths takes the first value of each."""
    if len(name.paths) == 1:
        values = [[text(value)] for _, value in thing.values(name.paths[0])]
    else:
        values = [[text(thing.value(path)) for path in name.paths]]
    for parts in values:
        known = [part for part in parts if part is not None]
        if len(known) == len(parts):
            stripped = [re.sub(name.strip, "", part) if name.strip else part for part in known]
            yield name.join.join(stripped)


def _scope(thing: Thing, name: Name) -> int | None:
    if name.scope == "provider":
        return id(thing.device or thing)
    return id(thing.graph) if name.scope == "stack" else None


def _kind(token: str) -> str:
    if token.startswith(PROVIDER):
        return token.removeprefix(PROVIDER)
    module, _, kind = token.partition(":")[2].rpartition(":")
    return module.partition("/")[0] if kind == "base" else kind  # some SDKs call the main type of a module `base`


def _give_ids(things: list[Thing]) -> None:
    """Name each thing by the estate's names, adding type, stack and logical name only where two would be equal."""

    def base(thing: Thing) -> str:
        own = thing.natural or thing.logical_name
        if thing.entry.token.startswith(PROVIDER) or thing.device is None or thing.entry.estate == "cloud":
            return own
        return f"{thing.device.natural or thing.device.logical_name}/{own}"

    suffixes = (
        base,
        lambda thing: f"{_kind(thing.entry.token)} {base(thing)}",
        lambda thing: f"{_kind(thing.entry.token)} {base(thing)} ({thing.graph.name})",
        lambda thing: f"{_kind(thing.entry.token)} {base(thing)} ({thing.graph.name}:{thing.logical_name})",
    )
    pending = things
    taken: set[str] = set()
    for candidate in suffixes:
        counts = Counter(candidate(thing) for thing in pending)
        left = []
        for thing in pending:
            name = candidate(thing)
            if counts[name] == 1 and name not in taken:
                thing.id = name
                taken.add(name)
            else:
                left.append(thing)
        pending = left
    for index, thing in enumerate(pending):
        thing.id = f"{suffixes[-1](thing)}#{index}"
