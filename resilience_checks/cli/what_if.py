"""`what-if`: what given faults do to every service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import asking
from resilience_checks.cli.choice import Choice
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings


@click.command("what-if")
@click.option(
    "--fail",
    "failed",
    multiple=True,
    required=True,
    metavar="DOMAIN",
    help="What fails: an id such as site:blaenavon, or a pattern such as 'link:wan-*'; may be repeated.",
)
@click.option(
    "--horizon",
    type=Choice(("both", "instant", "rto")),
    default="both",
    show_default=True,
    help="How long a service may wait for a failover: not at all, its RTO, or an answer for both.",
)
@asking.question
def what_if(**given: Any) -> None:
    """Say which services are lost, degraded and kept when the given faults happen together.

    A DOMAIN fails by an outage, or, where it can have none, by a bad change; /outage or /bad-change after its id
    says which. Where it hangs on something that is not known before deployment, the answer is unknown, with what
    would make it known. Exit code 0: the question is answered.

    \b
    Examples:
      resilience-checks what-if --fail site:blaenavon --fail link:wan-b1
      resilience-checks what-if --fail management-plane:fmg.example/bad-change stacks/
      resilience-checks what-if --fail 'device:fw-*' --horizon instant --format json
    """  # noqa: D301 click reads the escape
    guarded(_what_if, given)


def _what_if(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.analysis.event_names import events_named
    from resilience_checks.analysis.what_if import BOTH, effects
    from resilience_checks.model.question import Horizon
    from resilience_checks.report import what_if as report

    built = asking.asked(given, root, around)
    failed = events_named([each.estate for each in built], given["failed"])
    horizons = BOTH if given["horizon"] == "both" else (Horizon(given["horizon"]),)
    answers = [
        (each.stacks, effects(each.estate, events, horizons)) for each, events in zip(built, failed, strict=True)
    ]
    asking.answer(
        given,
        root,
        around,
        text=lambda page: report.write(page, answers),
        data=lambda: report.as_data(answers),
    )
    return 0
