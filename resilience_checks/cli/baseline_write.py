"""`baseline write`: a file of the findings that stand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.gate.baseline import Entry
    from resilience_checks.report.interface import Report

_NOT_WRITTEN = "a baseline that lacks findings would block them later as new, so nothing was written"


@click.command()
@options.PATHS
@click.option(
    "--report",
    type=options.FILE,
    metavar="FILE",
    help="Take the findings of a JSON report, and check nothing; - is standard input.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default="resilience-baseline.json",
    show_default=True,
    help="The file to write; - is standard output.",
)
@options.STACK
@options.CONFIG
@options.POLICIES
@options.CATALOGUE
@options.PREVIEW
@options.STATE
@options.LOOKUPS
@options.STACK_OUTPUTS
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day on which dates in declarations are judged (default: today, in UTC).",
)
@options.TIMEOUT
@options.READABLE
@options.DEBUG
def write(**given: Any) -> None:
    """Write the findings that stand to a file: violations, and unknowns that block.

    What a waiver accepts is not among them, nor what policies say of a change itself. The file is sorted and says
    nothing of lines or days, so that its changes can be reviewed. Nothing is written where a stack could not be
    evaluated.

    \b
    Examples:
      resilience-checks baseline write
      resilience-checks baseline write stacks/ --stack prod --output prod-baseline.json
      resilience-checks baseline write --report resilience.report.json
    """  # noqa: D301 click reads the escape
    guarded(_write, given)


def _write(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli.output import hold_writable, write
    from resilience_checks.gate.baseline_file import written

    place: Path | None = None if str(given["output"]) == "-" else given["output"]
    hold_writable(place)
    before = _before(place)
    reported = given["report"] is not None
    report = _reported(given, root) if reported else _checked({**given, "output": None}, root, around)
    found = _findings(report, given["policies"])
    write(written(found), place)
    if place is not None:
        click.echo(_told(place, found, before))
        click.echo(f"next: commit it, and run `resilience-checks check --baseline {place}`")
    return 0


def _checked(given: dict[str, Any], root: Path, around: Surroundings) -> Report:
    """Check what is selected, and return the report of a check in which nothing failed."""
    from resilience_checks.check import run
    from resilience_checks.cli.progress import observer as observing

    report = run(options.chosen(given, root), observing(around))
    _hold_whole(report)
    return report


def _reported(given: dict[str, Any], root: Path) -> Report:
    """Return the report that was written by an earlier check."""
    from resilience_checks.model.errors import UsageError
    from resilience_checks.report.json_reader import read
    from resilience_checks.sources.files.json_file import read as content

    if given["paths"] or given["previews"] or given["states"]:
        raise UsageError(
            "--report and what is to be checked exclude each other",
            why="the findings are those of the report, or those of a check",
            remedy="leave one of them out",
        )
    file = content(given["report"], root)
    try:
        report = read(file.text)
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file.name} is no report of this version: {error}",
            why=_NOT_WRITTEN,
            remedy="write it with `resilience-checks check --format json`",
        ) from error
    _hold_whole(report)
    return report


def _hold_whole(report: Report) -> None:
    from resilience_checks.model.errors import CheckError
    from resilience_checks.model.result import Outcome

    for failure in report.failures:
        error = CheckError(failure.what, location=failure.location, why=_NOT_WRITTEN, remedy=failure.remedy)
        error.exit_code = failure.exit_code
        raise error
    for result in report.results:
        if result.outcome is Outcome.ERROR:
            raise CheckError(result.message, location=result.location, why=_NOT_WRITTEN, remedy=result.remediation)


def _findings(report: Report, folders: Sequence[Path]) -> tuple[Entry, ...]:
    """Return the findings of a report but for those about a change."""
    from resilience_checks.gate.baseline import entries
    from resilience_checks.policy import pack

    of_change = {policy.id for policy in pack.load(folders).policies if policy.judges_change}
    return tuple(entry for entry in entries(report.results) if entry.policy not in of_change)


def _before(place: Path | None) -> frozenset[tuple[object, ...]] | None:
    """Return what stands in the file that is there; raise UsageError for one that is no baseline."""
    from resilience_checks.gate.baseline_file import read
    from resilience_checks.model.errors import UsageError
    from resilience_checks.model.files import LARGEST_DATA, content, remedy

    if place is None or not place.exists():
        return None
    try:
        return frozenset(entry.key for entry in read(content(place, LARGEST_DATA), place.as_posix()))
    except OSError as error:
        raise UsageError(
            f"{place} is there and cannot be read: {error.strerror}",
            why="what it holds would be lost, so nothing was written",
            remedy=remedy(error, "make it readable, or name another file with --output"),
        ) from error
    except UsageError as error:
        raise UsageError(
            f"{place} is there and is no baseline: {error.what}",
            location=error.location,
            why="what it holds would be lost, so nothing was written",
            remedy="remove it, or name another file with --output",
        ) from error


def _told(place: Path, found: Sequence[Entry], before: frozenset[tuple[object, ...]] | None) -> str:
    from resilience_checks.model.result import Outcome
    from resilience_checks.report.text import counted

    outcomes = Counter(entry.outcome for entry in found)
    parts = [counted(outcomes[Outcome.VIOLATION], "violation"), f"{outcomes[Outcome.UNKNOWN]} unknown"]
    text = f"{place}: {counted(len(found), 'finding')} ({', '.join(parts)})"
    if before is None:
        return text
    now = {entry.key for entry in found}
    return f"{text}; {len(now - before)} that it did not hold, {len(before - now)} no longer in it"
