"""`recovery`: how long services are away after a loss, and how much data they lose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.choice import Choice
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.progress import observer as observing

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings


@click.command()
@click.option("--service", "services", multiple=True, metavar="ID", help="Ask about this service; may be repeated.")
@click.option(
    "--fail",
    "fails",
    multiple=True,
    metavar="DOMAIN",
    help="Lose this failure domain instead of each place (site, region, zone, campus, ...) alone; several are lost together.",
)
@click.option(
    "--format",
    "form",
    type=Choice(("text", "json")),
    default="text",
    show_default=True,
    help="A page to read, or resilience-recovery/v1.",
)
@options.selection
def recovery(**given: Any) -> None:
    """Say how long each service is away after a loss and how much data it loses, term by term.

    Every time is declared, read from the program, or a documented default with its source. What is not known makes
    the answer unknown, and is named with what would make it known.

    \b
    Examples:
      resilience-checks recovery stacks/nhs-wales-resilient
      resilience-checks recovery --service patient-record --fail site:blaenavon
    """  # noqa: D301 click reads the escape
    guarded(_recovery, given)


def _recovery(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    import json

    from resilience_checks.analysis.event_names import events_named, services_named
    from resilience_checks.analysis.recovery import places, recoveries
    from resilience_checks.cli.output import write
    from resilience_checks.estates import estates
    from resilience_checks.report.recovery import data, text
    from resilience_checks.report.text import inert

    built = estates(options.chosen(given, root), observing(around))
    found = [item.estate for item in built]
    asked = [(events,) if events else () for events in events_named(found, given["fails"])] if given["fails"] else None
    chosen = services_named(found, given["services"], "--service") if given["services"] else [()] * len(found)
    told = [
        (item.stacks, item.estate, recoveries(item.estate, places(item.estate) if asked is None else sets, services))
        for item, sets, services in zip(built, asked or [()] * len(built), chosen, strict=True)
        if services or not given["services"]
    ]
    if given["form"] == "json":
        write(inert(json.dumps(data(told), indent=2, ensure_ascii=False, allow_nan=False) + "\n"), given["output"])
    else:
        write(text(told, around.width), given["output"])
    return 0
