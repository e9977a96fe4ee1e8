"""Previews and states written from a few resources, in the form that the Pulumi CLI writes, and read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.model.values import LookupAnswer, Secret, Unknown
from resilience_checks.sources.files.reading import open_all

if TYPE_CHECKING:
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.resource import Resource

FILES = Path(__file__).parent / "files"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
MARK = "4dabf18193072939515e22adb298388d"
CIPHER = {MARK: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
PREFIX = "urn:pulumi:prod::web::"
STACK = f"{PREFIX}pulumi:pulumi:Stack::web-prod"


def urn(name: str, kind: str = "pkg:index:Thing") -> str:
    return f"{PREFIX}{kind}::{name}"


def state(name: str, kind: str = "pkg:index:Thing", **more: Any) -> dict[str, Any]:
    return {"urn": urn(name, kind), "custom": True, "type": kind, "parent": STACK, **more}


def root() -> dict[str, Any]:
    return {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"}


def step(new: dict[str, Any], op: str = "create", **more: Any) -> dict[str, Any]:
    return {"op": op, "urn": new["urn"], "newState": new, "detailedDiff": None, **more}


def preview(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a whole preview: its summary counts the steps."""
    counts: dict[str, int] = {}
    for item in steps:
        counts[item["op"]] = counts.get(item["op"], 0) + 1
    return {"steps": list(steps), "duration": 1, "changeSummary": counts, **more}


def export(*states: dict[str, Any], version: int = 3, **more: Any) -> dict[str, Any]:
    return {"version": version, "deployment": {"manifest": {"version": "v3.137.0"}, "resources": list(states), **more}}


def read(document: object, directory: Path, *, kind: str | None = None, raw: bytes | None = None) -> ResourceGraph:
    """Write a document, or raw bytes, and read it; raises what the reader raises."""
    file = directory / "file.json"
    file.write_bytes(json.dumps(document, indent=2).encode() if raw is None else raw)
    kind = kind or ("preview" if isinstance(document, dict) and "steps" in document else "state")
    previews, states = ([file], []) if kind == "preview" else ([], [file])
    found = open_all(previews, states, (directory,), directory)
    for failure in found.failures:
        raise failure
    return found.sources[0].graph()


def as_state(resource: Resource, *, hides: bool) -> dict[str, Any]:
    """Return a resource as the engine writes it; `hides`: secrets as a preview shows them, lookups as mere answers."""
    fields = {
        "urn": resource.urn,
        "custom": resource.custom,
        "type": resource.type,
        "inputs": _written(resource.inputs, hides=hides),
        "parent": resource.parent,
        "provider": f"{resource.provider}::{UNKNOWN if hides else 'an-id'}" if resource.provider else None,
        "dependencies": list(resource.dependencies),
        "propertyDependencies": {
            key: [urn for urn in urns if urn.startswith("urn:")] for key, urns in resource.property_dependencies.items()
        },
        "protect": resource.options.protect,
        "retainOnDelete": resource.options.retain_on_delete,
        "deletedWith": resource.options.deleted_with,
        "ignoreChanges": list(resource.options.ignore_changes),
        "aliases": list(resource.options.aliases),
        "external": resource.external_id is not None,
        "id": resource.external_id,
    }
    if resource.location is not None:
        fields["stackTrace"] = [
            {},
            {"sourcePosition": f"project:///{resource.location.path}#{resource.location.line},1"},
        ]
    return {key: value for key, value in fields.items() if value}


def _written(value: Any, *, hides: bool) -> Any:
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, Secret):
        return "[secret]" if hides else {**CIPHER, "ciphertext": value.digest}
    if isinstance(value, LookupAnswer):
        return f"{value.lookup.rpartition(':')[2]} {value.path}"  # as some id that only the provider knows
    if isinstance(value, dict):
        return {key: _written(item, hides=hides) for key, item in value.items()}
    if isinstance(value, list):
        return [_written(item, hides=hides) for item in value]
    return value
