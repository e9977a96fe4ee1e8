"""Every service against every policy: each outcome that came out, the worst of a cell first."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from resilience_checks.report.interface import Report

ESTATE = ""
"""Stands for what is said of no service, such as a setting or a policy that failed."""
SYMBOLS = {
    "error": "!",
    "violation": "✗",
    "accepted": "w",
    "unknown": "?",
    "pass": "✓",
    "not_applicable": "\N{EN DASH}",
}
"""How each outcome is drawn; its word stands beside it for those who do not see it."""
WORDS = {
    "error": "error: the policy itself failed",
    "violation": "violation",
    "accepted": "waived",
    "unknown": "unknown",
    "pass": "pass",
    "not_applicable": "not applicable",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one policy says of one service: the worst outcome, how often each came out, and where to read on."""

    outcome: str
    counts: tuple[tuple[str, int], ...]
    anchor: str

    @property
    def words(self) -> str:
        """All outcomes in words."""
        if self.counts == ((self.outcome, 1),):
            return WORDS[self.outcome]
        return ", ".join(f"{number} {WORDS[outcome]}" for outcome, number in self.counts)

    @property
    def more(self) -> int:
        """How many outcomes the symbol does not show."""
        return sum(number for _, number in self.counts) - 1


@dataclass(frozen=True, slots=True)
class Row:
    """One service, `number` its place in the report."""

    service: str
    number: int
    cells: tuple[Cell | None, ...]
    has: frozenset[str]
    """The outcomes that occur in it."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """`policies` are the columns; None in a row is a policy that was not evaluated for the service."""

    policies: tuple[str, ...]
    rows: tuple[Row, ...]
    totals: Mapping[str, int]

    def having(self, outcome: str) -> int:
        """Return in how many rows an outcome occurs."""
        return sum(outcome in row.has for row in self.rows)


def matrix(report: Report, services: Sequence[str], anchors: Mapping[int, str]) -> Matrix:
    """Return the matrix; `anchors` are those of the findings, by the identity of their results."""
    found: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in report.results:
        for service in result.services or (ESTATE,):
            found[service, result.policy].append(result)
    policies = tuple(dict.fromkeys((*sorted(report.policies), *sorted({one.policy for one in report.results}))))
    rows = [_row(name, number, policies, found, anchors) for number, name in enumerate((*services, ESTATE))]
    totals = Counter(outcome(result) for result in report.results)
    return Matrix(policies, tuple(row for row in rows if row.service or any(row.cells)), totals)


def outcome(result: Result) -> str:
    """Return how a result came out, `accepted` for a finding that a waiver accepts."""
    return "accepted" if result.waiver is not None and result.outcome is not Outcome.ERROR else str(result.outcome)


def _row(
    service: str,
    number: int,
    policies: Sequence[str],
    found: Mapping[tuple[str, str], Sequence[Result]],
    anchors: Mapping[int, str],
) -> Row:
    cells = tuple(_cell(found.get((service, policy), ()), anchors) for policy in policies)
    return Row(service, number, cells, frozenset(name for cell in cells if cell for name, _ in cell.counts))


def _cell(results: Iterable[Result], anchors: Mapping[int, str]) -> Cell | None:
    ordered = sorted(results, key=lambda result: list(SYMBOLS).index(outcome(result)))
    if not ordered:
        return None
    counts = Counter(outcome(result) for result in ordered)
    return Cell(outcome(ordered[0]), tuple(counts.items()), anchors.get(id(ordered[0]), ""))
