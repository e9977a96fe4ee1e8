"""`init`: a first resilience.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import asking, options
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.topology.estate import Estate


@click.command()
@options.PATHS
@options.STACK
@options.CATALOGUE
@options.PREVIEW
@options.STATE
@options.LOOKUPS
@options.STACK_OUTPUTS
@options.TIMEOUT
@options.READABLE
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write there instead; - is standard output.",
)
@options.DEBUG
def init(**given: Any) -> None:
    """Write a first resilience.yaml from what the programs under PATHS show.

    Services stand in it as the programs show them; what only people know (sites, links, who uses what, how long it may
    be away) is proposed in comments. The file lies beside the Pulumi.yaml, for several projects at the root of the
    repository, and its JSON Schema beside it, so that editors complete it. Nothing is overwritten.

    \b
    Examples:
      resilience-checks init
      resilience-checks init stacks/ --stack prod --output -
    """  # noqa: D301 click reads the escape
    guarded(_init, given)


def _init(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli.schema import text as text_of
    from resilience_checks.options import DECLARATIONS
    from resilience_checks.report.first_file import SCHEMA, first_file, summary

    to_stdout = str(given["output"]) == "-"
    place = given["output"] or _home(given["paths"] or (Path(),), root) / DECLARATIONS
    if not to_stdout:
        _hold_new(place)
    found = [built.estate for built in asking.asked({**given, "output": None}, root, around)]
    text = first_file(found)
    if to_stdout:
        click.echo(text, nl=False)
        return 0
    _write(place, text)
    schema = place.with_name(SCHEMA)
    if not schema.exists():
        _write(schema, text_of(DECLARATIONS))
    click.echo(f"{_shown(place)}: {summary(found)}")
    click.echo(f"{_shown(schema)}: what the file may say, for editors")
    click.echo(_next(found))
    return 0


def _next(found: Sequence[Estate]) -> str:
    if any(not service.declared for estate in found for service in estate.services.values()):
        return "next: complete it, and run `resilience-checks check`"
    return "next: name the services that your consumers use, and run `resilience-checks check`"


def _home(paths: Sequence[Path], root: Path) -> Path:
    """Return the folder of the one project, the root where there are several."""
    from resilience_checks.sources.discovery import projects

    directories = {project.directory for project in projects([path for path in paths if path.exists()], root)}
    return directories.pop() if len(directories) == 1 else root


def _hold_new(place: Path) -> None:
    from resilience_checks.cli.output import hold_writable
    from resilience_checks.model.errors import UsageError

    if place.exists():
        raise UsageError(
            f"{_shown(place)} exists already",
            why="nothing was written: what people have declared is not replaced",
            remedy="complete it by hand, or look at a new one: `resilience-checks init --output -`",
        )
    hold_writable(place)


def _write(place: Path, text: str) -> None:
    from resilience_checks.cli.output import write

    write(text, place, new=True)


def _shown(place: Path) -> str:
    here = Path.cwd()
    return str(place.relative_to(here)) if place.is_absolute() and place.is_relative_to(here) else str(place)
