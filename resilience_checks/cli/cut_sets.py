"""`cut-sets`: the smallest sets of faults that lose the top event of a fault tree."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings

INCOMPLETE = 10
"""The exit code of an answer that a limit cut off: whoever needs all cut sets does not have them."""


@click.command("cut-sets")
@click.argument("file", type=options.FILE)
@click.option(
    "--max-order",
    type=click.IntRange(1, 1000),
    default=3,
    show_default=True,
    metavar="K",
    help="The most events that a cut set may have.",
)
@click.option("--top", metavar="NAME", help="The gate to ask about, where the file has several that may be the top.")
@click.option(
    "--deadline",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to compute; what was found by then is told as such.",
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@options.OUTPUT
@options.DEBUG
def cut_sets(**given: Any) -> None:
    """Print the minimal cut sets of a fault tree: the smallest sets of events that make its top event fail.

    FILE is a coherent fault tree in the Open-PSA format (gates and, or, atleast); - is standard input.

    Exits with 0, or with 10 where a limit cut the answer off: "at least these" then, complete up to the order that
    is named.

    \b
    Examples:
      resilience-checks cut-sets tree.xml
      resilience-checks cut-sets tree.xml --max-order 4 --format json --output sets.json
    """  # noqa: D301 click reads the escape
    guarded(_cut_sets, {"paths": (), **given})


def _cut_sets(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.analysis.cut_sets.limits import Limits
    from resilience_checks.analysis.cut_sets.portfolio import minimal_cut_sets
    from resilience_checks.analysis.open_psa.reader import read
    from resilience_checks.cli.output import hold_writable, inert, write
    from resilience_checks.report import cut_sets as report

    _ = around
    hold_writable(given["output"])
    limits = Limits.within(given["deadline"])
    file: Path = given["file"]
    named = read(_data(file), _shown(file, root), given["top"])
    found = minimal_cut_sets(named.tree, [named.top], given["max_order"], limits)[0]
    render = report.as_json if given["form"] == "json" else report.as_text
    write(inert(render(named.name, named.events, found)), given["output"])
    return 0 if found.complete else INCOMPLETE


def _data(file: Path) -> bytes:
    from resilience_checks.model.errors import UsageError

    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}",
            why="there is no fault tree to answer for",
            remedy="name a file in the Open-PSA format",
        ) from error


def _shown(file: Path, root: Path) -> str:
    """Return the file as locations name it: relative to the repository where it stands in it."""
    if str(file) == "-":
        return "standard input"
    whole = file.resolve()
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else whole.as_posix()
