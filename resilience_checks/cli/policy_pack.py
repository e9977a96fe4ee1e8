"""`policy-pack`: the check inside `pulumi preview` and `pulumi up`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from resilience_checks.cli.surroundings import Surroundings


@click.command("policy-pack")
@click.argument("directory", type=click.Path(path_type=Path))
@options.DEBUG
def policy_pack(directory: Path, debug: bool) -> None:  # noqa: FBT001 the command line's own flag
    """Write a policy pack to DIRECTORY, so that `pulumi preview` and `pulumi up` run the check themselves.

    \b
    Example:
      resilience-checks policy-pack policy-pack
      pulumi preview --policy-pack policy-pack
    """  # noqa: D301 click reads the escape
    guarded(_policy_pack, {"paths": (), "directory": directory, "debug": debug})


def _policy_pack(given: dict[str, Any], _root: Path, _around: Surroundings) -> int:
    from resilience_checks.analyzer.directory import write

    write(given["directory"])
    click.echo(
        f"written: {given['directory']}; use it with `pulumi preview --policy-pack {given['directory']}`", err=True
    )
    return 0
