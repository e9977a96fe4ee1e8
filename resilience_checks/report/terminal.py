"""The report for a person at a terminal: what is lost, why, on which line, and what to change."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.report.text import excerpt, safe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.console import Console

    from resilience_checks.model.location import Location
    from resilience_checks.report.interface import Failure, Report

_STYLES = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan"}
_INDENT = "   "
_MAX_RELATED = 6


class Terminal:
    """Renders with rich; without colour it is plain text of the same shape."""

    def __init__(self, root: Path, *, color: bool = False, width: int | None = None) -> None:
        """Show source lines from below `root`; `width` None: the terminal's own."""
        self._root, self._color, self._width = root, color, width

    def render(self, report: Report) -> str:
        """Return failures, violations and unknowns in full, everything else counted."""
        from rich.console import Console

        out = StringIO()
        console = Console(
            file=out,
            force_terminal=self._color,
            no_color=not self._color,
            width=self._width or 100,
            highlight=False,
            emoji=False,
            soft_wrap=False,
        )
        for failure in report.failures:
            self._failure(console, failure)
        found = [result for result in report.results if result.outcome is Outcome.ERROR]
        found += sorted((result for result in report.results if result.outcome is Outcome.VIOLATION), key=order)
        for result in found:
            self._finding(console, result)
        for group in _alike(result for result in report.results if result.outcome is Outcome.UNKNOWN):
            self._unknown(console, group)
        self._remarks(console, report)
        self._summary(console, report)
        return out.getvalue()

    def _finding(self, console: Console, result: Result) -> None:
        style = _STYLES[result.severity]
        label = "error" if result.outcome is Outcome.ERROR else str(result.severity)
        self._line(console, (f"{label}", style), (f"[{result.policy}]", "dim"), (safe(result.title), "bold"))
        self._source(console, result.location)
        self._field(console, "found", result.message)
        if result.services and len(result.services) > 1:
            self._field(console, "lost", ", ".join(result.services))
        for number, step in enumerate(result.chain):
            where = f" ({step.location})" if step.location else ""
            self._field(console, "why" if number == 0 else "", f"{step.text}{where}")
        if result.remediation:
            self._field(console, "fix", result.remediation)
        self._related(console, result)
        self._field(console, "id", result.fingerprint)
        console.print()

    def _related(self, console: Console, result: Result) -> None:
        shown = {step.location for step in result.chain} | {result.location}
        places = [related for related in result.related if related.location not in shown]
        for number, related in enumerate(places[:_MAX_RELATED]):
            self._field(console, "see" if number == 0 else "", f"{related.location}: {related.label}")
        if len(places) > _MAX_RELATED:
            self._field(console, "", f"and {len(places) - _MAX_RELATED} more places")

    def _unknown(self, console: Console, group: list[Result]) -> None:
        first = group[0]
        names = ", ".join(dict.fromkeys(result.target for result in group))
        blocks = any(result.blocks_when_unknown for result in group)
        self._line(console, ("unknown", "magenta"), (f"[{first.policy}]", "dim"), (safe(first.title), "bold"))
        self._source(console, first.location)
        self._field(console, "found", first.message if len(group) == 1 else f"not known for {names}")
        for number, text in enumerate(first.depends_on):
            self._field(console, "hangs on" if number == 0 else "", text)
        self._field(console, "gate", "blocks until it is known" if blocks else "does not block")
        console.print()

    def _failure(self, console: Console, failure: Failure) -> None:
        self._line(console, ("error", "bold red"), (safe(failure.what), "bold"))
        self._source(console, failure.location)
        self._field(console, "why", failure.why)
        self._field(console, "help", failure.remedy)
        console.print()

    def _remarks(self, console: Console, report: Report) -> None:
        for remark in report.contradictions:
            places = ", ".join(str(location) for location in remark.locations)
            self._line(console, ("contradiction", "magenta"), (safe(remark.text), ""))
            self._field(console, "see", places)
        for stack in report.stacks:
            for note in stack.notes:
                self._field(console, "note", f"{stack.name}: {note}")

    def _summary(self, console: Console, report: Report) -> None:
        counts = {outcome: sum(result.outcome is outcome for result in report.results) for outcome in Outcome}
        known, unknown = sum(report.known_types.values()), sum(report.unknown_types.values())
        stacks = ", ".join(stack.name for stack in report.stacks) or "no stack"
        declared = sum(service.declared for service in report.services)
        kind = "declared" if declared == len(report.services) else "inferred"
        self._field(
            console,
            "checked",
            f"{stacks}: {len(report.policies)} policies on {len(report.services)} {kind} services, engine {report.engine}",
        )
        words = {
            Outcome.VIOLATION: "violations",
            Outcome.UNKNOWN: "unknown",
            Outcome.PASS: "passes",
            Outcome.NOT_APPLICABLE: "not applicable",
            Outcome.ERROR: "errors",
        }
        self._field(
            console,
            "results",
            ", ".join(
                f"{counts[outcome]} {word}"
                for outcome, word in words.items()
                if counts[outcome] or outcome is Outcome.VIOLATION
            ),
        )
        types = f"; unknown types: {', '.join(sorted(report.unknown_types))}" if report.unknown_types else ""
        self._field(
            console, "coverage", f"{known} of {known + unknown} resources have a type that the catalogue knows{types}"
        )
        style = "bold green" if report.verdict.exit_code == 0 else "bold red"
        self._line(console, ("verdict", style), (safe(report.verdict.words), "bold"))

    def _source(self, console: Console, location: Location | None) -> None:
        if location is None:
            return
        console.print(f"  --> {safe(str(location))}", style="blue", markup=False, soft_wrap=True)
        for number, line, marked in excerpt(self._root, location):
            from rich.text import Text

            text = Text(f"{number:>5} {'>' if marked else '|'} ", style="blue")
            text.append(line, style="bold" if marked else "dim")
            text.truncate((self._width or 100) - 1, overflow="ellipsis")
            console.print(text, markup=False)

    @staticmethod
    def _line(console: Console, *parts: tuple[str, str]) -> None:
        from rich.text import Text

        console.print(Text(" ").join(Text(text, style=style) for text, style in parts))

    @staticmethod
    def _field(console: Console, name: str, value: str) -> None:
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        if not value:
            return
        table = Table.grid(padding=(0, 1))
        table.add_column(width=9, no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row(Text(name, style="bold"), Text(safe(value)))
        console.print(Padding(table, (0, 0, 0, 2)))


def order(result: Result) -> tuple[int, str, str]:
    """Return the key that sorts results: the most severe first, then by place."""
    return (-result.severity.rank, str(result.location or ""), result.policy)


def _alike(results: Iterable[Result]) -> list[list[Result]]:
    """Group unknown results that hang on the same facts, so that each doubt is told once."""
    groups: dict[tuple[str, tuple[str, ...]], list[Result]] = {}
    for result in results:
        groups.setdefault((result.policy, result.depends_on), []).append(result)
    return list(groups.values())
