"""From a report to the bytes that leave the process."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.report.interface import Report


def rendered(report: Report, form: str, root: Path, *, color: str, to_file: bool, around: Surroundings) -> str:
    """Return the report in the form that was asked for; `auto` is github under GitHub Actions, else terminal."""
    chosen = form if form != "auto" else "github" if around.github else "terminal"
    if chosen == "json":
        from resilience_checks.report.json_report import JsonReport

        return inert(JsonReport().render(report))
    from resilience_checks.report.page import WIDTH
    from resilience_checks.report.terminal import Terminal

    if chosen == "github":
        from resilience_checks.report.github import Github

        return Github(Terminal(root, color=color == "always").render(report)).render(report)
    colored = color == "always" or (color == "auto" and around.colorful and not to_file)
    text = Terminal(root, color=colored, width=WIDTH if to_file else around.width).render(report)
    if around.github and not to_file:
        from resilience_checks.report.github import fenced

        return "".join(f"{line}\n" for line in fenced(text))
    return text


def inert(text: str) -> str:
    r"""Return JSON text of the same value in which no CI runner finds a command of its older form.

    >>> inert('["##[error]x"]')
    '["#\\u0023[error]x"]'
    """
    return text.replace("##[", "#\\u0023[")


def hold_writable(output: Path | None) -> None:
    """Raise UsageError when nothing can be written there, before any program is run for it."""
    if output is not None and not output.absolute().parent.is_dir():
        raise UsageError(
            f"{output} cannot be written: its folder does not exist",
            why="the report would be lost after all programs have run",
            remedy="make the folder first, or name another file",
        )


def write(text: str, output: Path | None) -> None:
    """Write UTF-8 to the file, or to standard output; what UTF-8 cannot hold is written as its escape."""
    if output is not None:
        try:
            output.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise UsageError(
                f"{output} cannot be written: {error.strerror}",
                why="the report is lost",
                remedy="name another file",
            ) from error
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.stdout.write(text)
    sys.stdout.flush()
