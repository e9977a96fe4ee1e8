"""The invocation of a run: how it ended, and what a reader must know who sees its results alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from resilience_checks.gate.verdict import ExitCode
from resilience_checks.model.result import Outcome
from resilience_checks.report.sarif.places import inside, location, plain
from resilience_checks.report.sarif.rules import rule_of
from resilience_checks.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from resilience_checks.model.location import Location
    from resilience_checks.report.interface import Report
    from resilience_checks.report.sarif.shares import Share

_DUE = {"expired", "unused", "refused", "untrusted"}


def invocation(report: Report, share: Share, left: Sequence[str]) -> dict[str, Any]:
    """Return the process as SARIF tells it; it succeeded where nothing failed, whatever the verdict."""
    errors = [result for result in report.results if result.outcome is Outcome.ERROR]
    return {
        "executionSuccessful": not (report.failures or errors),
        "exitCode": int(report.verdict.exit_code),
        "exitCodeDescription": one_line(report.verdict.words) or "no verdict",
        "startTimeUtc": _utc(report.started),
        "toolExecutionNotifications": [*_failures(report), *_notices(share, left)],
        "toolConfigurationNotifications": [*_settings(report)],
    }


def _failures(report: Report) -> Iterator[dict[str, Any]]:
    for failure in report.failures:
        if failure.exit_code != ExitCode.USAGE:
            text = _joined(failure.subject, failure.what, failure.why, failure.remedy)
            yield _notice("error", text, (failure.location,))
    for result in report.results:
        if result.outcome is Outcome.ERROR:
            yield _notice("error", result.message, (result.location,)) | {"associatedRule": {"id": rule_of(result)}}


def _notices(share: Share, left: Sequence[str]) -> Iterator[dict[str, Any]]:
    yield from (_notice("note", text) for text in left)
    if len(share.stacks) > 1:
        yield _notice("note", f"this run is that of several stacks: {', '.join(share.stacks)}")


def _settings(report: Report) -> Iterator[dict[str, Any]]:
    for failure in report.failures:
        if failure.exit_code == ExitCode.USAGE:
            text = _joined(failure.subject, failure.what, failure.why, failure.remedy)
            yield _notice("error", text, (failure.location,))
    if (override := report.override) is not None:
        instead = report.verdict.overridden
        done = (
            f"emergency override of exit code {instead:d}"
            if instead is not None
            else "emergency override, without effect"
        )
        text = _joined(done, override.reason, override.actor, override.ticket)
        yield _notice("warning", text)
    for use in report.waivers:
        if use.state in _DUE:
            waiver = use.waiver
            text = _joined(f"waiver {use.state}: {waiver.policy} for {waiver.target}", use.why)
            yield _notice("warning", text, (waiver.location,))
    for what, remark in report.remarks:
        yield _notice("warning", f"{what}: {remark.text}", remark.locations)
    if report.left_out:
        yield _notice("note", f"stacks that were not selected: {', '.join(report.left_out)}")
    if report.unaffected:
        yield _notice("note", f"stacks that the change does not affect, not checked: {', '.join(report.unaffected)}")
    if report.disabled:
        yield _notice("note", f"disabled by resilience.yaml: {', '.join(report.disabled)}")


def _notice(level: str, text: str, places: Iterable[Location | None] = ()) -> dict[str, Any]:
    shown = [location(place) for place in dict.fromkeys(places) if place is not None and inside(place)]
    message = {"level": level, "message": {"text": plain(text) or "no message"}}
    return message | ({"locations": shown} if shown else {})


def _joined(*parts: str) -> str:
    return ". ".join(part for part in parts if part)


def _utc(started: str) -> str:
    return datetime.fromisoformat(started).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
