"""`graph`: what the programs would register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings


@click.command()
@options.PATHS
@options.STACK
@click.option(
    "--format",
    "form",
    type=click.Choice(("json",)),
    default="json",
    show_default=True,
    help="How the graph is written.",
)
@options.OUTPUT
@options.PREVIEW
@options.STATE
@options.LOOKUPS
@options.STACK_OUTPUTS
@options.TIMEOUT
@options.DEBUG
def graph(**given: Any) -> None:
    """Print what the Pulumi programs under PATHS would register, one JSON document a stack."""
    guarded(_graph, given)


def _graph(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.check import graphs
    from resilience_checks.cli.output import inert, write
    from resilience_checks.report.graph_json import render

    _ = around
    write(inert("".join(render(found) for found in graphs(options.chosen(given, root)))), given["output"])
    return 0
