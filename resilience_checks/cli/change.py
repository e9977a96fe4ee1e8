"""`change`: what a change touches at once, and what redundancy it takes away or adds."""

from __future__ import annotations

import os
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
@click.option(
    "--base",
    metavar="COMMIT",
    help="Compare with the programs as they were where this work left COMMIT, as a pull request does.",
)
@click.option(
    "--head", metavar="COMMIT", help="Compare the programs of this commit instead of those of the working tree."
)
@click.option(
    "--preview",
    "previews",
    multiple=True,
    type=options.FILE,
    metavar="FILE",
    help="Read the deployment from what `pulumi preview --json --show-sames` wrote; - is standard input.",
)
@click.option(
    "--horizon",
    type=Choice(("rto", "instant")),
    default="rto",
    show_default=True,
    help="How long a service may wait for a failover: its RTO, or not at all.",
)
@click.option(
    "--order",
    type=click.IntRange(1, 4),
    default=2,
    show_default=True,
    help="Compare what up to this many faults at once do.",
)
@options.STACK
@options.CONFIG
@options.LOOKUPS
@options.STACK_OUTPUTS
@options.TIMEOUT
@options.READABLE
@options.FORM
@options.COLOR
@options.OUTPUT
@options.DEBUG
def change(**given: Any) -> None:
    """Say what a change touches at once, and what redundancy it takes away or adds.

    From two versions of the programs under PATHS (default: here), or from a preview of the deployment. Each stack
    that changes is one deployment, which hits all that it touches; what would be lost if all of that failed is told,
    and the smallest sets of touched parts that lose a service. Exit code 0: the question is answered.

    \b
    Examples:
      resilience-checks change --base origin/main
      resilience-checks change --base v1.4 --head v1.5 stacks/
      pulumi preview --json --show-sames --show-replacement-steps | resilience-checks change --preview -
    """  # noqa: D301 click reads the escape
    guarded(_change, {**given, "states": ()})


def _change(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks import changes
    from resilience_checks.cli import asking
    from resilience_checks.cli.progress import observer as observing
    from resilience_checks.model.errors import UsageError
    from resilience_checks.model.question import Horizon
    from resilience_checks.report import change as report
    from resilience_checks.report.change_json import as_data

    if bool(given["previews"]) == (given["base"] is not None):
        raise UsageError(
            "give either --base or --preview",
            why="a change is what lies between two versions, or what a preview says is deployed",
            remedy="for a pull request: `resilience-checks change --base origin/main`",
        )
    if given["head"] is not None and given["base"] is None:
        raise UsageError("--head needs --base", why="a preview has both versions", remedy="leave --head out")
    chosen = options.chosen(given, root)
    asked = changes.Asked(Horizon(given["horizon"]), given["order"])
    observer = observing(around)
    if given["previews"]:
        found = changes.of_previews(chosen, asked, observer)
    else:
        found = changes.of_versions(chosen, given["base"], given["head"], asked, observer)
    lines = root if given["head"] is None else Path(os.devnull)  # the working tree may not be what was read
    asking.answer(given, lines, around, text=lambda page: report.write(page, found), data=lambda: as_data(found))
    return found.exit_code
