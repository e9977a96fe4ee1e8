"""The report for a person at a terminal: what is lost, why, on which line, and what to change."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.report.findings import chain, findings, targets, unnamed
from resilience_checks.report.summary import SummaryLine, summary_lines
from resilience_checks.report.text import excerpt, one_line, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from rich.console import Console

    from resilience_checks.model.location import Location
    from resilience_checks.report.interface import Failure, Remark, Report

WIDTH = 100
_STYLES = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan"}
_MAX_LISTED = 6
_ADVISORY = "does not block: the stack is advisory"
_LABEL = 9
_HANGING = " " * 12
_TRAILING = re.compile(r" +$", re.MULTILINE)


class Terminal:
    """Renders with rich; without colour it is plain text of the same shape."""

    def __init__(self, root: Path, *, color: bool = False, width: int = WIDTH) -> None:
        """Show source lines from below `root`, in lines of at most `width` characters."""
        self._root, self._color, self._width = root, color, width

    def render(self, report: Report) -> str:
        """Return failures, errors, violations and unknowns in full, and everything else counted."""
        from rich.console import Console

        out = StringIO()
        console = Console(
            file=out,
            force_terminal=self._color,
            color_system="standard" if self._color else None,
            no_color=not self._color,
            width=self._width,
            highlight=False,
            emoji=False,
            markup=False,
        )
        page = _Page(console, self._root, self._width)
        for failure in report.failures:
            page.failure(failure)
        for group in findings(report):
            page.unknown(group) if group[0].outcome is Outcome.UNKNOWN else page.finding(group[0])
        for what, remark in report.remarks:
            page.remark(what, remark)
        page.assumptions(report.assumptions)
        page.summary(summary_lines(report), decided=report.verdict.exit_code == 0)
        return _TRAILING.sub("", out.getvalue())


class _Page:
    """Writes the blocks of one report; all text from outside passes through `safe` or `one_line`."""

    def __init__(self, console: Console, root: Path, width: int) -> None:
        self._console, self._root, self._width = console, root, width

    def finding(self, result: Result) -> None:
        if result.outcome is Outcome.ERROR:
            self._head("error", "bold red", result.policy, result.title)
        else:
            self._head(str(result.severity), _STYLES[result.severity], result.policy, result.title)
        self._source(result.location)
        self._field("found", result.message)
        self._field("lost", ", ".join(unnamed(result)))
        self._list("why", chain(result))
        self._list("assumed", result.assumed)
        self._field("fix", result.remediation)
        if result.advisory:
            self._field("gate", _ADVISORY)
        self._list("see", _elsewhere(result), limit=_MAX_LISTED)
        self._field("id", result.fingerprint)
        self._console.print()

    def unknown(self, group: Sequence[Result]) -> None:
        first = group[0]
        self._head("unknown", "magenta", first.policy, first.title)
        self._source(first.location)
        self._field("found", first.message if len(group) == 1 else f"not known for {', '.join(targets(group))}")
        self._list("hangs on", first.depends_on)
        self._list("assumed", dict.fromkeys(text for result in group for text in result.assumed))
        blocks = "blocks until it is known" if first.blocks_when_unknown else "does not block"
        self._field("gate", _ADVISORY if first.advisory else blocks)
        self._console.print()

    def failure(self, failure: Failure) -> None:
        self._head("error", "bold red", failure.subject, failure.what)
        self._source(failure.location)
        self._field("why", failure.why)
        self._field("help", failure.remedy)
        self._console.print()

    def remark(self, what: str, remark: Remark) -> None:
        self._head(what, "magenta", "", remark.text)
        for location in remark.locations:
            self._source(location, around=0)
        self._console.print()

    def assumptions(self, remarks: Sequence[Remark]) -> None:
        texts = [remark.text + "".join(f" ({place})" for place in remark.locations) for remark in remarks]
        self._list("assumed", texts, limit=_MAX_LISTED)

    def summary(self, lines: Iterable[SummaryLine], *, decided: bool) -> None:
        for line in lines:
            style = ("bold green" if decided else "bold red") if line.name == "verdict" else ""
            self._field(line.name, line.text, style)

    def _head(self, label: str, style: str, subject: str, title: str) -> None:
        from rich.text import Text

        words = Text(label, style=style)
        if subject:
            words.append(f" [{one_line(subject)}]", style="dim")
        first, *rest = title.split("\n")
        words.append(f" {one_line(first)}", style="bold")
        # Only the head of a block stands at the margin, so that no title can look like another block.
        for number, wrapped in enumerate(words.wrap(self._console, self._width - len(_HANGING))):
            self._console.print(Text(_HANGING if number else "").append_text(wrapped))
        for line in rest:
            self._field("", line)

    def _source(self, location: Location | None, around: int = 1) -> None:
        from rich.text import Text

        if location is None:
            return
        self._console.print(Text(f"  --> {one_line(str(location))}", style="blue"), soft_wrap=True)
        for line in excerpt(self._root, location, around):
            text = Text(f"{line.number:>5} {'>' if line.marked else '|'} ", style="blue")
            text.append(line.text, style="bold" if line.marked else "dim")
            text.truncate(self._width - 1, overflow="ellipsis")
            self._console.print(text)

    def _list(self, name: str, texts: Iterable[str], limit: int | None = None) -> None:
        told = list(texts)
        for number, text in enumerate(told[:limit]):
            self._field("" if number else name, text)
        if limit is not None and len(told) > limit:
            self._field("", f"and {len(told) - limit} more in the JSON report")

    def _field(self, name: str, value: str, style: str = "") -> None:
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        if not value:
            return
        table = Table.grid(padding=(0, 1))
        table.add_column(width=_LABEL, no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row(Text(name, style="bold"), Text(safe(value), style=style))
        self._console.print(Padding(table, (0, 0, 0, 2)))


def _elsewhere(result: Result) -> list[str]:
    """Return the related places that neither the headline nor the chain has shown."""
    shown = {step.location for step in result.chain} | {result.location}
    return [f"{related.location}: {related.label}" for related in result.related if related.location not in shown]
