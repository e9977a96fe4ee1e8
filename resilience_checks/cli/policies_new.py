"""`policies new`: the files of a policy of one's own, to start from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from resilience_checks.cli.surroundings import Surroundings


@click.command("new")
@click.argument("policy", metavar="ID")
@click.option(
    "--area", default="own", show_default=True, help="The part of the field that it is about: a folder, and a name."
)
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("policies"),
    show_default=True,
    help="The folder of your policies; it is made where there is none.",
)
@options.DEBUG
def policies_new(**given: Any) -> None:
    """Write a policy of your own to start from.

    Its rule, tests and page go to DIRECTORY/AREA/ID; they load and pass at once.

    \b
    Example:
      resilience-checks policies new two-racks --directory our-policies
      resilience-checks policies test two-racks --policies our-policies
    """  # noqa: D301 click reads the escape
    guarded(_new, {**given, "paths": ()})


def _new(given: dict[str, Any], _root: Path, _around: Surroundings) -> int:
    from resilience_checks.policy import scaffold

    files = scaffold.write(given["policy"], given["area"], given["directory"])
    for file in files:
        click.echo(f"written: {file}", err=True)
    directory = given["directory"].as_posix()
    click.echo(f"next: resilience-checks policies test {given['policy']} --policies {directory}", err=True)
    return 0
