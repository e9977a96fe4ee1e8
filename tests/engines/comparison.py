"""The same program, previewed by the real engine and graphed offline, in one form in which both can be compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from resilience_checks.check import Options, graphs
from resilience_checks.report.graph_json import as_data
from resilience_checks.sources.wire import UNKNOWNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.engines.real import Engine

PACKAGES = (
    "aws",
    "azure-native",
    "f5bigip",
    "fortios",
    "junipermist",
    "kubernetes",
    "pulumi-python",
    "random",
    "vsphere",
)
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_ENGINE_ALONE = ("version", "__internal", "pluginDownloadURL")
"""Inputs of providers that the engine adds."""
_STACK = "pulumi:pulumi:Stack"
Facts = dict[str, dict[str, Any]]


def compare(
    engine: Engine,
    program: Path,
    stack: str,
    *,
    lookups: Path | None = None,
    stack_outputs: Path | None = None,
    packages: tuple[str, ...] = PACKAGES,
    keep: Path | None = None,
) -> tuple[Facts, Facts]:
    """Return what the real engine says of each resource, and what the offline run says of it; `keep` the preview there."""
    said = engine.preview(program, stack, packages=packages, lookups=lookups, stack_outputs=stack_outputs)
    if keep is not None:
        keep.write_text(json.dumps(said), encoding="utf-8")
    options = Options(
        paths=(program,), root=program, stacks=(stack,), lookups=lookups, stack_outputs=stack_outputs, seconds=300.0
    )
    (graph,) = graphs(options)
    return real_facts(said), offline_facts(json.loads(json.dumps(as_data(graph))))


def file_facts(program: Path, preview: Path) -> Facts:
    """Return the facts that a reader of the preview's file finds."""
    (graph,) = graphs(Options(paths=(program,), root=program, previews=(preview,)))
    return offline_facts(json.loads(json.dumps(as_data(graph))))


def real_facts(preview: Mapping[str, Any]) -> Facts:
    """Return the facts of a `pulumi preview --json --show-sames`, by URN."""
    states = {step["urn"]: step["newState"] for step in preview["steps"] if "newState" in step}
    return {urn: _real(state) for urn, state in states.items() if not _engine_made(urn)}


def offline_facts(graph: Mapping[str, Any]) -> Facts:
    """Return the facts of a `graph --format json`, by URN."""
    return {resource["urn"]: _offline(resource) for resource in graph["resources"] if not _engine_made(resource["urn"])}


def differences(real: Facts, offline: Facts) -> list[str]:
    """Return a line for each fact in which the two differ."""
    found = [f"{urn}: only the engine has it" for urn in sorted(real.keys() - offline.keys())]
    found += [f"{urn}: only the offline run has it" for urn in sorted(offline.keys() - real.keys())]
    for urn in sorted(real.keys() & offline.keys()):
        for what, value in real[urn].items():
            if value != offline[urn][what]:
                found.append(f"{urn}: {what}\n  engine:  {_shown(value)}\n  offline: {_shown(offline[urn][what])}")
    return found


def _shown(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _engine_made(urn: str) -> bool:
    kind, name = urn.split("::")[2:4]
    return kind.rpartition("$")[2].startswith("pulumi:providers:") and name.startswith("default")


def _real(state: Mapping[str, Any]) -> dict[str, Any]:
    provider = state.get("provider", "").rpartition("::")[0]
    frames = [frame.get("sourcePosition", "") for frame in state.get("stackTrace", ())]
    return {
        "type": state["type"],
        "custom": state["custom"],
        "parent": state.get("parent"),
        "provider": None if not provider or _engine_made(provider) else provider,
        "inputs": _inputs(state["type"], _value(state.get("inputs", {}))),
        "dependencies": sorted(state.get("dependencies", ())),
        "propertyDependencies": _properties(state.get("propertyDependencies") or {}),
        "place": next((place for frame in frames if (place := _place(frame))), None),
        "options": _real_options(state),
    }


def _offline(resource: Mapping[str, Any]) -> dict[str, Any]:
    place = resource["location"]
    return {
        "type": resource["type"],
        "custom": resource["custom"],
        "parent": resource["parent"],
        "provider": None if not resource["provider"] or _engine_made(resource["provider"]) else resource["provider"],
        "inputs": _inputs(resource["type"], _plain(resource["inputs"])),
        "dependencies": sorted(resource["dependencies"]),
        "propertyDependencies": _properties(resource["propertyDependencies"]),
        "place": None if place is None else f"{place['path']}:{place['line']}",
        "options": _offline_options(resource),
    }


def _real_options(state: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "protect": bool(state.get("protect")),
        "retainOnDelete": bool(state.get("retainOnDelete")),
        "deletedWith": state.get("deletedWith") or None,
    }


def _offline_options(resource: Mapping[str, Any]) -> dict[str, Any]:
    options = resource.get("options", {})
    return {
        "protect": options.get("protect", False),
        "retainOnDelete": options.get("retainOnDelete", False),
        "deletedWith": options.get("deletedWith"),
    }


def _inputs(kind: str, inputs: dict[str, Any]) -> dict[str, Any]:
    if not kind.startswith("pulumi:providers:"):
        return inputs
    return {key: value for key, value in inputs.items() if key not in _ENGINE_ALONE}


def _properties(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the URNs of each property; an offline graph names lookups among them, which the engine cannot."""
    kept = {key: sorted(urn for urn in urns if not urn.startswith("lookup:")) for key, urns in found.items()}
    return {key: urns for key, urns in kept.items() if urns}


def _place(position: str) -> str | None:
    path, _, at = position.removeprefix("project:///").partition("#")
    return None if not at or path.startswith("../") else f"{path}:{at.partition(',')[0]}"


def _value(value: Any) -> Any:
    """Return a value of the CLI's: unknowns and secrets as the offline graph writes them."""
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items() if key != _SIGNATURE}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if value == "[secret]":
        return {"$secret": True}
    if isinstance(value, str) and value in UNKNOWNS:
        return {"$unknown": True}
    return value


def _plain(value: Any) -> Any:
    """Return a value of the offline graph without the reasons that only it can give."""
    if isinstance(value, dict):
        if "$unknown" in value:
            return {"$unknown": True}
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
