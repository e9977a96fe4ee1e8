"""Turns the markers in a graph into links to the outputs of other stacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from resilience_checks.model.graph import ResourceGraph, StackLink
from resilience_checks.model.paths import within
from resilience_checks.model.values import Secret, StackOutput, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from resilience_checks.model.resource import Lookup, Resource
    from resilience_checks.model.values import Value
    from resilience_checks.sources.stacks.markers import Markers

STACK_REFERENCE = "pulumi:pulumi:StackReference"


@dataclass(frozen=True)
class Reference:
    """What a program that names another stack is told of it.

    `stack` is the checked stack that is meant, None where there is none. `outputs` are its outputs as values, None
    where they are not known; `why` then says why. `given` names the file that they are from.
    """

    name: str
    stack: str | None = None
    outputs: Mapping[str, Value] | None = None
    why: str = ""
    given: str | None = None


def named(resource: Resource) -> str | None:
    """Return the stack that a StackReference names, None for another resource or a name that is not known."""
    if resource.type != STACK_REFERENCE:
        return None
    name = resource.inputs.get("name", resource.external_id)
    return name if isinstance(name, str) else None


def link(graph: ResourceGraph, references: Mapping[str, Reference], markers: Markers) -> tuple[ResourceGraph, bool]:
    """Return the graph with links, and whether its program took something apart that stood for an unknown output.

    `references` holds what the program was told, under the name that it gave.
    """
    links = [(resource, references.get(name)) for resource in graph.resources if (name := named(resource)) is not None]
    if not links and not references:
        return graph, False
    told = {resource.urn: reference for resource, reference in links if reference is not None}
    linker = _Linker(told, markers)
    resources = tuple(map(linker.resource, graph.resources))
    lookups = tuple(map(linker.lookup, graph.lookups))
    outputs, behind = linker.bag(graph.outputs, graph.output_dependencies, {})
    linked = replace(
        graph,
        resources=resources,
        lookups=lookups,
        outputs=outputs,
        output_dependencies=behind,
        references=tuple(
            StackLink(
                linker.text(resource.urn), linker.text(str(named(resource))), reference.stack if reference else None
            )
            for resource, reference in links
        ),
    )
    return linked, linker.damaged


@dataclass
class _Linker:
    """Rewrites values and texts of one graph; `told` is by the URN of the StackReference."""

    told: Mapping[str, Reference]
    markers: Markers
    damaged: bool = False
    _by_value: dict[str, dict[object, str | None]] = field(default_factory=dict)

    def resource(self, resource: Resource) -> Resource:
        inputs, behind = self.bag(resource.inputs, resource.element_dependencies, resource.property_dependencies)
        return replace(
            resource,
            urn=self.text(resource.urn),
            name=self.text(resource.name),
            inputs=inputs,
            element_dependencies=behind,
            parent=self.text(resource.parent) if resource.parent else None,
            provider=self.text(resource.provider) if resource.provider else None,
            external_id=self.text(resource.external_id) if resource.external_id else None,
            dependencies=tuple(map(self.text, resource.dependencies)),
            property_dependencies={
                key: tuple(map(self.text, urns)) for key, urns in resource.property_dependencies.items()
            },
        )

    def lookup(self, lookup: Lookup) -> Lookup:
        args, behind = self.bag(lookup.args, lookup.element_dependencies, {})
        provider = self.text(lookup.provider) if lookup.provider else None
        return replace(lookup, args=args, element_dependencies=behind, provider=provider)

    def text(self, text: str) -> str:
        """Return a name or URN with words in place of markers."""
        read = self.markers.read(text)
        if read is None:
            return text
        self.damaged |= read.damaged
        return read.shown

    def bag(
        self,
        bag: Mapping[str, Value],
        elements: Mapping[str, tuple[str, ...]],
        properties: Mapping[str, tuple[str, ...]],
    ) -> tuple[dict[str, Value], dict[str, tuple[str, ...]]]:
        """Return an input bag with links in it, and what each element then comes from."""
        found = {path: dict.fromkeys(map(self.text, targets)) for path, targets in elements.items()}
        added: dict[str, dict[str, None]] = defaultdict(dict)
        values = {}
        for key, value in bag.items():
            behind = {at: targets for at, targets in elements.items() if within(key, at)}
            if not behind and key in properties:
                behind = {key: properties[key]}
            values[self.text(key)] = self._value(value, key, behind, added)
        for path, targets in added.items():
            found.setdefault(path, {}).update(targets)
        return values, {path: tuple(sorted(targets)) for path, targets in sorted(found.items())}

    def _value(
        self, value: Value, at: str, behind: Mapping[str, tuple[str, ...]], added: dict[str, dict[str, None]]
    ) -> Value:
        if isinstance(value, Mapping):
            return {self.text(key): self._value(item, f"{at}.{key}", behind, added) for key, item in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [self._value(item, f"{at}[{index}]", behind, added) for index, item in enumerate(value)]
        if isinstance(value, Secret):
            meant = self.markers.revealed(value)
            if isinstance(meant, StackOutput):
                added[at][meant.reference] = None
            return meant
        read = self.markers.read(value) if isinstance(value, str) else None
        if read is not None:
            return self._marked(read.parts, at, added, whole=read.whole, damaged=read.damaged)
        references = [
            self.told[urn] for path, urns in behind.items() if within(path, at) for urn in urns if urn in self.told
        ]
        if isinstance(value, Unknown):
            return next((Unknown(reference.why) for reference in references if reference.why), value)
        for reference in references:
            path = self._path_of(reference, value)
            if path is not None and reference.stack is not None:
                added[at][StackOutput(reference.stack, path).reference] = None
        return value

    def _marked(
        self,
        parts: Iterable[StackOutput | Secret],
        at: str,
        added: dict[str, dict[str, None]],
        *,
        whole: bool,
        damaged: bool,
    ) -> Value:
        self.damaged |= damaged
        outputs = [part for part in parts if isinstance(part, StackOutput)]
        added[at].update({output.reference: None for output in outputs})
        if whole:
            return next(iter(parts))
        names = " and ".join(f"{output.path} of stack {output.stack}" for output in outputs)
        return Unknown(f"built from output {names}" if names else "built from a secret of another stack")

    def _path_of(self, reference: Reference, value: Value) -> str | None:
        """Return where in the outputs a known text stands that a program got from them; None where nowhere, or twice."""
        if reference.outputs is None or reference.stack is None or not isinstance(value, str):
            return None
        index = self._by_value.get(reference.name)
        if index is None:
            index = self._by_value[reference.name] = {}
            for path, leaf in _leaves(reference.outputs):
                index[leaf] = None if leaf in index else path
        return index.get(value)


def _leaves(bag: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    def walk(value: Value, at: str) -> Iterable[tuple[str, str]]:
        if isinstance(value, str):
            yield at, value
        elif isinstance(value, Mapping):
            for key, item in value.items():
                yield from walk(item, f"{at}.{key}" if at else key)
        elif isinstance(value, Sequence):
            for index, item in enumerate(value):
                yield from walk(item, f"{at}[{index}]")

    return walk(bag, "")
