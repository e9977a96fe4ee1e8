"""`diagnose`: which faults explain what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import asking
from resilience_checks.cli.choice import Choice
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from resilience_checks.analysis.candidates import Observed
    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.topology.estate import Estate


@click.command()
@click.option("--down", multiple=True, metavar="SERVICES", help="Services that are lost: ids or patterns, with commas.")
@click.option("--up", multiple=True, metavar="SERVICES", help="Services that are not lost.")
@click.option(
    "--degraded", multiple=True, metavar="SERVICES", help="Services that some of their consumers lose, not all."
)
@click.option(
    "--max-order",
    type=click.IntRange(1, 5),
    default=2,
    show_default=True,
    help="The most faults in one explanation.",
)
@click.option(
    "--horizon",
    type=Choice(("instant", "rto")),
    default="rto",
    show_default=True,
    help="Whether it was seen before any failover, or after failovers had the time of the RTO.",
)
@click.option(
    "--deadline",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to search; what is not finished then is said to be.",
)
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="How many to show (text).")
@asking.question
def diagnose(**given: Any) -> None:
    """Find the smallest sets of faults that explain which services are down and which are up.

    An explanation loses every service that is down and none that is up. It is possible, not sure, where it hangs on
    something that is not known before deployment. They are ranked by the number of faults, then by the stated classes
    of likelihood; ties are shown as ties. Last comes the one further look that would tell them apart best: the one that
    leaves fewest in the worst case. Exit code 0: the question is answered, also by "no explanation".

    \b
    Examples:
      resilience-checks diagnose --down patient-record,email --up intranet
      resilience-checks diagnose --down 'ward-*' --degraded booking --max-order 3 --format json
    """  # noqa: D301 click reads the escape
    guarded(_diagnose, given)


def _diagnose(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.analysis.diagnosis import diagnose as explain
    from resilience_checks.model.question import Horizon
    from resilience_checks.report import diagnosis as report

    built = asking.asked(given, root, around)
    observed = _observed([each.estate for each in built], given)
    answers = [
        (
            each.stacks,
            explain(
                each.estate,
                seen,
                order=given["max_order"],
                horizon=Horizon(given["horizon"]),
                deadline=given["deadline"],
            ),
        )
        for each, seen in zip(built, observed, strict=True)
        if seen.down or seen.degraded
    ]
    asking.answer(
        given,
        root,
        around,
        text=lambda page: report.write(page, answers, top=given["top"]),
        data=lambda: report.as_data(answers),
    )
    return 0


def _observed(estates: Sequence[Estate], given: dict[str, Any]) -> list[Observed]:
    """Return what is seen of each estate; raise UsageError where nothing is, or one service is seen in two ways."""
    from resilience_checks.analysis.candidates import Observed
    from resilience_checks.analysis.event_names import services_named
    from resilience_checks.model.errors import UsageError

    found = {}
    for way in ("down", "up", "degraded"):
        wanted = [word.strip() for value in given[way] for word in value.split(",") if word.strip()]
        found[way] = services_named(estates, wanted, f"--{way}")
    observed = [
        Observed(down, up, degraded)
        for down, up, degraded in zip(found["down"], found["up"], found["degraded"], strict=True)
    ]
    if not any(seen.down or seen.degraded for seen in observed):
        raise UsageError(
            "nothing is down: give --down or --degraded",
            why="there is nothing to explain",
            remedy="name the services that are lost, such as --down email,intranet",
        )
    for seen in observed:
        twice = sorted(name for name in set(seen.services) if seen.services.count(name) > 1)
        if twice:
            raise UsageError(
                f"{', '.join(twice)} cannot be seen in two ways at once",
                why="no faults could explain it",
                remedy="name each service under one of --down, --degraded and --up",
            )
    return observed
