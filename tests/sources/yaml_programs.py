"""YAML programs for tests: written to a directory, evaluated, as the data of `graph --format json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.report.graph_json import as_data
from resilience_checks.sources.discovery import discover
from resilience_checks.sources.given import Given
from resilience_checks.sources.interface import Limits
from resilience_checks.sources.opening import of_program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph

HEAD = "name: web\nruntime: yaml\n"
URN = "urn:pulumi:prod::web::"
STACK = f"{URN}pulumi:pulumi:Stack::web-prod"


def evaluate(
    directory: Path,
    program: str,
    *,
    config: str = "",
    files: Mapping[str, str] | None = None,
    given: Given | None = None,
    seconds: float = 60.0,
) -> ResourceGraph:
    """Return the graph of stack `prod` of project `web`; `config` is the text under its `config:`."""
    texts = {"Pulumi.yaml": HEAD + program, "Pulumi.prod.yaml": f"config:\n{config}" if config else "{}\n"}
    for name, text in {**texts, **(files or {})}.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
    (stack,) = discover([directory], directory).stacks
    return of_program(stack, directory, Limits(seconds=seconds), given or Given()).graph()


def data(graph: ResourceGraph) -> dict[str, Any]:
    """Return a graph as JSON values."""
    return as_data(graph)


def inputs(graph: ResourceGraph, name: str) -> dict[str, Any]:
    """Return the inputs of the resource of that name as JSON values."""
    found: dict[str, Any] = next(item["inputs"] for item in as_data(graph)["resources"] if item["name"] == name)
    return found


def computed(kind: str, name: str) -> dict[str, Any]:
    """Return what stands for a value that a resource computes."""
    return {"$unknown": {"why": f"computed at deployment by {kind} {name}"}}
