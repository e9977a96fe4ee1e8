"""`explain`: the whole story of one finding."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import asking, options
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.progress import observer as observing

if TYPE_CHECKING:
    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.report.interface import Report


@click.command()
@click.argument("fingerprint")
@click.option(
    "--report",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Read a JSON report (check --format json) instead of running the check again; - is standard input.",
)
@options.POLICIES
@asking.question
def explain(**given: Any) -> None:
    """Tell the whole story of the finding with this FINGERPRINT, or with the one that begins so.

    The policy, what is lost, every step from fault to loss with its line and what it rests on, what else loses the
    same services, what is not known, what to change, and the standards that ask for it. Exit code 0: it is told.

    \b
    Examples:
      resilience-checks explain 66db5388
      resilience-checks explain 66db5388 --report resilience.report.json
    """  # noqa: D301 click reads the escape
    guarded(_explain, given)


def _explain(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.policy.controls import titles
    from resilience_checks.policy.pack import load
    from resilience_checks.report import explanation

    found = _report(given, root, around)
    stories = explanation.stories(
        found, given["fingerprint"], load(given["policies"]).policies, titles(given["policies"])
    )
    asking.answer(
        given,
        root,
        around,
        text=lambda page: explanation.write(page, stories),
        data=lambda: explanation.as_data(stories),
    )
    return 0


def _report(given: dict[str, Any], root: Path, around: Surroundings) -> Report:
    if given["file"] is None:
        from resilience_checks.check import run

        found = run(options.chosen({**given, "fail_on": "medium"}, root), observing(around))
        for failure in found.failures:
            from resilience_checks.cli.errors import block, show

            show(block(failure, root), github=around.github)
        return found
    return _read(given["file"])


def _read(file: Path) -> Report:
    from resilience_checks.model.errors import UsageError
    from resilience_checks.report.json_reader import read

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        return read(text)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", remedy="name a readable file") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file} is no report: {error}",
            why="nothing can be explained of it",
            remedy="write one with `resilience-checks check --format json --output FILE`",
        ) from error
