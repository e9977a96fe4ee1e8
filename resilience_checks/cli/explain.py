"""`explain`: the whole story of one finding."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import asking, options
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.progress import observer as observing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.report.interface import Report

_OF_A_CHECK = ("base", "baseline", "settings", "waivers", "today", "clock", "policies", "catalogue")
"""Options that decide a check, and nothing of a report that is there already."""


@click.command()
@click.argument("fingerprint")
@click.option(
    "--report",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Read a JSON report (check --format json) instead of running the check again; - is standard input.",
)
@options.gate
@asking.question
def explain(**given: Any) -> None:
    """Tell the whole story of the finding with this FINGERPRINT, or with the one that begins so.

    The policy, what is lost, every step from fault to loss with its line and what it rests on, what else loses the
    same services, what is not known, what to change, the standards that ask for it, and whether it blocks: who
    accepts it until when, or where it stood before. Exit code 0: it is told.

    \b
    Examples:
      resilience-checks explain 66db5388
      resilience-checks explain 66db5388 --report resilience.report.json
    """  # noqa: D301 click reads the escape
    guarded(_explain, given)


def _explain(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.report import explanation

    stories = explanation.stories(_report(given, root, around), given["fingerprint"])
    asking.answer(
        given,
        root,
        around,
        text=lambda page: explanation.write(page, stories),
        data=lambda: explanation.as_data(stories),
    )
    return 0


def _report(given: dict[str, Any], root: Path, around: Surroundings) -> Report:
    if given["file"] is not None:
        _hold_alone(given)
        return _read(given["file"])
    from resilience_checks.check import run
    from resilience_checks.cli.clock import clock

    chosen = replace(options.chosen({**given, "fail_on": None}, root), **clock(given, around))
    found = run(chosen, observing(around))
    for failure in found.failures:
        from resilience_checks.cli.errors import block, show

        show(block(failure, root), github=around.github)
    return found


def _hold_alone(given: Mapping[str, Any]) -> None:
    """Raise UsageError for what a report that is read has no use for: its check has decided that."""
    from resilience_checks.model.errors import UsageError

    others = [name for name in _OF_A_CHECK if given[name]]
    if others:
        raise UsageError(
            f"--report and --{others[0]} exclude each other",
            why="the report says what its check was held to",
            remedy="leave one of them out",
        )


def _read(file: Path) -> Report:
    from resilience_checks.model import files
    from resilience_checks.model.errors import UsageError
    from resilience_checks.report.json_reader import read

    try:
        text = sys.stdin.read() if str(file) == "-" else files.given(file, files.LARGEST_OUTPUT).decode()
        return read(text)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", remedy="name a readable file") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file} is no report: {error}",
            why="nothing can be explained of it",
            remedy="write one with `resilience-checks check --format json --output FILE`",
        ) from error
