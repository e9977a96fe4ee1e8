"""`report diff`: what changed between two JSON reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from resilience_checks.cli.surroundings import Surroundings

_REPORT = click.Path(path_type=Path, dir_okay=False)


@click.command("diff")
@click.argument("before", type=_REPORT)
@click.argument("after", type=_REPORT)
@options.FORM
@options.OUTPUT
@options.DEBUG
def report_diff(**given: Any) -> None:
    """Tell what changed between two JSON reports: BEFORE and AFTER.

    Findings that are new, fixed, worse or better; verdicts of services that are gone; waivers, coverage, inputs and
    scope that changed. Exits with 0, whatever changed.

    \b
    Example:
      resilience-checks report diff last-month.json today.json
    """  # noqa: D301 click reads the escape
    guarded(_diff, {**given, "paths": ()})


def _diff(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli.output import hold_writable
    from resilience_checks.cli.policies import tell
    from resilience_checks.cli.report import reading
    from resilience_checks.report import difference

    _ = root
    hold_writable(given["output"])
    found = difference.between(reading(given["before"]), reading(given["after"]))
    tell(given, around, lambda width: difference.text(found, width), difference.data(found))
    return 0
