"""`waivers prune`: takes out what does not hold any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.waivers import REPORT, changing, place, reported, shown, today

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.gate.waiver_file import Waivers


@click.command()
@options.WAIVERS
@click.option(
    "--unused",
    is_flag=True,
    help="Take out as well what no finding is about, by --report or a check of all that is here.",
)
@REPORT
@click.option("--dry-run", is_flag=True, help="Tell what would be taken out, and leave the file as it is.")
@options.POLICIES
@options.TODAY
@options.DEBUG
def prune(**given: Any) -> None:
    """Take expired waivers out of the file, and tell which; the rest of it stays as it is.

    \b
    Examples:
      resilience-checks waivers prune --dry-run
      resilience-checks waivers prune --unused --report report.json
    """  # noqa: D301 click reads the escape
    guarded(_prune, {**given, "paths": ()})


def _prune(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    file = place(given, root)
    if not file.exists() or given["dry_run"]:
        return _pruned(given, root, around, file)
    with changing(file):
        return _pruned(given, root, around, file)


def _pruned(given: dict[str, Any], root: Path, around: Surroundings, file: Path) -> int:
    from resilience_checks.cli.output import write
    from resilience_checks.gate.waiver_edit import removed
    from resilience_checks.model.files import content
    from resilience_checks.options import Options
    from resilience_checks.report.text import one_line
    from resilience_checks.waiving import read

    day = today(given)
    found = read(Options((root,), root, waivers=given["waivers"], today=day))
    gone = {number: f"expired on {one.expires}" for number, one in enumerate(found.waivers) if one.expires < day}
    if given["unused"]:
        gone = {**dict.fromkeys(_unused(given, found, root, around), "unused"), **gone}
    if gone and not given["dry_run"]:
        write(removed(content(file).decode("utf-8-sig"), gone, day), file)
    verb = "would take out" if given["dry_run"] else "taken out"
    for number in sorted(gone):
        one = found.waivers[number]
        click.echo(one_line(f"{verb}: {one.policy} at {one.target}, {gone[number]} ({one.location})"))
    left = f"{len(found.waivers) - len(gone)} of {len(found.waivers)} waivers"
    click.echo(f"{shown(file, root)}: {left} {'would be' if given['dry_run'] else 'are'} left")
    return 0


def _unused(given: dict[str, Any], found: Waivers, root: Path, around: Surroundings) -> Iterator[int]:
    """Yield the places of waivers that no finding is about; raise an error where not all findings are known."""
    from resilience_checks.gate.waivers import matching
    from resilience_checks.model.errors import CheckError

    report = reported(given, root, around)
    for failure in report.failures:
        error = CheckError(
            failure.what,
            location=failure.location,
            why="which waivers are used is not known, so nothing was taken out",
            remedy=failure.remedy,
        )
        error.exit_code = failure.exit_code
        raise error
    yield from (number for number, one in enumerate(found.waivers) if not matching(report.results, one))
