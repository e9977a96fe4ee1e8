"""`waivers`: the findings that are accepted, by whom, and until when."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.lazy import Lazy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.report.interface import Report

PLACES = {"list": "waivers_list:waivers_list", "add": "waivers_add:add", "prune": "waivers_prune:prune"}
REPORT = click.option(
    "--report",
    type=options.FILE,
    metavar="FILE",
    help="A JSON report that tells which findings there are; - is standard input.",
)


@click.group(cls=Lazy, places=PLACES)
def waivers() -> None:
    """List, add and prune the waivers of resilience-waivers.yaml."""


def today(given: dict[str, Any]) -> date:
    """Return the day on which waivers are judged."""
    found = given["today"]
    return datetime.now(UTC).date() if found is None else found.date()


def place(given: dict[str, Any], root: Path) -> Path:
    """Return the file of waivers."""
    from resilience_checks.gate.waiver_file import NAME

    return given["waivers"] or root / NAME


@contextmanager
def changing(file: Path) -> Iterator[None]:
    """Change the file of waivers in such a block, which no other command enters meanwhile."""
    from resilience_checks.cli.output import hold_writable
    from resilience_checks.model.writing import alone

    hold_writable(file)
    with alone(file):
        yield


def reported(given: dict[str, Any], root: Path, around: Surroundings) -> Report:
    """Return the report that is given, else that of a check of what is here."""
    from resilience_checks.check import run
    from resilience_checks.cli.progress import observer as observing
    from resilience_checks.model.errors import UsageError
    from resilience_checks.options import Options
    from resilience_checks.report.json_reader import read
    from resilience_checks.sources.files.json_file import read as content

    if given["report"] is None:
        chosen = Options((root,), root, policies=given["policies"], waivers=given["waivers"], today=today(given))
        return run(chosen, observing(around))
    text = content(given["report"], root).text
    try:
        return read(text)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{given['report']} is no report of a check",
            why="which findings there are is not known",
            remedy="make it with `resilience-checks check --format json --output FILE`",
        ) from error


def shown(path: Path, root: Path) -> str:
    """Return a file's path as people know it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
