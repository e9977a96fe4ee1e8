"""Errors on the terminal: what happened, where, why it matters, what to do."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click

from resilience_checks.report.text import excerpt, safe

if TYPE_CHECKING:
    from resilience_checks.model.errors import CheckError


def show(error: CheckError, *, debug: bool) -> None:
    """Print an error that was foreseen."""
    click.echo(f"error: {safe(error.what)}", err=True)
    if error.location is not None:
        click.echo(f"  --> {safe(str(error.location))}", err=True)
        from resilience_checks.check import repository_root

        for number, line, marked in excerpt(repository_root(Path()), error.location, around=0):
            click.echo(f"{number:>5} {'>' if marked else '|'} {line}", err=True)
    for name, text in (("why", error.why), ("help", error.remedy)):
        if text:
            click.echo(f"  {name}: {safe(text)}", err=True)
    if debug:
        _trace(error)


def show_unexpected(error: BaseException, *, debug: bool) -> None:
    """Print an error that nobody foresaw: it is the tool's own, and the run gives no verdict."""
    click.echo(f"error: {type(error).__name__}: {safe(str(error))}", err=True)
    click.echo("  why: the check itself failed, so nothing was decided", err=True)
    if not debug:
        click.echo("  help: run again with --debug and report what it shows", err=True)
    else:
        _trace(error)


def _trace(error: BaseException) -> None:
    text = "".join(traceback.format_exception(error))
    sys.stderr.write("\n".join(safe(line) for line in text.splitlines()) + "\n")
