"""From results to one exit code and one sentence: what blocks, and why the rest does not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from resilience_checks.model.result import NEVER, Outcome, Result, Severity

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


_WAIVED, _KNOWN, _ADVISORY = "waived", "known already", "advisory"
_MILD, _OPEN = "below the threshold", "unknown"
_REASONS = (_WAIVED, _KNOWN, _ADVISORY, _MILD, _OPEN)
"""Why a finding does not block; the first that applies is told."""
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


NOTHING = (
    "nothing was checked: no policy found a service that it is about; say under `services` in resilience.yaml what must "
    "not be lost (`resilience-checks init` writes a first file)"
)
"""Resources of which the catalogue says no entry are no services by themselves, so there may be many and no service."""


def verdict(
    results: Sequence[Result], fail_on: Severity | None = Severity.MEDIUM, errors: Sequence[int] = ()
) -> Verdict:
    """Return the verdict over all results and the exit codes of what could not be evaluated.

    Precedence: 2 usage, 1 the tool or an engine failed, 4 an input could not be evaluated, 14 to 11 the highest
    blocking severity, 10 undecided where that blocks, 3 nothing to check, 0 clean. `fail_on` None: violations
    never block.
    """
    blocking = tuple(result for result in results if blocks(result, fail_on))
    if ExitCode.USAGE in errors:
        return Verdict(ExitCode.USAGE, blocking, "not decided: the configuration is wrong")
    if ExitCode.FAILED in errors or any(result.outcome is Outcome.ERROR for result in results):
        return Verdict(ExitCode.FAILED, blocking, "not decided: a policy or its engine failed")
    if errors:
        return Verdict(ExitCode.INPUT, blocking, "not decided: a stack could not be evaluated")
    aside = _aside(results, blocking)
    if blocking:
        worst = max((one.severity for one in _violations(blocking)), key=lambda severity: severity.rank, default=None)
        code = ExitCode.UNDECIDED if worst is None else _BY_SEVERITY[worst]
        return Verdict(
            code, blocking, f"blocked by {_what_blocks(blocking, worst)}{aside and f'; not blocking: {aside}'}"
        )
    if all(result.outcome is Outcome.NOT_APPLICABLE and not result.services for result in results):
        return Verdict(ExitCode.NOTHING, (), NOTHING if results else "nothing was checked: no policy was asked")
    return Verdict(ExitCode.CLEAN, (), f"not blocked: {aside}" if aside else _clean_words(results))


def overrule(found: Verdict, reason: str, actor: str, ticket: str = "") -> Verdict:
    """Return the verdict after an emergency override: nothing blocks, and its words say who decided that and why.

    What is not decided, or not checked at all, cannot be overruled: a broken run never looks like a clean one.
    """
    who = f"{actor or 'somebody who is not named'}{f' ({ticket})' if ticket else ''}: {reason}"
    if found.exit_code is ExitCode.CLEAN:
        return replace(found, words=f"{found.words}; an emergency override was given and not needed, by {who}")
    if found.exit_code not in {ExitCode.UNDECIDED, *_BY_SEVERITY.values()}:
        return replace(found, words=f"{found.words}; an emergency override does not make up for that, by {who}")
    words = f"OVERRIDDEN by {who}; without this emergency override: {found.words}"
    return Verdict(ExitCode.CLEAN, found.blocking, words, found.exit_code)


def unaffected(since: str) -> Verdict:
    """Return the verdict on a change that no stack can be affected by: such a change is to pass."""
    return Verdict(ExitCode.CLEAN, (), f"clean: no stack is affected by the change since {since}")


def blocks(result: Result, fail_on: Severity | None) -> bool:
    """Return whether one result stops a change: a violation from the threshold on, or an unknown that must be known.

    The threshold is the result's own, else `fail_on`. What is advisory, waived or not new stops nothing, unless the
    policy itself failed.
    """
    if result.advisory or result.waiver is not None or result.known:
        return result.outcome is Outcome.ERROR
    if result.outcome is Outcome.VIOLATION:
        return reaches(result.severity, threshold(result, fail_on))
    return result.outcome is Outcome.ERROR or (result.outcome is Outcome.UNKNOWN and result.blocks_when_unknown)


def threshold(result: Result, fail_on: Severity | None) -> Severity | None:
    """Return the mildest severity that blocks for a result, None where none does."""
    if not result.fail_on:
        return fail_on
    return None if result.fail_on == NEVER else Severity(result.fail_on)


def reaches(severity: Severity, least: Severity | None) -> bool:
    """Return whether a severity is at or above a threshold, None: none is."""
    return least is not None and severity.rank >= least.rank


def _violations(results: Sequence[Result]) -> list[Result]:
    return [result for result in results if result.outcome is Outcome.VIOLATION]


def _what_blocks(blocking: Sequence[Result], worst: Severity | None) -> str:
    """Return the violations, and what must be known and is not, in words."""
    violations = len(_violations(blocking))
    unknown = len(blocking) - violations
    parts = [f"{violations} violation{'' if violations == 1 else 's'}, the worst {worst}"] if violations else []
    parts += [f"{unknown} unknown that must be known"] if unknown else []
    return ", and by ".join(parts)


def _aside(results: Sequence[Result], blocking: Sequence[Result]) -> str:
    """Return how many findings do not block, by the first reason why not, in words; "" where there is none."""
    stopping = set(map(id, blocking))
    told = Counter(
        _why_not(result)
        for result in results
        if result.outcome in {Outcome.VIOLATION, Outcome.UNKNOWN} and id(result) not in stopping
    )
    return ", ".join(f"{told[why]} {why}" for why in _REASONS if told[why])


def _why_not(result: Result) -> str:
    if result.waiver is not None:
        return _WAIVED
    if result.known:
        return _KNOWN
    if result.advisory:
        return _ADVISORY
    return _MILD if result.outcome is Outcome.VIOLATION else _OPEN


def _clean_words(results: Sequence[Result]) -> str:
    if all(result.outcome is Outcome.NOT_APPLICABLE for result in results):
        return "clean, but no policy applies to what was checked"
    return "clean"
