"""From a report to what the engine shows: one diagnostic a finding, with its place in the message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.analyzer.settings import PACK, Level
from resilience_checks.gate.verdict import ExitCode
from resilience_checks.model.result import Outcome
from resilience_checks.report.findings import chain, findings, targets, unnamed
from resilience_checks.report.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.analyzer.settings import Settings
    from resilience_checks.model.errors import CheckError
    from resilience_checks.model.location import Location
    from resilience_checks.model.result import Result, Severity
    from resilience_checks.report.interface import Failure, Report

_COLOUR = "<{%"
"""What begins a colour of the Pulumi command."""
_DOUBTS = 5
"""How many facts an unknown finding names; the Pulumi command shows every line of every message."""
_TITLES = {Outcome.VIOLATION: "", Outcome.UNKNOWN: "unknown: ", Outcome.ERROR: "failed: "}
WHOLE = "What was checked as a whole"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One statement to the engine; `urn` None: it is about the stack."""

    policy: str
    title: str
    message: str
    level: Level
    urn: str | None = None
    severity: Severity | None = None


def of_report(report: Report, settings: Settings, limits: Sequence[str] = ()) -> tuple[Diagnostic, ...]:
    """Return what the engine shows of a report: mandatory what blocks, advisory the rest.

    A policy that is advisory or disabled in the settings blocks nothing; a check that failed always does. `limits`
    are what a reader must know of the run, told once.
    """
    blocking = {id(result) for result in report.verdict.blocking}
    said = [of_failure(failure) for failure in report.failures]
    for group in findings(report):
        level = settings.level(group[0].policy)
        failed = group[0].outcome is Outcome.ERROR
        if level is Level.DISABLED and not failed:
            continue
        blocks = any(id(result) in blocking for result in group) and (failed or level is not Level.ADVISORY)
        said.append(_of_results(group, Level.MANDATORY if blocks else Level.ADVISORY))
    said += (
        _remark(_placed(remark.text, remark.locations[0] if remark.locations else None)) for _, remark in report.remarks
    )
    said += (_remark(limit) for limit in limits)
    if report.verdict.exit_code is ExitCode.NOTHING:
        said.append(_remark(f"{report.verdict.words}: the stack has no service that a policy is about"))
    undecided = {ExitCode.USAGE, ExitCode.FAILED, ExitCode.INPUT}
    if report.verdict.exit_code in undecided and all(item.level is not Level.MANDATORY for item in said):
        said.append(Diagnostic(PACK, WHOLE, report.verdict.words, Level.MANDATORY))
    return tuple(said)


def of_failure(error: CheckError | Failure) -> Diagnostic:
    """Return the diagnostic of something that could not be checked: it blocks, since nothing was decided."""
    lines = [_placed(error.what, error.location)]
    lines += [f"why: {error.why}"] if error.why else []
    lines += [f"help: {error.remedy}"] if error.remedy else []
    return Diagnostic(PACK, "The check failed, so nothing was decided", _text(lines), Level.MANDATORY)


def not_applicable(report: Report) -> Iterator[tuple[str, str]]:
    """Yield the policies that apply to nothing in the stack, each with why."""
    outcomes: dict[str, set[Outcome]] = {policy: set() for policy in report.policies}
    for result in report.results:
        outcomes.setdefault(result.policy, set()).add(result.outcome)
    for policy, found in sorted(outcomes.items()):
        if not found - {Outcome.NOT_APPLICABLE}:
            yield policy, "no service of this stack is of the kind that the policy is about"
    for policy in report.disabled:
        yield policy.partition(" ")[0], "resilience.yaml switches it off"


def _of_results(group: Sequence[Result], level: Level) -> Diagnostic:
    first = group[0]
    urns = first.evidence.get("resources")
    return Diagnostic(
        policy=first.policy,
        title=first.title,
        message=_text(_lines(group)),
        level=level,
        urn=str(urns[0]) if isinstance(urns, list) and urns else None,
        severity=first.severity,
    )


def _lines(group: Sequence[Result]) -> Iterator[str]:
    first = group[0]
    yield _placed(f"{_TITLES.get(first.outcome, '')}{first.message}", first.location)
    if len(group) > 1:
        yield f"about: {', '.join(targets(group))}"
    elif services := unnamed(first):
        yield f"loses: {', '.join(services)}"
    yield from (f"why: {step}" for step in chain(first))
    yield from (f"hangs on: {doubt}" for doubt in first.depends_on[:_DOUBTS])
    if len(first.depends_on) > _DOUBTS:
        yield f"hangs on: {len(first.depends_on) - _DOUBTS} more, which `resilience-checks check` lists"
    if first.remediation:
        yield f"fix: {first.remediation}"


def _remark(text: str) -> Diagnostic:
    return Diagnostic(PACK, WHOLE, _text([text]), Level.ADVISORY)


def _placed(text: str, location: Location | None) -> str:
    return text if location is None else f"{location}: {text}"


def _text(lines: Sequence[str] | Iterator[str]) -> str:
    """Return the lines with nothing in them that a terminal, or the Pulumi command, takes for more than text."""
    return safe("\n".join(lines)).replace(_COLOUR, "<{ %")
