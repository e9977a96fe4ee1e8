"""Writes a project, and reads its program as the command line does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.check import Options, graphs
from resilience_checks.report.graph_json import as_data

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

JAVASCRIPT = "name: web\nruntime: {name: nodejs, options: {typescript: false}}\n"
TYPESCRIPT = "name: web\nruntime: nodejs\n"


def write(directory: Path, packages: Path | None, files: Mapping[str, str]) -> Path:
    """Write a project in a repository of its own, with these packages above it."""
    project = directory / "project"
    project.mkdir()
    (directory / ".git").mkdir()
    if packages is not None:
        (directory / "node_modules").symlink_to(packages)
    for name, text in {"package.json": '{"name": "web"}', **files}.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    return project


def graph(project: Path, *, seconds: float = 120.0, lookups: Path | None = None, outputs: Path | None = None) -> Any:
    """Return the graph as `graph --format json` prints it."""
    options = Options(paths=(project,), root=project.parent, seconds=seconds, lookups=lookups, stack_outputs=outputs)
    (found,) = graphs(options)
    return as_data(found)


def line(text: str, fragment: str) -> int:
    """Return the line of a text in which a fragment stands."""
    return next(number for number, part in enumerate(text.splitlines(), 1) if fragment in part)
