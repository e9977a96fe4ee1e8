"""`export`: the estate's fault trees for other engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.choice import Choice
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings


@click.command()
@click.option(
    "--format",
    "form",
    type=Choice(("open-psa",)),
    default="open-psa",
    show_default=True,
    help="Open-PSA XML, which SCRAM and other fault tree engines read.",
)
@click.option(
    "--service", "services", multiple=True, metavar="SERVICE", help="Only these services, or those of a pattern."
)
@click.option(
    "--bound",
    type=Choice(("sure", "possible")),
    default="sure",
    show_default=True,
    help="What surely loses a service, or what may, where something is not known.",
)
@click.option(
    "--horizon",
    type=Choice(("instant", "rto")),
    default="rto",
    show_default=True,
    help="How long a service may wait for a failover.",
)
@options.selection
def export(**given: Any) -> None:
    """Write one fault tree with a top event for each service, in which every fault is a basic event.

    What is not known is resolved for each bound as `check` does before it looks at cases: a fault set that fails a
    service's tree surely loses it (`--bound sure`), one that does not surely leaves it up (`--bound possible`).

    \b
    Examples:
      resilience-checks export --service patient-record --output record.xml
      resilience-checks cut-sets record.xml
      resilience-checks export --bound possible -o estate.xml && scram --zbdd -l 3 estate.xml
    """  # noqa: D301 click reads the escape
    guarded(_export, given)


def _export(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.analysis.event_names import services_named
    from resilience_checks.analysis.lowering import fault_trees
    from resilience_checks.analysis.open_psa.writer import written
    from resilience_checks.cli.asking import asked
    from resilience_checks.cli.output import write
    from resilience_checks.model.errors import UsageError
    from resilience_checks.model.question import Horizon

    built = asked(given, root, around)
    estates = [each.estate for each in built]
    named = services_named(estates, given["services"], "--service") if given["services"] else None
    chosen = [number for number in range(len(built)) if named is None or named[number]]
    if len(chosen) != 1:
        found = "; ".join(", ".join(built[number].stacks) for number in chosen)
        raise UsageError(
            f"there are {len(chosen)} estates: {found}",
            why="each has a fault tree of its own, and a file holds one",
            remedy="choose the stacks of one with PATHS or --stack, or its services with --service",
        )
    one = built[chosen[0]]
    trees = fault_trees(
        one.estate,
        None if named is None else named[chosen[0]],
        Horizon(given["horizon"]),
        pessimistic=given["bound"] == "possible",
    )
    write(written(trees, one.stacks[0]).text, given["output"])
    return 0
