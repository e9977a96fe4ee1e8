"""`cut-sets`: the smallest sets of faults that lose a service, or the top event of any fault tree."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import asking
from resilience_checks.cli.choice import Choice
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings

INCOMPLETE = 10
"""The exit code of an answer that a limit cut off: whoever needs all cut sets does not have them."""
_OF_PROGRAMS = {
    "services": "--service",
    "most_likely": "--most-likely",
    "stacks": "--stack",
    "previews": "--preview",
    "states": "--state",
}


@click.command("cut-sets")
@click.option(
    "--max-order",
    type=click.IntRange(1, 1000),
    default=3,
    show_default=True,
    metavar="K",
    help="The most faults that a cut set may have.",
)
@click.option(
    "--deadline",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to compute; what was found by then is told as such.",
)
@click.option(
    "--service", "services", multiple=True, metavar="SERVICE", help="Only these services, or those of a pattern."
)
@click.option(
    "--horizon",
    type=Choice(("instant", "rto")),
    default="rto",
    show_default=True,
    help="How long a service may wait for a failover.",
)
@click.option(
    "--most-likely",
    type=click.IntRange(min=1),
    metavar="N",
    help="Of each service the N likeliest: fewer faults first, then by stated classes of likelihood.",
)
@click.option("--top", metavar="NAME", help="The gate of FILE to ask about, where several may be the top.")
@asking.question
def cut_sets(**given: Any) -> None:
    """List the minimal cut sets: the smallest sets of faults that lose a service.

    Every fault of every failure domain counts, for every service of the estate. PATHS may also be one FILE.xml, a
    coherent fault tree in the Open-PSA format (gates and, or, atleast), or - for standard input: then its top event
    is asked about, and no program runs.

    Exits with 0, or with 10 where a limit cut the answer off: "at least these" then, with the order up to which
    none is missing.

    \b
    Examples:
      resilience-checks cut-sets --service patient-record --most-likely 10
      resilience-checks cut-sets stacks/ --format json --output cut-sets.json
      resilience-checks cut-sets tree.xml --max-order 4
    """  # noqa: D301 click reads the escape
    file = _file(given["paths"])
    if file is None:
        guarded(_of_estates, given)
    else:
        guarded(lambda options, root, around: _of_file(file, options, root, around), {**given, "paths": ()})


def _file(paths: Sequence[Path]) -> Path | None:
    """Return the fault tree that is asked about, if the one path is no folder."""
    if len(paths) != 1:
        return None
    (path,) = paths
    return path if str(path) == "-" or path.is_file() or path.suffix == ".xml" else None


def _of_estates(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.analysis.answers import cut_sets as computed
    from resilience_checks.analysis.event_names import services_named
    from resilience_checks.model.errors import UsageError
    from resilience_checks.model.question import FaultKind, Horizon, Question
    from resilience_checks.report import service_cut_sets as report

    if given["top"] is not None:
        raise UsageError("--top names a gate of a file", why="programs have services", remedy="use --service")
    built = asking.asked(given, root, around)
    named = services_named([each.estate for each in built], given["services"], "--service")
    question = Question("cut-sets", tuple(FaultKind), order=given["max_order"], horizon=Horizon(given["horizon"]))
    answers = [
        (each.stacks, each.estate, computed(each.estate, question, chosen or None, deadline=given["deadline"]))
        for each, chosen in zip(built, named, strict=True)
        if chosen or not given["services"]
    ]
    asking.answer(
        given,
        root,
        around,
        text=lambda page: report.write(page, answers, given["most_likely"]),
        data=lambda: report.as_data(answers, question, given["most_likely"]),
    )
    return 0 if all(sets.complete for _, _, found in answers for sets in found.values()) else INCOMPLETE


def _of_file(file: Path, given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.analysis.cut_sets.limits import Limits
    from resilience_checks.analysis.cut_sets.portfolio import minimal_cut_sets
    from resilience_checks.analysis.open_psa.reader import read
    from resilience_checks.cli.output import hold_writable, write
    from resilience_checks.report import cut_sets as report
    from resilience_checks.report.text import inert

    _hold_no_programs(given, file)
    hold_writable(given["output"])
    limits = Limits.within(given["deadline"])
    named = read(_data(file), _shown(file, root), given["top"])
    found = minimal_cut_sets(named.tree, [named.top], given["max_order"], limits)[0]
    if given["form"] == "json":
        write(inert(report.as_json(named.name, named.events, found)), given["output"])
    else:
        write(report.as_text(named.name, named.events, found), given["output"], fence=around.github)
    return 0 if found.complete else INCOMPLETE


def _hold_no_programs(given: dict[str, Any], file: Path) -> None:
    """Raise UsageError for an option that is about programs."""
    from resilience_checks.model.errors import UsageError

    for name, option in _OF_PROGRAMS.items():
        if given[name]:
            raise UsageError(
                f"{option} is about programs, and {file} is a fault tree",
                why="it would have no effect",
                remedy=f"leave {option} out, or name folders of programs",
            )


def _data(file: Path) -> bytes:
    from resilience_checks.model.errors import UsageError
    from resilience_checks.model.files import LARGEST_OUTPUT, given

    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return given(file, LARGEST_OUTPUT)
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
