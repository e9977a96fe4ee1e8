"""The job summary of GitHub Actions: Markdown below the size above which the runner refuses all of it."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from resilience_checks.report.markdown import PAGE, Markdown

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.report.interface import Report


class StepSummary(Markdown):
    """Renders the Markdown form, which GitHub shows with its picture, up to what a summary may hold."""

    budget = PAGE


def append(report: Report, file: Path) -> None:
    """Append the summary to the file that the runner named, as far as it still has room."""
    taken = file.stat().st_size if file.exists() else 0
    text = StepSummary(budget=PAGE - taken).render(report)
    try:
        with file.open("ab") as opened:
            opened.write(text.encode("utf-8", "backslashreplace"))
    except OSError:
        with suppress(OSError):
            os.truncate(file, taken)  # the half of a table would spoil what the other steps of the job say
        raise
