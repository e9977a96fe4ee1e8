"""The whole story of one finding, for a person at a terminal and as `resilience-explanation/v1` JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.model.result import NEVER, Outcome
from resilience_checks.report import words
from resilience_checks.report.findings import not_blocking, order, stands_aside
from resilience_checks.report.json_report import result_data, waiver_use_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.model.result import Result
    from resilience_checks.report.interface import PolicySummary, Report, WaiverUse
    from resilience_checks.report.page import Page

SCHEMA = "resilience-explanation/v1"
_FINDINGS = {Outcome.VIOLATION, Outcome.UNKNOWN, Outcome.ERROR}
_STYLES = {Outcome.VIOLATION: "bold red", Outcome.UNKNOWN: "magenta", Outcome.ERROR: "bold red"}
_OUTCOMES = {Outcome.NOT_APPLICABLE: "not applicable"}
_LISTED = 8


@dataclass(frozen=True, slots=True)
class Story:
    """A result with what stands beside it: its policy, where the report describes it, and the results that it belongs with.

    `causes` are other findings of the same policy about the same services, `policies` what other policies find of the
    same cause. `waivers` are all that are about it, also those that count for nothing. `gate` says whether it blocks.
    """

    result: Result
    policy: PolicySummary | None
    causes: tuple[Result, ...]
    policies: tuple[Result, ...]
    waivers: tuple[WaiverUse, ...]
    blocks: bool
    gate: str


def stories(report: Report, prefix: str) -> tuple[Story, ...]:
    """Return the story of every result of the one fingerprint that begins so; raise UsageError unless it is one."""
    found = {result.fingerprint for result in report.results if result.fingerprint.startswith(prefix.lower())}
    if len(found) != 1 or not prefix:
        raise _not_one(report, prefix, sorted(found))
    chosen = [result for result in report.results if result.fingerprint in found]
    return tuple(_story(report, result) for result in chosen)


def _story(report: Report, result: Result) -> Story:
    others = [other for other in report.results if other.fingerprint != result.fingerprint]
    findings = [other for other in others if other.outcome in _FINDINGS]
    services = set(result.services)
    blocks = any(item is result for item in report.verdict.blocking)
    return Story(
        result,
        report.policy_details.get(result.policy),
        tuple(item for item in findings if item.policy == result.policy and services & set(item.services)),
        tuple(item for item in findings if item.policy != result.policy and item.cause and item.cause == result.cause),
        tuple(use for use in report.waivers if result.fingerprint in use.fingerprints),
        blocks,
        _gate(report, result, blocks=blocks),
    )


def _gate(report: Report, result: Result, *, blocks: bool) -> str:
    """Return what a finding does to the verdict, "" for what is none."""
    if result.outcome not in _FINDINGS:
        return ""
    if blocks and report.verdict.overridden is not None:
        return "would block, and an emergency override lets it pass"
    if blocks:
        return "blocks" if result.outcome is not Outcome.UNKNOWN else "blocks until it is known"
    if stands_aside(result):
        return not_blocking(result)
    if result.outcome is Outcome.UNKNOWN:
        return "does not block: it is not known, and nothing asks that it must be"
    threshold = result.fail_on or report.fail_on
    return f"does not block: {'nothing does here' if threshold == NEVER else f'it is milder than {threshold}'}"


def _not_one(report: Report, prefix: str, found: Sequence[str]) -> UsageError:
    listed = sorted((item for item in report.results if item.outcome in _FINDINGS), key=order)
    if len(found) > 1:
        listed = sorted((item for item in report.results if item.fingerprint in found), key=order)
        what = f"{len(found)} results have a fingerprint that begins with {prefix!r}"
    else:
        what = f"no result has a fingerprint that begins with {prefix!r}"
    lines = list(dict.fromkeys(f"{item.fingerprint} {item.policy}: {item.target}" for item in listed))
    if gone := [one for one in report.fixed if prefix and one.fingerprint.startswith(prefix.lower())]:
        what = f"{what} any more: {gone[0].policy} at {gone[0].target} is fixed"
    more = [f"and {len(lines) - _LISTED} more in the JSON report"] if len(lines) > _LISTED else []
    told = "\n".join(["the findings are" if found == [] else "they are", *lines[:_LISTED], *more])
    return UsageError(what, why="nothing was explained", remedy=told if lines else "there is no finding to explain")


def write(page: Page, told: Sequence[Story]) -> None:
    """Write each story from what was found to what to change."""
    for story in told:
        _write(page, story)
        page.end()


def _write(page: Page, story: Story) -> None:
    result, policy = story.result, story.policy
    outcome = _OUTCOMES.get(result.outcome, str(result.outcome))
    label = f"{result.severity} {outcome}" if result.outcome is Outcome.VIOLATION else outcome
    page.head(label, _STYLES.get(result.outcome, "green"), result.policy, result.title)
    page.source(result.location)
    page.field("id", result.fingerprint)
    page.field("policy", policy.description if policy is not None else "")
    page.field("found", result.message)
    page.field("about" if result.outcome is not Outcome.VIOLATION else "lost", ", ".join(result.services))
    page.listed("cause", _causes(result))
    page.listed("why", [f"{number}. {step}" for number, step in enumerate(words.steps(result.chain), start=1)])
    page.listed("hangs on", result.depends_on)
    page.listed("assumed", result.assumed)
    page.listed("besides", [_other(item) for item in story.causes])
    page.listed("also", [_other(item) for item in story.policies])
    page.listed("see", [f"{item.location}: {item.label}" for item in result.related])
    page.field("fix", result.remediation)
    page.field("gate", story.gate)
    page.listed("waiver", _waivers(story.waivers))
    controls = policy.controls if policy is not None else {}
    page.listed("standards", [f"{name}: {title}" if title else name for name, title in controls.items()])
    if result.cause:
        page.field("try", f"resilience-checks what-if {' '.join(f'--fail {_quoted(event)}' for event in result.cause)}")


def _causes(result: Result) -> list[str]:
    """Return the faults, each with the class of likelihood that is stated for it."""
    stated = result.evidence.get("likelihood")
    classes = stated if isinstance(stated, dict) else {}
    told = []
    for event in result.cause:
        found = classes.get(event)
        told.append(
            f"{event}: {found['class']}, {found['basis']}: {found['why']}" if isinstance(found, dict) else event
        )
    return told


def _waivers(uses: Sequence[WaiverUse]) -> Iterator[str]:
    """Yield what the gate does not tell of each waiver: that it ends soon, or who had accepted the finding till when."""
    for use in uses:
        waiver = use.waiver
        if use.state != "applied":
            who = f"by {waiver.approver} for {waiver.owner} ({waiver.ticket}, {waiver.location}): {waiver.reason}"
            yield f"{use.why if use.state == 'expired' else f'{use.state}: {use.why}'}; given {who}"
        elif use.why:
            yield f"{use.why} ({waiver.ticket}, {waiver.location})"


def _other(result: Result) -> str:
    about = " and ".join(result.cause) or result.target
    return f"{result.fingerprint} {result.policy}: {about}{words.at(result.location)}"


def _quoted(event: str) -> str:
    import shlex

    return shlex.quote(event)


def as_data(told: Sequence[Story]) -> dict[str, Any]:
    """Return the stories as JSON values, held by explanation.schema.json."""
    return {"schema": SCHEMA, "findings": [_finding(story) for story in told]}


def _finding(story: Story) -> dict[str, Any]:
    policy = story.policy
    return {
        "result": result_data(story.result, blocks=story.blocks),
        "policy": None if policy is None else {"description": policy.description, "page": policy.page},
        "other_causes": [_short(item) for item in story.causes],
        "same_cause": [_short(item) for item in story.policies],
        "controls": {} if policy is None else dict(policy.controls),
        "waivers": [waiver_use_data(use) for use in story.waivers],
        "gate": story.gate,
    }


def _short(result: Result) -> dict[str, Any]:
    return {
        "fingerprint": result.fingerprint,
        "policy": result.policy,
        "outcome": str(result.outcome),
        "target": result.target,
        "cause": list(result.cause),
    }
