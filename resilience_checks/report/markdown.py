"""The report as Markdown, for comments on a change and the pages that CI systems show: cut below a size in bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result
from resilience_checks.report.failure_picture import flowchart
from resilience_checks.report.findings import (
    alike,
    findings,
    not_blocking,
    old_and_new,
    shared,
    standing,
    stands_aside,
    targets,
)
from resilience_checks.report.summary import summary_lines
from resilience_checks.report.text import counted, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.model.location import Location
    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import Report

COMMENT = 1 << 16
"""GitHub takes comments of fewer characters than this, GitLab of a million."""
PAGE = 1 << 20
"""GitHub refuses a job summary above this many bytes, Buildkite an annotation."""
_RESERVED = 200
_MARKS = {mark: f"&#{ord(mark)};" for mark in "\\`*_{}[]<>()#+!|~&$:"}
_ESCAPES = str.maketrans(_MARKS | {"@": "&#64;<!-- -->"})
"""The comment keeps a name from being mentioned."""


@dataclass(frozen=True, slots=True)
class _Section:
    """A table or list: what stands above its rows, the rows, each a line, and what one of them is called."""

    head: str
    rows: Sequence[str]
    noun: str


class Markdown:
    """Renders verdict, picture, findings, what was accepted, what stood before, what is gone, and the last lines."""

    picture = True
    budget = COMMENT

    def __init__(self, _style: Style | None = None, budget: int | None = None) -> None:
        """Write the same in every style, in fewer bytes than `budget`."""
        self._budget = self.budget if budget is None else budget

    def render(self, report: Report) -> str:
        """Return the Markdown; what does not fit is left out from the end of each section, and counted."""
        text = "".join(_opening(report))
        if len(text.encode()) >= self._budget:
            return ""
        chart = flowchart(report) if self.picture else ""
        ending = [f"- {line.name}: {escaped(line.text)}\n" for line in summary_lines(report)]
        last = _fitted(_Section("", ending, "line"), self._budget // 4)
        left = self._budget - len((text + last).encode())
        drawn = f"```mermaid\n{chart}```\n\n" if len(chart.encode()) < left - _RESERVED and chart else ""
        left -= len(drawn.encode())
        text += drawn
        for section in _sections(report):
            more = _fitted(_Section(*section), left)
            left -= len(more.encode())
            text += more
        return f"{(text + last).rstrip()}\n"


class Buildkite(Markdown):
    """The same for `buildkite-agent annotate`: larger, and without the picture, which Buildkite does not draw."""

    picture = False
    budget = PAGE


def _opening(report: Report) -> Iterator[str]:
    yield f"### resilience-checks: {escaped(report.verdict.words)}\n\n"
    if report.override is not None:
        override, code = report.override, report.verdict.overridden
        would = f" Without it the exit code would be {int(code)}." if code is not None else ""
        by = f" by {escaped(override.actor)}" if override.actor else ""
        ticket = f" ({escaped(override.ticket)})" if override.ticket else ""
        yield f"> **Emergency override{by}{ticket}:** {escaped(override.reason)}.{would}\n\n"


def _sections(report: Report) -> Iterator[tuple[str, Sequence[str], str]]:
    head = "| outcome | severity | gate | policy | what | where |\n|---|---|---|---|---|---|\n"
    yield head, [*_found(report)], "finding"
    head = "**Waived**\n\n| severity | policy | what | owner | approver | until | ticket | why |\n"
    yield f"{head}|---|---|---|---|---|---|---|---|\n", [*_waived(report)], "waived finding"
    head = "**Waivers that accept nothing**\n\n| state | policy | target | until | why | where |\n"
    yield f"{head}|---|---|---|---|---|---|\n", [*_lapsed(report)], "waiver"
    for where, results in standing(report).items():
        rows = [_row(str(item.severity), item.policy, item.message, item.location) for item in results]
        head = (
            f"**Not new: stands {escaped(where)} already**\n\n| severity | policy | what | where |\n|---|---|---|---|\n"
        )
        yield head, rows, "finding"
    rows = [_row(str(item.severity), item.policy, item.message) for item in report.fixed]
    yield "**Fixed**\n\n| severity | policy | what |\n|---|---|---|\n", rows, "fixed finding"


def _found(report: Report) -> Iterator[str]:
    blocking, of = {id(result) for result in report.verdict.blocking}, alike(report)
    for failure in report.failures:
        yield _row("not checked", "", "nothing is decided", failure.subject, failure.what, failure.location)
    for group in findings(report):
        counted_ = [result for result in group if result.waiver is None or result.outcome is Outcome.ERROR]
        if counted_:
            first = counted_[0]
            stops = any(id(result) in blocking for result in counted_)
            gate = "blocks" if stops else not_blocking(first) if stands_aside(first) else "does not block"
            yield _row(
                str(first.outcome),
                str(first.severity),
                gate,
                first.policy,
                _what(counted_, shared(counted_, of)),
                first.location,
            )
    for what, remark in report.remarks:
        yield _row(what, "", "does not block", "", remark.text, next(iter(remark.locations), None))


def _waived(report: Report) -> Iterator[str]:
    for group in old_and_new(report):
        for result in group:
            waiver = result.waiver
            if waiver is not None:
                until = waiver.expires.isoformat()
                who = (waiver.owner, waiver.approver, until, waiver.ticket, waiver.reason)
                yield _row(str(result.severity), result.policy, result.message, *who)


def _lapsed(report: Report) -> Iterator[str]:
    for use in report.waivers:
        if use.state != "applied":
            waiver = use.waiver
            yield _row(use.state, waiver.policy, waiver.target, waiver.expires.isoformat(), use.why, waiver.location)


def _what(group: Sequence[Result], stacks: str) -> str:
    first, within = group[0], f" ({stacks})" if stacks else ""
    if first.outcome is not Outcome.UNKNOWN:
        return f"{first.message}{within}"
    because = "; ".join(first.depends_on) or first.message
    return f"not known for {', '.join(targets(group))}{within}, because {because}"


def _row(*cells: str | Location | None) -> str:
    return f"| {' | '.join(escaped(str(cell or '')) for cell in cells)} |\n"


def _fitted(section: _Section, limit: int) -> str:
    """Return the section in at most so many bytes, "" where it has no rows or not even its head fits."""
    left = limit - len(section.head.encode()) - _RESERVED
    if not section.rows or left < 0:
        return ""
    fitting = []
    for row in section.rows:
        left -= len(row.encode())
        if left < 0:
            break
        fitting.append(row)
    more = len(section.rows) - len(fitting)
    note = f"\n{counted(more, f'more {section.noun}')} left out here: see the log and the JSON report\n" if more else ""
    return f"{section.head}{''.join(fitting)}{note}\n"


def escaped(text: str) -> str:
    r"""Return text of unknown origin as Markdown that shows it as it is, on one line.

    >>> escaped("a|b <img> \n")
    'a&#124;b &#60;img&#62;'
    """
    return one_line(" ".join(text.split())).translate(_ESCAPES)
