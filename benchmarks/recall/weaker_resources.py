"""Operators that weaken what a program registered: the graph of its resources."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchmarks.recall.expected import MOVED, STEERING, UNIT, ZONE
from benchmarks.recall.variants import Operator, Variant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from benchmarks.recall.variants import Stack
    from resilience_checks.model.resource import Resource


def with_inputs(stack: Stack, resource: Resource, place: str, inputs: Mapping[str, Any]) -> Variant:
    """Return the variant in which one resource has some other inputs."""
    changed = replace(resource, inputs={**resource.inputs, **inputs})
    resources = tuple(changed if item is resource else item for item in stack.graph.resources)
    return Variant(stack, f"{resource.name} {place}", graph=replace(stack.graph, resources=resources))


def zones_off(stack: Stack) -> Iterator[Variant]:
    """Let what was spread over zones stand in one."""
    for resource in stack.graph.resources:
        if resource.inputs.get("zoneRedundant") is True:
            yield with_inputs(stack, resource, "zoneRedundant", {"zoneRedundant": False})


def one_place(stack: Stack) -> Iterator[Variant]:
    """Move one resource into another region."""
    regions = {resource.inputs.get("location") for resource in stack.graph.resources} - {None, "global"}
    for resource in stack.graph.resources:
        for region in sorted(regions, key=str):
            if resource.inputs.get("location") not in {None, "global", region}:
                yield with_inputs(stack, resource, f"to {region}", {"location": region})


def drop_answer(stack: Stack) -> Iterator[Variant]:
    """Take one of the places that a name is answered with away."""
    for resource in stack.graph.resources:
        for name in ("members", "endpoints"):
            items = resource.inputs.get(name)
            if isinstance(items, list | tuple) and len(items) > 1:
                for number in range(len(items)):
                    left = [item for index, item in enumerate(items) if index != number]
                    fewer = _without(resource, name, number, left)
                    resources = tuple(fewer if item is resource else item for item in stack.graph.resources)
                    graph = replace(stack.graph, resources=resources)
                    yield Variant(stack, f"{resource.name} {name}[{number}]", graph=graph)


def _without(resource: Resource, name: str, gone: int, left: list[Any]) -> Resource:
    """Return the resource without one element of a list, and without what only that element came from."""
    other, kept = {}, {}
    for path, sources in resource.element_dependencies.items():
        if not path.startswith(f"{name}["):
            other[path] = sources
        elif not path.startswith(f"{name}[{gone}]"):
            kept[_renumbered(path, name, gone)] = sources
    whole = tuple(dict.fromkeys(source for sources in kept.values() for source in sources))
    return replace(
        resource,
        inputs={**resource.inputs, name: left},
        element_dependencies={**other, **kept},
        property_dependencies={**resource.property_dependencies, name: whole},
    )


def _renumbered(path: str, name: str, gone: int) -> str:
    number, rest = path.removeprefix(f"{name}[").split("]", 1)
    return f"{name}[{int(number) - (int(number) > gone)}]{rest}"


def one_instance(stack: Stack) -> Iterator[Variant]:
    """Let a plan have one instance."""
    for resource in stack.graph.resources:
        sku = resource.inputs.get("sku")
        if isinstance(sku, dict) and isinstance(sku.get("capacity"), int | float):
            yield with_inputs(stack, resource, "one instance", {"sku": {**sku, "capacity": 1}})


def drop_device(stack: Stack) -> Iterator[Variant]:
    """Take one firewall or switch away."""
    for resource in stack.graph.resources:
        if resource.type.rpartition("/")[2].split(":")[-1] in {"Gateway", "Switch"}:
            left = tuple(item for item in stack.graph.resources if item is not resource)
            yield Variant(stack, resource.name, graph=replace(stack.graph, resources=left))


def drop_unit(stack: Stack) -> Iterator[Variant]:
    """Take all that is configured on one firewall away, with its provider."""
    devices: list[Resource] = [item for item in stack.graph.resources if item.type == "pulumi:providers:fortios"]
    for device in devices:
        left = tuple(item for item in stack.graph.resources if item is not device and item.provider != device.urn)
        yield Variant(stack, device.name, graph=replace(stack.graph, resources=left))


PLACES: tuple[tuple[str, Callable[[Stack], Iterator[Variant]], frozenset[str]], ...] = (
    ("turn zones off, resource by resource", zones_off, ZONE),
    ("move a resource into another region", one_place, MOVED | STEERING),
    ("drop an answer of a name", drop_answer, STEERING),
    ("leave one instance", one_instance, ZONE | UNIT),
    ("remove a network device", drop_device, UNIT),
    ("remove a firewall with all that is on it", drop_unit, UNIT),
)
OPERATORS = tuple(Operator(name, "resources", places, accepted) for name, places, accepted in PLACES)
