"""What the verdicts rest on: declarations with their authors, assumptions, and the evidence for controls."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome
from resilience_checks.policy.controls import evidenced
from resilience_checks.report.html.matrix import SYMBOLS, outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.model.result import Result
    from resilience_checks.policy.controls import Control
    from resilience_checks.report.html.estates import Estate
    from resilience_checks.report.interface import Remark, Report

DECLARATIONS = 300


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declared line, who wrote it and when, and on how many verdicts it bears."""

    path: str
    line: int
    author: str
    date: str
    verdicts: int
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many facts the verdicts of one policy rest on, by where they come from; of `at_most` they may rest on less."""

    policy: str
    verdicts: int
    at_most: int
    code: int
    declared: int
    assumed: int

    @property
    def in_code(self) -> int:
        """The hundredths that stand in code."""
        return round(100 * self.code / max(1, self.code + self.declared + self.assumed))


@dataclass(frozen=True, slots=True)
class Basis:
    """What all verdicts together rest on; None in `shares` never occurs, and there are none where nothing was told."""

    shares: tuple[Share, ...]
    declarations: tuple[Declaration, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A control, and how each of its policies came out."""

    control: Control
    policies: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]


def basis(report: Report, estates: Sequence[Estate]) -> Basis:
    """Return what the verdicts rest on, by policy and by declaration, what bears on most verdicts first."""
    policies = {result.fingerprint: result.policy for result in report.results}
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    bearing: dict[tuple[str, int, str, str], list[str]] = defaultdict(list)
    for estate in estates:
        for fingerprint, told in estate.rests_on.items():
            policy = policies.get(fingerprint, "")
            sums[policy] += Counter({key: told[key] for key in ("code", "declared", "assumed")})
            sums[policy] += Counter({"verdicts": 1, "at_most": int(told["at_most"])})
            for each in told["declarations"]:
                place = (each["path"], each["line"], each.get("author") or "", each.get("date") or "")
                bearing[place].append(policy)
    ordered = sorted(bearing.items(), key=lambda item: (-len(item[1]), item[0]))
    return Basis(
        tuple(Share(name, *(found[key] for key in _COUNTED)) for name, found in sorted(sums.items())),
        tuple(Declaration(*place, len(of), tuple(sorted({*of}))) for place, of in ordered[:DECLARATIONS]),
        max(0, len(ordered) - DECLARATIONS),
    )


_COUNTED = ("verdicts", "at_most", "code", "declared", "assumed")


def controls(report: Report) -> tuple[tuple[str, tuple[Evidence, ...]], ...]:
    """Return the controls by standard, each with the outcomes of the policies that name it."""
    outcomes: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for result in report.results:
        named = result.evidence.get("controls")
        for control in named if isinstance(named, list) else ():
            outcomes[str(control)][result.policy][outcome(result)] += 1
    own = {key: title for one in report.policy_details.values() for key, title in one.controls.items() if title}
    found = evidenced({control: sorted(of) for control, of in outcomes.items()}, own=own)
    return tuple(
        (
            standard,
            tuple(
                Evidence(each, tuple((name, _ordered(outcomes[each.id][name])) for name in each.policies))
                for each in group
            ),
        )
        for standard, group in groupby(found, lambda each: each.standard)
    )


def assumptions(report: Report) -> tuple[tuple[Remark, ...], tuple[tuple[str, int], ...]]:
    """Return what is assumed of the estate, and what results assume, each with how many do."""
    assumed = Counter(text for result in report.results for text in dict.fromkeys(result.assumed))
    return report.assumptions, tuple(assumed.most_common())


def unknown(report: Report) -> tuple[tuple[str, tuple[Result, ...]], ...]:
    """Return every fact that is not known, with the results that hang on it, those on which most hang first."""
    hanging: dict[str, list[Result]] = defaultdict(list)
    for result in report.results:
        if result.outcome is Outcome.UNKNOWN:
            for fact in result.depends_on or (result.message,):
                hanging[fact].append(result)
    return tuple((fact, tuple(of)) for fact, of in sorted(hanging.items(), key=lambda item: (-len(item[1]), item[0])))


def _ordered(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((name, counts[name]) for name in SYMBOLS if counts.get(name))
