"""The report for a person at a terminal: what is lost, why, on which line, and what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.gate.baseline import worse
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.report.findings import (
    alike,
    by_doubt,
    chain,
    findings,
    loses,
    not_blocking,
    said,
    shared,
    standing,
    stands_aside,
    targets,
    unnamed,
)
from resilience_checks.report.page import Page
from resilience_checks.report.summary import SummaryLine, summary_lines
from resilience_checks.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import Failure, Fixed, Remark, Report

_STYLES = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan"}
_MAX_LISTED = 6
_MAX_KNOWN = 10


class Terminal:
    """Renders with rich; without colour it is plain text of the same shape."""

    def __init__(self, style: Style) -> None:
        """Show source lines as the style says."""
        self._style = style

    def render(self, report: Report) -> str:
        """Return failures, errors, violations and unknowns in full, and everything else counted."""
        page = _Report(self._style.root, color=self._style.color, width=self._style.width)
        page.alike = alike(report)
        for failure in report.failures:
            page.failure(failure)
        shown, accepted = _sorted(findings(report))
        for group, *more in by_doubt(shown):
            if more:
                page.doubt([group, *more])
            else:
                page.unknown(group) if group[0].outcome is Outcome.UNKNOWN else page.finding(group)
        page.waived(accepted)
        for where, known in standing(report).items():
            page.standing(where, known)
        page.fixed(report.fixed)
        for what, remark in report.remarks:
            page.remark(what, remark)
        page.assumptions(report.assumptions)
        page.summary(summary_lines(report), decided=report.verdict.exit_code == 0 and report.verdict.overridden is None)
        return page.text()


class _Report(Page):
    """Writes the blocks of one report."""

    alike: Mapping[int, tuple[str, ...]]
    """The stacks of what differs from others in nothing else."""

    def finding(self, group: Sequence[Result]) -> None:
        result = group[0]
        if result.outcome is Outcome.ERROR:
            self.head("error", "bold red", result.policy, result.title)
        else:
            self.head(str(result.severity), _STYLES[result.severity], result.policy, result.title)
        self.source(result.location)
        self.field("found", result.message)
        self.field("stacks", shared(group, self.alike))
        self.field("new", worse(result))
        self.field("lost" if loses(result) else "services", ", ".join(unnamed(result)))
        self.listed("why", chain(result))
        self.listed("assumed", result.assumed)
        self.field("fix", result.remediation)
        if stands_aside(result):
            self.field("gate", not_blocking(result))
        self.listed("see", _elsewhere(result), limit=_MAX_LISTED)
        self.field("id", result.fingerprint)
        self.end()

    def unknown(self, group: Sequence[Result]) -> None:
        first = group[0]
        self.head("unknown", "magenta", first.policy, first.title)
        self.source(first.location)
        self.field("found", said(group))
        self.field("stacks", shared(group, self.alike))
        self.listed("hangs on", first.depends_on)
        self.listed("assumed", dict.fromkeys(text for result in group for text in result.assumed))
        self.field("gate", _gate(first))
        self.field("id", _ids(group))
        self.end()

    def doubt(self, groups: Sequence[Sequence[Result]]) -> None:
        """Write what several policies leave open as one block: the facts once, then each policy with its gate."""
        first = groups[0][0]
        policies = counted(len({group[0].policy for group in groups}), "policy", "policies")
        facts = "one fact" if len(first.depends_on) == 1 else "the same facts"
        self.head("unknown", "magenta", "", f"{policies} cannot be decided for want of {facts}")
        if all(group[0].location == first.location for group in groups):
            self.source(first.location)
        about = list(dict.fromkeys(targets(group) for group in groups))
        if all(len(group) == 1 for group in groups):
            self.listed("found", dict.fromkeys(group[0].message for group in groups))
        elif len(about) == 1:
            self.field("found", f"not known for {', '.join(about[0])}")
        self.field("stacks", shared([one for group in groups for one in group], self.alike))
        self.listed("hangs on", first.depends_on)
        lines: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for group in groups:
            lines.setdefault((_gate(group[0]), targets(group)), []).append(group[0].policy)
        for number, ((gate, whom), names) in enumerate(lines.items()):
            of = f" for {', '.join(whom)}" if len(about) > 1 else ""
            self.field("" if number else "policies", f"{', '.join(names)}{of}: {gate}")
        self.field("id", _ids([one for group in groups for one in group]))
        self.listed("assumed", dict.fromkeys(text for group in groups for one in group for text in one.assumed))
        self.end()

    def waived(self, results: Sequence[Result]) -> None:
        """Write findings that somebody accepts in a line or two each, together with who accepts them."""
        if not results:
            return
        self.head("waived", "green", "", f"{counted(len(results), 'finding')} that somebody accepts")
        by_reason: dict[str, list[Result]] = {}
        for result in results:
            by_reason.setdefault(not_blocking(result).removeprefix("does not block: "), []).append(result)
        for reason, together in by_reason.items():
            told = [f"{one.policy}: {one.message} [{one.fingerprint}]" for one in together]
            self.listed("found", told, limit=_MAX_LISTED)
            self.field("gate", reason)
        self.end()

    def standing(self, where: str, known: Sequence[Result]) -> None:
        """Write what stood before, a line each: it is not what a reader of a change came for."""
        noun, verb = ("finding", "stands") if len(known) == 1 else ("findings", "stand")
        self.head("known", "dim", "", f"{len(known)} {noun} {verb} {where} already")
        for result in known[:_MAX_KNOWN]:
            what = str(result.severity) if result.outcome is Outcome.VIOLATION else str(result.outcome)
            place = f" ({result.location})" if result.location else ""
            self.field(what, f"{result.policy}: {result.message}{place}")
        if len(known) > _MAX_KNOWN:
            self.field("", f"and {len(known) - _MAX_KNOWN} more in the JSON report")
        self.end()

    def fixed(self, gone: Sequence[Fixed]) -> None:
        for one in gone:
            self.head("fixed", "bold green", one.policy, one.message)
        if gone:
            self.end()

    def failure(self, failure: Failure) -> None:
        self.head("error", "bold red", failure.subject, failure.what)
        self.source(failure.location)
        self.field("why", failure.why)
        self.field("help", failure.remedy)
        self.end()

    def remark(self, what: str, remark: Remark) -> None:
        self.head(what, "magenta", "", remark.text)
        for location in remark.locations:
            self.source(location, around=0)
        self.end()

    def assumptions(self, remarks: Sequence[Remark]) -> None:
        texts = [remark.text + "".join(f" ({place})" for place in remark.locations) for remark in remarks]
        self.listed("assumed", texts, limit=_MAX_LISTED)

    def summary(self, lines: Iterable[SummaryLine], *, decided: bool) -> None:
        for line in lines:
            style = ("bold green" if decided else "bold red") if line.name == "verdict" else ""
            self.field(line.name, line.text, style)


def _sorted(groups: Iterable[tuple[Result, ...]]) -> tuple[list[tuple[Result, ...]], list[Result]]:
    """Return the groups of findings to show in full, and the findings that somebody accepts."""
    told = list(groups)
    accepted = [group[0].waiver is not None and group[0].outcome is not Outcome.ERROR for group in told]
    full = [group for group, is_accepted in zip(told, accepted, strict=True) if not is_accepted]
    return full, [one for group, is_accepted in zip(told, accepted, strict=True) if is_accepted for one in group]


def _gate(result: Result) -> str:
    """Return what an unknown result does to the verdict."""
    if stands_aside(result):
        return not_blocking(result)
    return "blocks until it is known" if result.blocks_when_unknown else "does not block"


def _ids(group: Sequence[Result]) -> str:
    """Return the ids of the unknowns that block: what is to be waived is named by them."""
    names = list(dict.fromkeys(one.fingerprint for one in group if one.blocks_when_unknown and not stands_aside(one)))
    more = f" and {len(names) - _MAX_LISTED} more in the JSON report" if len(names) > _MAX_LISTED else ""
    return f"{', '.join(names[:_MAX_LISTED])}{more}"


def _elsewhere(result: Result) -> list[str]:
    """Return the related places that neither the headline nor the chain has shown."""
    shown = {step.location for step in result.chain} | {result.location}
    return [f"{related.location}: {related.label}" for related in result.related if related.location not in shown]
