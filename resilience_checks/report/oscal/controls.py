"""Controls of standards, and whether what was observed satisfies them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from resilience_checks.model.result import Outcome
from resilience_checks.policy.controls import standard
from resilience_checks.report.oscal.words import control_id, filled, heading, identity, markdown, prop
from resilience_checks.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.model.result import Result
    from resilience_checks.report.interface import Report
    from resilience_checks.report.oscal.observations import Observed

CAVEAT = (
    "Evidence is that a design was checked before it was deployed; whether a standard is met is for an auditor to say."
)
_MANY = {
    "violation": "violations",
    "waived violation": "waived violations",
    "unknown": "unknown",
    "error": "errors",
    "pass": "passes",
    "not applicable": "not applicable",
}


@dataclass(frozen=True, slots=True)
class Control:
    """One control, and all that was observed of it."""

    id: str
    title: str
    policies: tuple[str, ...]
    observed: tuple[Observed, ...]

    @property
    def applies(self) -> bool:
        """Whether anything observed says something of it."""
        return any(one.result.outcome is not Outcome.NOT_APPLICABLE for one in self.observed)


def controls(report: Report, observed: Sequence[Observed]) -> tuple[Control, ...]:
    """Return every control that an evaluated policy gives evidence for, by standard and id."""
    titles: dict[str, str] = {}
    policies: dict[str, list[str]] = {}
    for policy, details in sorted(report.policy_details.items()):
        for control, title in details.controls.items():
            titles[control] = titles.get(control) or title
            policies.setdefault(control, []).append(policy)
    return tuple(
        Control(name, titles[name], tuple(of), tuple(one for one in observed if one.result.policy in of))
        for name, of in sorted(policies.items(), key=lambda item: (standard(item[0]), item[0]))
    )


def reviewed(found: Sequence[Control]) -> dict[str, Any]:
    """Return which controls were assessed, standard by standard; those to which nothing applies are told.

    The schema wants at least one selection with at least one control.
    """
    selections = [
        {"description": markdown(name), "include-controls": [{"control-id": one} for one in _ids(group)]}
        for name, group in groupby(found, lambda one: standard(one.id))
    ]
    aside = [one.id for one in found if not one.applies]
    none = {
        "description": "No policy was evaluated that gives evidence for a control.",
        "include-controls": [{"control-id": "none"}],
    }
    return filled(
        description=CAVEAT,
        control_selections=selections or [none],
        remarks=markdown(f"Nothing that was checked concerns: {', '.join(aside)}") if aside else "",
    )


def finding(control: Control, report: Report, check: str) -> dict[str, Any]:
    """Return the finding of a control: satisfied where all that applies passes, and nothing stayed unknown."""
    state, reason, why = _state(control, report)
    risks = [one.risk for one in control.observed if one.risk is not None]
    return filled(
        uuid=identity(check, "finding", control.id),
        title=heading(f"{control.id}: {control.title}" if control.title else control.id),
        description=markdown(f"{why}: {_counts(control)}. {CAVEAT}"),
        props=[prop("control", control.id), *(prop("policy", policy) for policy in control.policies)],
        target={
            "type": "statement-id",
            "target-id": f"{control_id(control.id)}_smt",
            "status": {"state": state, "reason": reason, "remarks": markdown(why)},
        },
        related_observations=[{"observation-uuid": one.observation["uuid"]} for one in control.observed],
        related_risks=[{"risk-uuid": risk["uuid"]} for risk in risks],
    )


def _state(control: Control, report: Report) -> tuple[str, str, str]:
    """Return state, reason and words; the worst that was observed decides."""
    outcomes = {one.result.outcome for one in control.observed}
    violations = [one.result for one in control.observed if one.result.outcome is Outcome.VIOLATION]
    if any(result.waiver is None for result in violations):
        return "not-satisfied", "fail", "A policy is violated"
    if Outcome.ERROR in outcomes:
        return "not-satisfied", "other", "A policy could not be evaluated"
    if report.failures:
        return "not-satisfied", "other", "Not everything could be evaluated"
    if Outcome.UNKNOWN in outcomes:
        return "not-satisfied", "other", "Not known: what it hangs on stands in the observations"
    if violations:
        return "not-satisfied", "other", "What is violated is accepted by waivers"
    return "satisfied", "pass", "All that applies passes"


def _counts(control: Control) -> str:
    found = Counter(_kind(one.result) for one in control.observed)
    return ", ".join(counted(found[kind], kind, many) for kind, many in _MANY.items() if found[kind])


def _kind(result: Result) -> str:
    if result.outcome is Outcome.VIOLATION and result.waiver is not None:
        return "waived violation"
    return str(result.outcome).replace("_", " ")


def _ids(group: Any) -> list[str]:
    return list(dict.fromkeys(control_id(one.id) for one in group))
