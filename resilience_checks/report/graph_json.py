"""A stack's graph as JSON: what `graph --format json` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown

if TYPE_CHECKING:
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.model.operation import Operation
    from resilience_checks.model.resource import Lookup, Resource, ResourceOptions
    from resilience_checks.model.values import Value


def render(graph: ResourceGraph) -> str:
    """Return the graph as JSON; secrets are marked and never shown."""
    return json.dumps(as_data(graph), indent=2, ensure_ascii=False) + "\n"


def as_data(graph: ResourceGraph) -> dict[str, Any]:
    """Return the graph as JSON values, resources in the order of registration."""
    can = graph.capabilities
    return {
        "project": graph.project,
        "stack": graph.stack,
        "source": graph.source,
        "digest": graph.digest,
        "capabilities": {
            "lookups": can.lookups,
            "elementDependencies": can.element_dependencies,
            "secretEquality": can.secret_equality,
            "lines": can.lines,
            "complete": can.complete and not graph.hidden,
        },
        "notes": list(graph.notes),
        "resources": [_resource(resource) for resource in graph.resources],
        "lookups": [_lookup(lookup) for lookup in graph.lookups],
        "skippedCallbacks": [
            {"name": callback.name, "location": _location(callback.location)} for callback in graph.skipped
        ],
        "outputs": {key: value(item) for key, item in graph.outputs.items()},
        "outputDependencies": {path: list(targets) for path, targets in graph.output_dependencies.items()},
        "operations": {urn: _operation(operation) for urn, operation in graph.operations.items()},
        "stackReferences": [{"urn": link.urn, "name": link.name, "stack": link.stack} for link in graph.references],
    }


def value(item: Value) -> Any:
    """Return a value as JSON: unknowns, secrets and lookup answers as objects of their own.

    >>> value({"a": [Unknown("later"), 1]})
    {'a': [{'$unknown': {'why': 'later'}}, 1]}
    """
    if isinstance(item, Secret) or (isinstance(item, Unknown) and item.secret):
        return {"$secret": True}
    if isinstance(item, Unknown):
        return {"$unknown": {"why": item.why}}
    if isinstance(item, LookupAnswer):
        return {"$lookup": {"id": item.lookup, "path": item.path}}
    if isinstance(item, StackOutput):
        return {"$output": {"stack": item.stack, "path": item.path}}
    if isinstance(item, Mapping):
        return {key: value(inner) for key, inner in item.items()}
    if isinstance(item, Sequence) and not isinstance(item, str):
        return [value(inner) for inner in item]
    return item


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "custom": resource.custom,
        "parent": resource.parent,
        "provider": resource.provider,
        "externalId": resource.external_id,
        "inputs": value(resource.inputs),
        "dependencies": list(resource.dependencies),
        "propertyDependencies": {key: list(urns) for key, urns in resource.property_dependencies.items()},
        "elementDependencies": {path: list(urns) for path, urns in resource.element_dependencies.items()},
        "location": _location(resource.location),
        "options": _options(resource.options),
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "op": operation.op,
        "properties": list(operation.properties),
        "replaces": list(operation.replaces),
        "deletesFirst": str(operation.deletes_first),
    }


def _options(options: ResourceOptions) -> dict[str, Any]:
    return {
        "protect": options.protect,
        "retainOnDelete": options.retain_on_delete,
        "deleteBeforeReplace": options.delete_before_replace,
        "deletedWith": options.deleted_with,
        "ignoreChanges": list(options.ignore_changes),
        "aliases": list(options.aliases),
    }


def _lookup(lookup: Lookup) -> dict[str, Any]:
    return {
        "id": lookup.id,
        "token": lookup.token,
        "args": value(lookup.args),
        "provider": lookup.provider,
        "answered": lookup.answered,
        "answer": value(lookup.answer),
        "elementDependencies": {path: list(urns) for path, urns in lookup.element_dependencies.items()},
        "location": _location(lookup.location),
    }


def _location(place: Location | None) -> dict[str, Any] | None:
    return None if place is None else {"path": place.path, "line": place.line}
