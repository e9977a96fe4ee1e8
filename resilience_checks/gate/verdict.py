"""From results to one exit code: what blocks, in the order of precedence of the exit codes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence


class ExitCode(IntEnum):
    """What the process ends with; a broken run never looks like a finding, nor like a pass."""

    CLEAN = 0
    FAILED = 1
    USAGE = 2
    NOTHING = 3
    INPUT = 4
    DIFFERENT = 5
    """Of `verify` alone: what stands there, or is deployed, is not what was checked."""
    UNDECIDED = 10
    LOW = 11
    MEDIUM = 12
    HIGH = 13
    CRITICAL = 14


_BY_SEVERITY = {
    Severity.LOW: ExitCode.LOW,
    Severity.MEDIUM: ExitCode.MEDIUM,
    Severity.HIGH: ExitCode.HIGH,
    Severity.CRITICAL: ExitCode.CRITICAL,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The end of a check: its exit code, the results that block, and one sentence.

    `overridden` is the exit code that it would have without an emergency override.
    """

    exit_code: ExitCode
    blocking: tuple[Result, ...]
    words: str
    overridden: ExitCode | None = None


def verdict(
    results: Sequence[Result], fail_on: Severity | None = Severity.MEDIUM, errors: Sequence[int] = ()
) -> Verdict:
    """Return the verdict over all results and the exit codes of what could not be evaluated.

    Precedence: 2 usage, 1 the tool or an engine failed, 4 an input could not be evaluated, 14 to 11 the highest
    blocking severity, 10 undecided where that blocks, 3 nothing to check, 0 clean. `fail_on` None: violations
    never block.
    """
    blocking = tuple(result for result in results if blocks(result, fail_on))
    failed = any(result.outcome is Outcome.ERROR for result in results)
    violations = [result for result in blocking if result.outcome is Outcome.VIOLATION]
    if ExitCode.USAGE in errors:
        return Verdict(ExitCode.USAGE, blocking, "not decided: the configuration is wrong")
    if ExitCode.FAILED in errors or failed:
        return Verdict(ExitCode.FAILED, blocking, "not decided: a policy or its engine failed")
    if errors:
        return Verdict(ExitCode.INPUT, blocking, "not decided: a stack could not be evaluated")
    if violations:
        worst = max((result.severity for result in violations), key=lambda severity: severity.rank)
        noun = "violation" if len(violations) == 1 else "violations"
        return Verdict(_BY_SEVERITY[worst], blocking, f"blocked by {len(violations)} {noun}, the worst {worst}")
    if blocking:
        return Verdict(ExitCode.UNDECIDED, blocking, "blocked: what must be known is not")
    if all(result.outcome is Outcome.NOT_APPLICABLE and not result.services for result in results):
        return Verdict(ExitCode.NOTHING, (), "nothing was checked")
    return Verdict(ExitCode.CLEAN, (), _clean_words(results))


def blocks(result: Result, fail_on: Severity | None) -> bool:
    """Return whether one result stops a change: a violation from `fail_on` on, or an unknown that must be known.

    What is advisory, waived or not new stops nothing, unless the policy itself failed.
    """
    if result.advisory or result.waiver is not None or result.known:
        return result.outcome is Outcome.ERROR
    if result.outcome is Outcome.VIOLATION:
        return fail_on is not None and result.severity.rank >= fail_on.rank
    return result.outcome is Outcome.ERROR or (result.outcome is Outcome.UNKNOWN and result.blocks_when_unknown)


def _clean_words(results: Sequence[Result]) -> str:
    left = sum(result.outcome in {Outcome.VIOLATION, Outcome.UNKNOWN} for result in results)
    if left:
        noun = "finding does" if left == 1 else "findings do"
        return f"not blocked: {left} {noun} not block with these settings"
    if all(result.outcome is Outcome.NOT_APPLICABLE for result in results):
        return "clean, but no policy applies to what was checked"
    return "clean"
