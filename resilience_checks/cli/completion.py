"""`completion`: what a shell loads to complete the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.choice import Choice
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings

_PROGRAM = "resilience-checks"
_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=Choice(_SHELLS))
@options.OUTPUT
@options.DEBUG
def completion(**given: Any) -> None:
    """Print what SHELL loads to complete commands, options and their words.

    \b
    Put one of these lines where your shell reads its settings:
      source <(resilience-checks completion bash)
      source <(resilience-checks completion zsh)
      resilience-checks completion fish | source
    """  # noqa: D301 click reads the escape
    guarded(_completion, {**given, "paths": ()})


def _completion(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from click.shell_completion import get_completion_class

    from resilience_checks.cli.main import cli
    from resilience_checks.cli.output import hold_writable, write

    _ = root, around
    hold_writable(given["output"])
    made = get_completion_class(given["shell"])
    assert made is not None
    write(made(cli, {}, _PROGRAM, "_RESILIENCE_CHECKS_COMPLETE").source() + "\n", given["output"])
    return 0
