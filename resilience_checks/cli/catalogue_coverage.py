"""`catalogue coverage`: which types a program uses, and which of them the catalogue knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.policies import tell

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings


@click.command("coverage")
@options.FORM
@options.selection
def catalogue_coverage(**given: Any) -> None:
    """Say which resource types the stacks under PATHS use, and which of them the catalogue knows.

    What is not known comes first, most used first. Components whose plugin makes what is in them are told apart: their
    inside is not shown offline.

    \b
    Examples:
      resilience-checks catalogue coverage stacks/nhs-wales-resilient
      resilience-checks catalogue coverage --state state.json --format json
    """  # noqa: D301 click reads the escape
    guarded(_coverage, given)


def _coverage(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.catalogue.coverage import uses
    from resilience_checks.check import known_graphs
    from resilience_checks.report.catalogue_coverage import CoveragePage

    graphs, catalogue = known_graphs(options.chosen(given, root))
    page = CoveragePage(tuple(graph.name for graph in graphs), uses(graphs, catalogue))
    tell(given, around, page.text, page.data())
    return 0
