"""The job summary of GitHub Actions: Markdown below the size above which the runner refuses all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result
from resilience_checks.report.findings import findings, targets
from resilience_checks.report.summary import summary_lines
from resilience_checks.report.text import counted, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from resilience_checks.model.location import Location
    from resilience_checks.report.interface import Report

MAX_BYTES = 1 << 20
_HEAD = "| outcome | severity | policy | what | where |\n|---|---|---|---|---|\n"
_RESERVED = 200
_MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "\\`*_{}[]<>()#+!|~&@$:"})


class StepSummary:
    """Renders the verdict, a table of the findings and the lines that end every report."""

    def __init__(self, budget: int = MAX_BYTES) -> None:
        """`budget`: the text has fewer bytes than this."""
        self._budget = budget

    def render(self, report: Report) -> str:
        """Return the Markdown; what does not fit is left out from the end, and counted."""
        opening = f"### resilience-checks: {_markdown(report.verdict.words)}\n\n"
        closing = "\n" + "".join(f"- {line.name}: {_markdown(line.text)}\n" for line in summary_lines(report))
        left = self._budget - _RESERVED - len((opening + _HEAD + closing).encode())
        if left <= 0:
            return opening if len(opening.encode()) < self._budget else ""
        rows = list(_rows(report))
        fitting = _fitting(rows, left)
        table = _HEAD + "".join(fitting) if rows else ""
        more = len(rows) - len(fitting)
        note = f"\n{counted(more, 'more finding')}: see the log of the step and the JSON report\n" if more else ""
        return opening + table + note + closing


def append(report: Report, file: Path) -> None:
    """Append the summary to the file that the runner named, as far as it still has room."""
    taken = file.stat().st_size if file.exists() else 0
    text = StepSummary(MAX_BYTES - taken).render(report)
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


def _rows(report: Report) -> Iterator[str]:
    for failure in report.failures:
        yield _row("not checked", "", failure.subject, failure.what, failure.location)
    for group in findings(report):
        first = group[0]
        yield _row(str(first.outcome), str(first.severity), first.policy, _what(group), first.location)
    for what, remark in report.remarks:
        yield _row(what, "", "", remark.text, next(iter(remark.locations), None))


def _what(group: Sequence[Result]) -> str:
    first = group[0]
    if first.outcome is not Outcome.UNKNOWN:
        return first.message
    return f"not known for {', '.join(targets(group))}, because {'; '.join(first.depends_on) or first.message}"


def _row(outcome: str, severity: str, subject: str, what: str, where: Location | None) -> str:
    cells = (outcome, severity, subject, what, str(where or ""))
    return f"| {' | '.join(_markdown(cell) for cell in cells)} |\n"


def _fitting(rows: Sequence[str], left: int) -> list[str]:
    fitting = []
    for row in rows:
        left -= len(row.encode())
        if left < 0:
            break
        fitting.append(row)
    return fitting


def _markdown(text: str) -> str:
    r"""Return text of unknown origin as Markdown that shows it as it is, on one line.

    >>> _markdown("a|b <img> \n")
    'a&#124;b &#60;img&#62;'
    """
    return one_line(" ".join(text.split())).translate(_MARKS)
