"""A graph from the engine, with the lines and lookups that only a run of the program shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from resilience_checks.model.values import LookupAnswer, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.resource import Resource
    from resilience_checks.model.values import Value

_SHOWN = 3


def enrich(engine: ResourceGraph, program: ResourceGraph, *, preview: bool) -> ResourceGraph:
    """Return the engine's graph with what the program's own run adds to each resource of the same URN and type.

    What the engine knows stays: its values are those that will be deployed. From the program come locations,
    lookups, which element of an input hangs on what, and what the engine's protocol leaves out. A resource that
    the program's run does not show keeps what the engine says of it, and the graph says that there is one. In a
    preview both skip callbacks on unknown values, and only the program's run sees that.
    """
    shown = {resource.urn: (number, resource) for number, resource in enumerate(program.resources)}
    found: list[tuple[int, str, Resource]] = []
    alone: list[str] = []
    for resource in engine.resources:
        number, twin = shown.get(resource.urn, (len(shown), None))
        if twin is None or twin.type != resource.type:
            alone.append(resource.urn)
            found.append((len(shown), resource.urn, resource))
        else:
            found.append((number, resource.urn, _joined(resource, twin)))
    found.sort(key=lambda item: item[:2])
    missing = sorted(shown.keys() - {resource.urn for resource in engine.resources})
    apart = any(resource.property_dependencies for _, urn, resource in found if urn in set(alone))
    can = program.capabilities
    return replace(
        engine,
        source="engine and program",
        resources=tuple(resource for *_, resource in found),
        lookups=program.lookups,
        skipped=program.skipped if preview else (),
        outputs=program.outputs or engine.outputs,
        output_dependencies=program.output_dependencies,
        references=program.references,
        capabilities=replace(
            engine.capabilities,
            lookups=can.lookups and not alone,
            element_dependencies=can.element_dependencies and not apart,
            lines=can.lines,
        ),
        notes=(*engine.notes, *program.notes, *_differences(alone, missing)),
        digest=program.digest,
    )


def _joined(resource: Resource, twin: Resource) -> Resource:
    elements = {path: dict.fromkeys(targets) for path, targets in twin.element_dependencies.items()}
    for at, lookup in _answers(twin.inputs, ""):
        elements.setdefault(at, {})[lookup] = None
    by_property = {
        key: tuple(sorted({*resource.property_dependencies.get(key, ()), *twin.property_dependencies.get(key, ())}))
        for key in sorted({*resource.property_dependencies, *twin.property_dependencies})
    }
    return replace(
        resource,
        custom=twin.custom,
        inputs={key: _value(value, twin.inputs.get(key)) for key, value in resource.inputs.items()},
        property_dependencies=by_property,
        element_dependencies={path: tuple(sorted(targets)) for path, targets in sorted(elements.items())},
        location=twin.location,
        external_id=twin.external_id,
        options=replace(
            resource.options,
            retain_on_delete=twin.options.retain_on_delete,
            deleted_with=twin.options.deleted_with,
        ),
    )


def _value(engine: Value, program: Value) -> Value:
    """Return the engine's value, and the program's reason or lookup for it where the engine knows none."""
    if isinstance(engine, Unknown):
        return program if isinstance(program, LookupAnswer | Unknown) else engine
    if isinstance(engine, Mapping) and isinstance(program, Mapping):
        return {key: _value(value, program.get(key)) for key, value in engine.items()}
    if _is_list(engine) and _is_list(program) and len(engine) == len(program):
        return [_value(one, other) for one, other in zip(engine, program, strict=True)]
    return engine


def _answers(value: Value, at: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the lookup of each answer in a value."""
    if isinstance(value, LookupAnswer):
        yield at, value.lookup
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _answers(item, f"{at}.{key}" if at else key)
    elif _is_list(value):
        for index, item in enumerate(value):
            yield from _answers(item, f"{at}[{index}]")


def _is_list(value: Value) -> TypeGuard[Sequence[Value]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _differences(alone: Sequence[str], missing: Sequence[str]) -> Iterator[str]:
    if alone:
        they = "it" if len(alone) == 1 else "them"
        yield f"{_counted(alone)} only the engine has, so there are no lines for {they}: {_names(alone)}"
    if missing:
        they = "it is" if len(missing) == 1 else "they are"
        yield f"{_counted(missing)} only the program's offline run has, so {they} left out: {_names(missing)}"


def _counted(urns: Sequence[str]) -> str:
    return f"{len(urns)} resource{'' if len(urns) == 1 else 's'}"


def _names(urns: Sequence[str]) -> str:
    return ", ".join(urns[:_SHOWN]) + (", ..." if len(urns) > _SHOWN else "")
