"""`report render`: a JSON report in any other form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.formats import Format
from resilience_checks.cli.guard import guarded
from resilience_checks.report.formats import FORMS

if TYPE_CHECKING:
    from resilience_checks.cli.surroundings import Surroundings


@click.command("render")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format",
    "forms",
    type=Format(),
    multiple=True,
    required=True,
    help=f"A form of the report, and the file to write it to; may be repeated. One of {', '.join(FORMS)}.",
)
@options.OUTPUT
@options.COLOR
@options.DEBUG
def report_render(**given: Any) -> None:
    """Write the JSON report in FILE in other forms, without running a program.

    Source lines come from this repository, as it stands now. Exits with 0, whatever the verdict.

    \b
    Examples:
      resilience-checks report render report.json --format html=report.html
      resilience-checks report render report.json --format terminal
    """  # noqa: D301 click reads the escape
    guarded(_render, {**given, "paths": ()})


def _render(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli.output import rendered, targets, write
    from resilience_checks.cli.report import reading

    found = targets(given["forms"], given["output"], around.system)
    # Where all have files, nobody asked for a page on standard output beside them.
    asked = found if given["output"] is not None else found[: len(given["forms"])]
    report = reading(given["file"])
    for target in asked:
        text = rendered(report, target, root, color=given["color"], around=around)
        write(text, target.file, commands=target.form.commands, fence=around.github and target.form.name == "terminal")
    return 0
