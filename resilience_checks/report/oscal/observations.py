"""What was observed, a policy for a target each, and the risks that violations are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from resilience_checks.model.result import Outcome
from resilience_checks.report.findings import chain, stacks, waived_by
from resilience_checks.report.interface import WaiverUse
from resilience_checks.report.oscal.words import NAMESPACE, address, filled, heading, identity, line, markdown, prop

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.model.location import Location
    from resilience_checks.model.result import Result
    from resilience_checks.report.interface import Fixed, Report

TOOL = identity("tool")
SYSTEM = identity("system")
ORIGINS = [{"actors": [{"type": "tool", "actor-uuid": TOOL}]}]
_FIRST, _LAST = date(1900, 1, 1), date(2999, 12, 31)
_END = time(23, 59, 59)
_STATUS = {"applied": "deviation-approved", "untrusted": "deviation-requested"}


@dataclass(frozen=True, slots=True)
class Observed:
    """One result with the observation of it, and the risk where it is a violation."""

    result: Result
    observation: dict[str, Any]
    risk: dict[str, Any] | None


@dataclass
class Observer:
    """Writes observations and risks of one report; `check` tells this check from others."""

    report: Report
    check: str
    _often: Counter[str] = field(default_factory=Counter)

    def observed(self) -> list[Observed]:
        """Return every result as it is told."""
        blocking = {id(result) for result in self.report.verdict.blocking}
        found = []
        for result in self.report.results:
            self._often[result.fingerprint] += 1
            names = (result.fingerprint, self._often[result.fingerprint])
            observation = self._observation(result, identity(self.check, "observation", *names), id(result) in blocking)
            violates = result.outcome is Outcome.VIOLATION
            found.append(Observed(result, observation, self._risk(result, observation, names) if violates else None))
        return found

    def _observation(self, result: Result, name: str, blocks: bool) -> dict[str, Any]:  # noqa: FBT001 a fact of the result
        return filled(
            uuid=name,
            title=heading(f"{result.policy}: {result.target}"),
            description=markdown(result.message),
            props=[
                prop("policy", result.policy),
                prop("outcome", result.outcome),
                prop("severity", result.severity),
                prop("blocks", "yes" if blocks else "no"),
                prop("fingerprint", result.fingerprint),
                *(prop("stack", name) for name in stacks(result)),
                *(prop("advisory", why) for why in result.advisory),
                *([prop("known", result.known)] if result.known else []),
                *([prop("waived", waived_by(result.waiver))] if result.waiver is not None else []),
            ],
            methods=["TEST"],
            types=["finding" if result.outcome is Outcome.VIOLATION else "control-objective"],
            origins=ORIGINS,
            subjects=subjects(result.services),
            relevant_evidence=_evidence(result),
            collected=self.report.started,
            remarks=_remarks(result),
        )

    def _risk(self, result: Result, observation: dict[str, Any], names: Sequence[object]) -> dict[str, Any]:
        """Return the risk; it keeps its UUID from check to check, as its fingerprint does."""
        uses = [use for use in self.report.waivers if result.fingerprint in use.fingerprints]
        if result.waiver is not None and result.waiver not in [use.waiver for use in uses]:
            uses.append(WaiverUse(result.waiver, "applied", (result.fingerprint,)))
        applied = next((use.waiver for use in uses if use.state == "applied"), None)
        return filled(
            uuid=identity("risk", *names),
            title=heading(result.title),
            description=markdown(result.message),
            statement=markdown("\n\n".join(chain(result)) or result.message),
            props=[prop("fingerprint", result.fingerprint), *(prop("cause", event) for event in result.cause)],
            status=next((_STATUS[use.state] for use in uses if use.state in _STATUS), "open"),
            origins=ORIGINS,
            characterizations=[_severity(result.severity)],
            deadline=_at(applied.expires, _END) if applied is not None else None,
            remediations=_remediations(result, names),
            risk_log={"entries": [_entry(use, (*names, number)) for number, use in enumerate(uses)]} if uses else None,
            related_observations=[{"observation-uuid": observation["uuid"]}],
        )


def closed(fixed: Fixed, compared_with: str) -> dict[str, Any]:
    """Return the risk of a finding that is gone."""
    return {
        "uuid": identity("risk", fixed.fingerprint, 1),
        "title": heading(fixed.title),
        "description": markdown(fixed.message),
        "statement": markdown(f"Found in {compared_with}, and not any more."),
        "props": [prop("fingerprint", fixed.fingerprint)],
        "status": "closed",
        "origins": ORIGINS,
        "characterizations": [_severity(fixed.severity)],
    }


def component(service: str) -> str:
    """Return the UUID of a service."""
    return identity("service", service)


def subjects(services: Iterable[str]) -> list[dict[str, Any]]:
    """Return whom a result is about: its services, else the estate."""
    named = [
        {"subject-uuid": component(name), "type": "component", "title": heading(name)}
        for name in dict.fromkeys(services)
    ]
    return named or [{"subject-uuid": SYSTEM, "type": "component"}]


def _severity(severity: object) -> dict[str, Any]:
    return {"origin": ORIGINS[0], "facets": [{"name": "severity", "system": NAMESPACE, "value": line(severity)}]}


def _evidence(result: Result) -> list[dict[str, Any]]:
    """Return the lines in which it can be seen, each with what is there."""
    told: list[tuple[Location | None, str]] = [
        (result.location, result.message),
        *((step.location, step.text) for step in result.chain),
        *((one.location, one.label) for one in result.related),
    ]
    return [
        {"href": address(place.path, place.line), "description": markdown(text)}
        for place, text in dict.fromkeys(told)
        if place is not None
    ]


def _remarks(result: Result) -> str:
    facts = [*(f"Hangs on: {text}" for text in result.depends_on), *(f"Assumed: {text}" for text in result.assumed)]
    return markdown("\n\n".join(facts)) if facts else ""


def _remediations(result: Result, names: Sequence[object]) -> list[dict[str, Any]]:
    if not result.remediation:
        return []
    return [
        {
            "uuid": identity("remediation", *names),
            "lifecycle": "recommendation",
            "title": "What to change",
            "description": markdown(result.remediation),
        }
    ]


def _entry(use: WaiverUse, names: Sequence[object]) -> dict[str, Any]:
    """Return a waiver as an entry of the log: who accepts the risk, why, and until when."""
    waiver = use.waiver
    told = ("owner", waiver.owner), ("approver", waiver.approver), ("ticket", waiver.ticket), ("state", use.state)
    return filled(
        uuid=identity("waiver", *names),
        title=heading(f"Waiver, {use.state}"),
        description=markdown(f"{waiver.reason}\n\n{use.why}" if use.why else waiver.reason),
        start=_at(waiver.created, time()),
        end=_at(waiver.expires, _END),
        props=[prop(name, value) for name, value in told if value],
        links=[{"href": address(waiver.location.path, waiver.location.line), "rel": "reference"}],
        status_change=_STATUS.get(use.state),
    )


def _at(day: date, clock: time) -> str:
    """Return a time of a day, of the nearest day of the years 1900 to 2999, which are all that OSCAL can write."""
    return datetime.combine(min(max(day, _FIRST), _LAST), clock, UTC).isoformat()
