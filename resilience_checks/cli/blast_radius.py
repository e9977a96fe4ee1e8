"""`blast-radius`: what every fault takes down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import asking
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings

FORMS = (*asking.FORMS, "csv", "markdown")


@click.command("blast-radius")
@click.option(
    "--kind", "kinds", multiple=True, metavar="KIND", help="Only failure domains of this kind; may be repeated."
)
@click.option(
    "--service", "services", multiple=True, metavar="SERVICE", help="Only these services, or those of a pattern."
)
@click.option("--all", "everything", is_flag=True, help="List faults that take nothing down as well (text).")
@lambda command: asking.question(command, FORMS)
def blast_radius(**given: Any) -> None:
    """List every failure domain and fault with the services that it takes down, the worst first.

    Each fault is taken alone, and every failover has the time of the service's RTO. The ids are those that
    `what-if --fail` takes. Exit code 0: the question is answered.

    \b
    Examples:
      resilience-checks blast-radius
      resilience-checks blast-radius --kind management-plane --kind carrier
      resilience-checks blast-radius --service patient-record --format csv -o blast-radius.csv
    """  # noqa: D301 click reads the escape
    guarded(_blast_radius, given)


def _blast_radius(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.analysis.blast_radius import blast_radius as radius
    from resilience_checks.analysis.event_names import hold_kinds, services_named
    from resilience_checks.report import blast_radius as report

    built = asking.asked(given, root, around)
    estates = [each.estate for each in built]
    hold_kinds(estates, given["kinds"])
    named = services_named(estates, given["services"], "--service") if given["services"] else None
    answers = [
        (each.stacks, radius(each.estate, named[number] if named is not None else None, given["kinds"]))
        for number, each in enumerate(built)
    ]
    asking.answer(
        given,
        root,
        around,
        text=lambda page: report.write(page, answers, everything=given["everything"]),
        data=lambda: report.as_data(answers),
        others={"csv": lambda: report.as_csv(answers), "markdown": lambda: report.as_markdown(answers)},
    )
    return 0
