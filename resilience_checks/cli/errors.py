"""Errors on the terminal: what happened, where, why it matters, what to do."""

from __future__ import annotations

import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from resilience_checks.cli.progress import progress
from resilience_checks.report.text import excerpt, one_line, safe, unforged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from resilience_checks.model.errors import CheckError
    from resilience_checks.report.interface import Failure

_WIDTH = 120


def block(error: CheckError | Failure, root: Path) -> str:
    """Return the one block that tells an error which was foreseen, with the line it is about."""
    return "".join(f"{line}\n" for line in _lines(error, root))


def unexpected(error: BaseException) -> str:
    """Return the block for an error that nobody foresaw: it is the tool's own, and the run gives no verdict."""
    words = one_line(str(error))
    return (
        f"error: {type(error).__name__}{': ' if words else ''}{words}\n"
        "  why: the check itself failed, so nothing was decided\n"
        "  help: run again with --debug, and report what it shows\n"
    )


def trace(error: BaseException) -> str:
    """Return the traceback, which only `--debug` shows, with the notes of what the program said."""
    return safe("".join(traceback.format_exception(error)))


def show(text: str, *, github: bool, annotation: str = "") -> None:
    """Write to standard error, after its annotation, and so that no CI runner finds a command in it.

    Both go to one stream: the runner reads the two streams in no fixed order.
    """
    text = unforged(text)
    if github:
        from resilience_checks.report.github import fenced

        text = "".join(f"{line}\n" for line in fenced(text))
    with suppress(OSError):  # nobody reads it: the exit code says the same
        progress.clear()
        click.echo(f"{annotation}\n{text}" if annotation else text, err=True, nl=False)


def annotation(error: CheckError | Failure, system: str) -> str:
    """Return what the CI system shows of an error by itself, "" where it shows nothing."""
    if system not in {"github", "azure", "teamcity"}:
        return ""
    from importlib import import_module

    shown: str = import_module(f"resilience_checks.report.{system}").of_error(error)
    return shown


def _lines(error: CheckError | Failure, root: Path) -> Iterator[str]:
    first, *rest = safe(error.what).split("\n")
    yield f"error: {first}"
    yield from (f"       {line}" for line in rest)
    if error.location is not None:
        yield f"  --> {one_line(str(error.location))}"
        # Not confined: what the user named may stand outside the repository, and the user reads this.
        for line in excerpt(root, error.location, around=0, confined=False):
            yield f"{line.number:>5} | {line.text}"[:_WIDTH]
            if line.caret is not None and line.caret < _WIDTH:
                yield f"      | {' ' * line.caret}^"
    for name, text in (("why", error.why), ("help", error.remedy)):
        if text:
            yield f"  {name}: " + safe(text).replace("\n", "\n       ")
