"""The whole story of one finding, for a person at a terminal and as `resilience-explanation/v1` JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.model.result import Outcome
from resilience_checks.report import words
from resilience_checks.report.findings import not_blocking, order, stands_aside
from resilience_checks.report.json_report import result_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.model.result import Result
    from resilience_checks.policy.pack import Policy
    from resilience_checks.report.interface import Report
    from resilience_checks.report.page import Page

SCHEMA = "resilience-explanation/v1"
_FINDINGS = {Outcome.VIOLATION, Outcome.UNKNOWN, Outcome.ERROR}
_STYLES = {Outcome.VIOLATION: "bold red", Outcome.UNKNOWN: "magenta", Outcome.ERROR: "bold red"}
_OUTCOMES = {Outcome.NOT_APPLICABLE: "not applicable"}
_LISTED = 8


@dataclass(frozen=True, slots=True)
class Story:
    """A result with what stands beside it: its policy, where that is known, and the results that it belongs with.

    `causes` are other findings of the same policy about the same services, `policies` what other policies find of the
    same cause. `controls` are the standards' controls that the policy gives evidence for, with their titles.
    """

    result: Result
    policy: Policy | None
    causes: tuple[Result, ...]
    policies: tuple[Result, ...]
    controls: Mapping[str, str]
    blocks: bool


def stories(report: Report, prefix: str, policies: Sequence[Policy], controls: Mapping[str, str]) -> tuple[Story, ...]:
    """Return the story of every result of the one fingerprint that begins so; raise UsageError unless it is one."""
    found = {result.fingerprint for result in report.results if result.fingerprint.startswith(prefix.lower())}
    if len(found) != 1 or not prefix:
        raise _not_one(report, prefix, sorted(found))
    known = {policy.id: policy for policy in policies}
    chosen = [result for result in report.results if result.fingerprint in found]
    return tuple(_story(report, result, known.get(result.policy), controls) for result in chosen)


def _story(report: Report, result: Result, policy: Policy | None, controls: Mapping[str, str]) -> Story:
    others = [other for other in report.results if other.fingerprint != result.fingerprint]
    findings = [other for other in others if other.outcome in _FINDINGS]
    services = set(result.services)
    named = result.evidence.get("controls", ())
    ids = [str(item) for item in named] if isinstance(named, list | tuple) else []
    return Story(
        result,
        policy,
        tuple(item for item in findings if item.policy == result.policy and services & set(item.services)),
        tuple(item for item in findings if item.policy != result.policy and item.cause and item.cause == result.cause),
        {name: controls.get(name, "") for name in ids},
        blocks=any(item is result for item in report.verdict.blocking),
    )


def _not_one(report: Report, prefix: str, found: Sequence[str]) -> UsageError:
    listed = sorted((item for item in report.results if item.outcome in _FINDINGS), key=order)
    if len(found) > 1:
        listed = sorted((item for item in report.results if item.fingerprint in found), key=order)
        what = f"{len(found)} results have a fingerprint that begins with {prefix!r}"
    else:
        what = f"no result has a fingerprint that begins with {prefix!r}"
    lines = list(dict.fromkeys(f"{item.fingerprint} {item.policy}: {item.target}" for item in listed))
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
    page.field("gate", not_blocking(result) if stands_aside(result) else "")
    page.listed("standards", [f"{name}: {title}" if title else name for name, title in story.controls.items()])
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
        "policy": None if policy is None else {"description": policy.description, "path": policy.path},
        "other_causes": [_short(item) for item in story.causes],
        "same_cause": [_short(item) for item in story.policies],
        "controls": dict(story.controls),
    }


def _short(result: Result) -> dict[str, Any]:
    return {
        "fingerprint": result.fingerprint,
        "policy": result.policy,
        "outcome": str(result.outcome),
        "target": result.target,
        "cause": list(result.cause),
    }
