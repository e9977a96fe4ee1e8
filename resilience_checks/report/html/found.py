"""The findings as the auditors' report shows them: with their lines of code, and what each rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result
from resilience_checks.report.findings import chain, loses, old_and_new, stacks, targets
from resilience_checks.report.html.matrix import outcome
from resilience_checks.report.text import counted, excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from resilience_checks.report.html.estates import Estate
    from resilience_checks.report.interface import Report
    from resilience_checks.report.text import SourceLine

_AROUND = 2
_OPEN = 12
"""Findings that are unfolded from the start, where there are no more."""


@dataclass(frozen=True, slots=True)
class Rests:
    """How many facts of a verdict stand in code, were declared, and were assumed (or at most so many), and the declarations."""

    code: int
    declared: int
    assumed: int
    at_most: bool
    declarations: tuple[Mapping[str, object], ...]


@dataclass(frozen=True)
class Finding:
    """One finding, or unknown results of one policy that hang on the same facts."""

    anchor: str
    outcome: str
    results: tuple[Result, ...]
    blocks: bool
    lines: tuple[SourceLine, ...]
    chain: tuple[str, ...]
    rests: Rests | None
    open: bool

    @property
    def first(self) -> Result:
        """The result that stands for all."""
        return self.results[0]

    @property
    def targets(self) -> tuple[str, ...]:
        """What it is about."""
        return targets(self.results)

    @property
    def said(self) -> str:
        """What it says, all of its targets once."""
        many = len(self.results) > 1 and self.first.outcome is Outcome.UNKNOWN
        return f"Not known for {counted(len(self.targets), 'target')}" if many else self.first.message

    @property
    def stacks(self) -> tuple[str, ...]:
        """The stacks that it is about."""
        return tuple(dict.fromkeys(name for one in self.results for name in stacks(one)))

    @property
    def loses(self) -> bool:
        """Whether its services are lost, and not only concerned."""
        return self.first.outcome is Outcome.VIOLATION and bool(self.first.cause) and loses(self.first)

    @property
    def why_not(self) -> tuple[str, ...]:
        """Why it blocks nothing."""
        waived = (f"waived until {self.first.waiver.expires}",) if self.first.waiver else ()
        known = (f"not new: {self.first.known}",) if self.first.known else ()
        return (*waived, *known, *self.first.advisory)


def found(report: Report, root: Path, estates: Sequence[Estate]) -> tuple[Finding, ...]:
    """Return every finding, the worst first; source lines are read below `root`."""
    groups = list(old_and_new(report))
    blocking = {id(result) for result in report.verdict.blocking}
    taken: dict[str, int] = {}
    made = []
    for group in groups:
        first = group[0]
        taken[first.fingerprint] = number = taken.get(first.fingerprint, 0) + 1
        blocks = any(id(result) in blocking for result in group)
        made.append(
            Finding(
                f"f-{first.fingerprint}" + (f"-{number}" if number > 1 else ""),
                outcome(first),
                group,
                blocks,
                tuple(excerpt(root, first.location, _AROUND)),
                tuple(chain(first)),
                rests(first, estates),
                len(groups) <= _OPEN,
            )
        )
    return tuple(made)


def anchors(findings: Sequence[Finding]) -> dict[int, str]:
    """Return where each result is told, by its identity."""
    return {id(result): finding.anchor for finding in findings for result in finding.results}


def rests(result: Result, estates: Sequence[Estate]) -> Rests | None:
    """Return what a result rests on, None where that was not collected."""
    for estate in sorted(estates, key=lambda one: one.stacks != stacks(result)):
        told = estate.rests_on.get(result.fingerprint)
        if told is not None:
            return Rests(told["code"], told["declared"], told["assumed"], told["at_most"], tuple(told["declarations"]))
    return None
