"""`resources`: what programs give to the resources of the types that policies ask for, as it stands there."""

from __future__ import annotations

import re
from fnmatch import translate
from typing import TYPE_CHECKING, Any

from resilience_checks.model.question import Step
from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.resource import Resource
    from resilience_checks.model.values import Value
    from resilience_checks.policy.matter import Matter


def section(matter: Matter) -> Section:
    """Return the resources by type, each with its inputs by path (`a.b.0`); the line of each is at its URN.

    `states` says of each path whether it is known, unknown or secret; a list or object with an unknown in it is
    unknown itself. `values` has what is known.
    """
    wanted = re.compile("|".join(translate(glob) for glob in matter.types) or r"(?!)")
    data: dict[str, list[dict[str, Any]]] = {}
    places = {}
    for graph in matter.graphs:
        for resource in graph.resources:
            if wanted.match(resource.type):
                data.setdefault(resource.type, []).append(_resource(resource, graph.name))
                places[resource.urn] = Step(f"{resource.type} {resource.name}", resource.location)
    return Section(data, places)


def _resource(resource: Resource, stack: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    states: dict[str, str] = {}
    for name, value in resource.inputs.items():
        _add(name, value, values, states)
    return {
        "urn": resource.urn,
        "name": resource.name,
        "stack": stack,
        "values": values,
        "states": states,
        "unknown": [path for path, state in states.items() if state == "unknown"],
    }


def _add(path: str, value: Value, values: dict[str, Any], states: dict[str, str]) -> str:
    """Add what stands at the path and below it, and return its state; no secret is written."""
    if isinstance(value, Secret):
        state = "secret"
    elif isinstance(value, Unknown):
        state = "secret" if value.secret else "unknown"
    elif isinstance(value, (LookupAnswer, StackOutput)):
        state = "unknown"
    elif value is None or isinstance(value, (bool, int, float, str)):
        state, values[path] = "known", value
    else:
        inner = _inner(value)
        found = {_add(f"{path}.{key}", item, values, states) for key, item in inner.items()}
        state = next((one for one in ("unknown", "secret") if one in found), "known")
        if state == "known":
            keys = [(key, values[f"{path}.{key}"]) for key in inner]
            values[path] = dict(keys) if hasattr(value, "keys") else [item for _, item in keys]
    states[path] = state
    return state


def _inner(value: Any) -> Mapping[str, Value]:
    return value if hasattr(value, "keys") else {str(number): item for number, item in enumerate(value)}
