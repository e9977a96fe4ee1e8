"""`capacity`: whether what remains after a loss carries the peak."""

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
    help="Lose this failure domain instead of each one alone; several are lost together.",
)
@click.option(
    "--format",
    "form",
    type=Choice(("text", "json")),
    default="text",
    show_default=True,
    help="A page to read, or resilience-capacity/v1.",
)
@options.selection
def capacity(**given: Any) -> None:
    """Say whether what remains after the loss of any one failure domain carries each service's peak.

    The weakest stage on the way decides; stages that services share carry the sum of their peaks. What components
    carry and what services are asked for is declared in resilience.yaml.

    \b
    Examples:
      resilience-checks capacity stacks/nhs-wales-resilient
      resilience-checks capacity --service patient-record --fail site:blaenavon
    """  # noqa: D301 click reads the escape
    guarded(_capacity, given)


def _capacity(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    import json

    from resilience_checks.analysis.capacity import headrooms, losses
    from resilience_checks.analysis.event_names import events_named, services_named
    from resilience_checks.cli.output import write
    from resilience_checks.estates import estates
    from resilience_checks.report.capacity import data, text
    from resilience_checks.report.text import inert

    built = estates(options.chosen(given, root), observing(around))
    found = [item.estate for item in built]
    failing = events_named(found, given["fails"]) if given["fails"] else None
    chosen = services_named(found, given["services"], "--service") if given["services"] else None
    told = []
    for number, item in enumerate(built):
        services = tuple(item.estate.services) if chosen is None else chosen[number]
        asked = losses(item.estate) if failing is None else ((), *((failing[number],) if failing[number] else ()))
        if services:
            told.append((item.stacks, item.estate, services, headrooms(item.estate, asked, services)))
    if given["form"] == "json":
        write(inert(json.dumps(data(told), indent=2, ensure_ascii=False, allow_nan=False) + "\n"), given["output"])
    else:
        write(text(told, around.width), given["output"])
    return 0
