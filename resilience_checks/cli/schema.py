"""`schema`: the JSON Schemas of what is read and written."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.choice import Choice
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings

_PLACES = {
    "resilience.yaml": ("topology", "resilience.schema.json"),
    "catalogue": ("catalogue", "schema.json"),
    "metadata": ("policy", "metadata.schema.json"),
    "policy-input": ("policy", "document.schema.json"),
    "resilience-waivers.yaml": ("gate", "waivers.schema.json"),
    "baseline": ("gate", "baseline.schema.json"),
    "report": ("report", "report.schema.json"),
    "verification": ("report", "verification.schema.json"),
    "report-diff": ("report", "report_diff.schema.json"),
}
"""What each schema is of, and where it stands in the package."""


@click.command()
@click.argument("name", type=Choice(tuple(_PLACES)))
@options.OUTPUT
@options.DEBUG
def schema(**given: Any) -> None:
    """Print the JSON Schema of NAME, for editors and for programs.

    \b
    Example:
      resilience-checks schema resilience.yaml --output resilience.schema.json
    """  # noqa: D301 click reads the escape
    guarded(_schema, {**given, "paths": ()})


def text(name: str) -> str:
    """Return the schema of this name, as it stands in the package."""
    folder, file = _PLACES[name]
    return (files("resilience_checks") / folder / file).read_text(encoding="utf-8")


def _schema(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli.output import hold_writable, write

    _ = root, around
    hold_writable(given["output"])
    write(text(given["name"]), given["output"])
    return 0
