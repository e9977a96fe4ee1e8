"""`graph`: what the programs would register."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.choice import Choice
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from resilience_checks.cli.surroundings import Surroundings


@click.command()
@options.PATHS
@options.STACK
@click.option(
    "--format",
    "form",
    type=Choice(("json",)),
    default="json",
    show_default=True,
    help="How the graph is written.",
)
@click.option(
    "--policy-input",
    is_flag=True,
    help="Print what policies read instead: one JSON document for each estate (docs/policy-input.md).",
)
@click.option(
    "--policies",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="With --policy-input: a folder of policies of your own, whose sections are added; may be repeated.",
)
@options.CONFIG
@options.OUTPUT
@options.PREVIEW
@options.STATE
@options.LOOKUPS
@options.STACK_OUTPUTS
@options.TIMEOUT
@options.READABLE
@options.DEBUG
def graph(**given: Any) -> None:
    """Print what the Pulumi programs under PATHS would register, one JSON document a stack."""
    guarded(_graph, given)


def _graph(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.check import graphs, policy_inputs
    from resilience_checks.cli.output import write
    from resilience_checks.report.graph_json import render
    from resilience_checks.report.text import inert

    _ = around
    chosen = options.chosen(given, root)
    if given["policy_input"]:
        text = "".join(f"{json.dumps(json.loads(each), indent=2)}\n" for each in policy_inputs(chosen))
    else:
        text = "".join(render(found) for found in graphs(chosen))
    write(inert(text), given["output"])
    return 0
