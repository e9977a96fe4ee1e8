"""The precedence of exit codes, held against a list of the codes written down once more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.gate.verdict import NOTHING, ExitCode, Verdict, blocks, unaffected, verdict
from resilience_checks.model.result import Outcome, Result, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

PRECEDENCE = (2, 1, 4, 14, 13, 12, 11, 10, 3, 0)
CODE = {Severity.LOW: 11, Severity.MEDIUM: 12, Severity.HIGH: 13, Severity.CRITICAL: 14}


def result(
    outcome: Outcome, severity: Severity = Severity.HIGH, target: str = "t", *, must_be_known: bool = False
) -> Result:
    return Result(
        "p", outcome, severity, target, "title", "message", services=("s",), blocks_when_unknown=must_be_known
    )


def reasons(results: Sequence[Result], fail_on: Severity | None, errors: Sequence[int]) -> set[int]:
    """Return every exit code for which there is a reason, whatever its rank."""
    found = set(errors)
    for item in results:
        if item.outcome is Outcome.ERROR:
            found.add(1)
        if item.outcome is Outcome.VIOLATION and fail_on is not None and item.severity.rank >= fail_on.rank:
            found.add(CODE[item.severity])
        if item.outcome is Outcome.UNKNOWN and item.blocks_when_unknown:
            found.add(10)
    return found or ({0} if results else {3})


results_ = st.lists(
    st.builds(
        result, st.sampled_from(Outcome), st.sampled_from(Severity), st.sampled_from("abc"), must_be_known=st.booleans()
    ),
    max_size=6,
)
thresholds = st.sampled_from([None, *Severity])
errors_ = st.lists(st.sampled_from([1, 2, 4]), max_size=3)


@given(results_, thresholds, errors_)
def test_the_first_code_of_the_precedence_that_has_a_reason_is_taken(
    results: list[Result], fail_on: Severity | None, errors: list[int]
) -> None:
    found = reasons(results, fail_on, errors)
    assert verdict(results, fail_on, errors).exit_code == next(code for code in PRECEDENCE if code in found)


@given(results_, thresholds, errors_)
def test_order_changes_nothing_but_the_order_of_what_blocks(
    results: list[Result], fail_on: Severity | None, errors: list[int]
) -> None:
    forward, backward = verdict(results, fail_on, errors), verdict(results[::-1], fail_on, errors[::-1])
    assert (forward.exit_code, forward.words) == (backward.exit_code, backward.words)
    assert forward.blocking == backward.blocking[::-1]


@given(results_, thresholds, st.lists(st.integers(-5, 300), min_size=1, max_size=3))
def test_a_run_in_which_anything_failed_is_never_clean(
    results: list[Result], fail_on: Severity | None, errors: list[int]
) -> None:
    end = verdict(results, fail_on, errors)
    assert end.exit_code in {ExitCode.USAGE, ExitCode.FAILED, ExitCode.INPUT}
    assert end.words.startswith("not decided")


@given(results_, thresholds)
def test_a_clean_verdict_means_that_nothing_blocks_and_something_was_asked(
    results: list[Result], fail_on: Severity | None
) -> None:
    end = verdict(results, fail_on)
    assert (end.exit_code is ExitCode.CLEAN) == (bool(results) and not any(blocks(item, fail_on) for item in results))
    assert end.blocking == tuple(item for item in results if blocks(item, fail_on))


@given(results_, thresholds)
def test_what_is_advisory_blocks_nothing_unless_it_failed(results: list[Result], fail_on: Severity | None) -> None:
    later = [replace(item, advisory=("enforced from 2999-01-01 on",)) for item in results]
    end = verdict(later, fail_on)
    broken = tuple(item for item in later if item.outcome is Outcome.ERROR)
    assert end.blocking == broken
    assert end.exit_code == (ExitCode.FAILED if broken else ExitCode.CLEAN if later else ExitCode.NOTHING)


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [(Severity.LOW, 12), (Severity.MEDIUM, 12), (Severity.HIGH, 0), (Severity.CRITICAL, 0), (None, 0)],
)
def test_the_threshold_takes_in_its_own_severity(fail_on: Severity | None, code: int) -> None:
    assert verdict([result(Outcome.VIOLATION, Severity.MEDIUM)], fail_on).exit_code == code


VIOLATION, PASS, NOT_APPLICABLE = (result(item) for item in (Outcome.VIOLATION, Outcome.PASS, Outcome.NOT_APPLICABLE))
MUST_BE_KNOWN, MAY_BE_UNKNOWN = (result(Outcome.UNKNOWN, must_be_known=must) for must in (True, False))
LOW = result(Outcome.VIOLATION, Severity.LOW)
BROKEN = result(Outcome.ERROR)
ABOUT_NO_SERVICE = replace(NOT_APPLICABLE, services=())


@pytest.mark.parametrize(
    ("results", "errors", "expected"),
    [
        ([], [], Verdict(ExitCode.NOTHING, (), "nothing was checked: no policy was asked")),
        ([ABOUT_NO_SERVICE], [], Verdict(ExitCode.NOTHING, (), NOTHING)),
        ([PASS], [], Verdict(ExitCode.CLEAN, (), "clean")),
        ([NOT_APPLICABLE], [], Verdict(ExitCode.CLEAN, (), "clean, but no policy applies to what was checked")),
        ([LOW, PASS], [], Verdict(ExitCode.CLEAN, (), "not blocked: 1 below the threshold")),
        (
            [LOW, MAY_BE_UNKNOWN],
            [],
            Verdict(ExitCode.CLEAN, (), "not blocked: 1 below the threshold, 1 unknown"),
        ),
        ([MUST_BE_KNOWN], [], Verdict(ExitCode.UNDECIDED, (MUST_BE_KNOWN,), "blocked by 1 unknown that must be known")),
        ([VIOLATION, PASS], [], Verdict(ExitCode.HIGH, (VIOLATION,), "blocked by 1 violation, the worst high")),
        (
            [VIOLATION, result(Outcome.VIOLATION, Severity.CRITICAL)],
            [],
            Verdict(
                ExitCode.CRITICAL,
                (VIOLATION, result(Outcome.VIOLATION, Severity.CRITICAL)),
                "blocked by 2 violations, the worst critical",
            ),
        ),
        ([VIOLATION], [4], Verdict(ExitCode.INPUT, (VIOLATION,), "not decided: a stack could not be evaluated")),
        ([BROKEN], [4], Verdict(ExitCode.FAILED, (BROKEN,), "not decided: a policy or its engine failed")),
        ([], [4, 1, 2], Verdict(ExitCode.USAGE, (), "not decided: the configuration is wrong")),
    ],
)
def test_the_words_of_a_verdict(results: list[Result], errors: list[int], expected: Verdict) -> None:
    assert verdict(results, Severity.MEDIUM, errors) == expected


def test_a_change_that_affects_no_stack_is_clean_and_says_why() -> None:
    words = "clean: no stack is affected by the change since origin/main"
    assert unaffected("origin/main") == Verdict(ExitCode.CLEAN, (), words)
