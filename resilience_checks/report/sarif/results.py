"""Findings as SARIF results: what is lost, where it begins, and the way from one to the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from resilience_checks.model.location import Location, Related
from resilience_checks.model.result import Outcome
from resilience_checks.report.findings import alike, chain, loses, not_blocking, said, shared, targets, unnamed
from resilience_checks.report.interface import WaiverUse
from resilience_checks.report.sarif.places import inside, location, plain
from resilience_checks.report.sarif.rules import LEVELS, policy_rule, rule_of
from resilience_checks.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.model.result import Result
    from resilience_checks.report.interface import Fixed, Report
    from resilience_checks.report.sarif.shares import Group

MAX_RELATED = 99
"""GitHub keeps 100 locations of a result, its own among them."""
MAX_STEPS = 1000
_KINDS = {
    Outcome.UNKNOWN: "open",
    Outcome.PASS: "pass",
    Outcome.NOT_APPLICABLE: "notApplicable",
}
_STATES = {"applied": "accepted", "untrusted": "underReview", "refused": "rejected", "expired": "rejected"}


@dataclass
class Results:
    """Writes the results of one run; `whole`: as the standard has it, else as GitHub shows the most of it."""

    report: Report
    anchor: Location
    rules: Mapping[str, int]
    whole: bool
    _often: Counter[str] = field(default_factory=Counter)

    @cached_property
    def _alike(self) -> Mapping[int, tuple[str, ...]]:
        return alike(self.report)

    def result(self, group: Group) -> dict[str, Any]:
        """Return one result; a group of several is one doubt about several targets."""
        first = group[0]
        rule = rule_of(first)
        related = _related(group)
        place = first.location if first.location is not None and inside(first.location) else self.anchor
        fingerprint = min(result.fingerprint for result in group)
        self._often[fingerprint] += 1
        linked = [location(one.location, one.label, number) for number, one in enumerate(related[:MAX_RELATED], 1)]
        return {
            "ruleId": rule,
            "ruleIndex": self.rules[rule],
            **self._kind(group),
            "message": {"text": self._message(group, related)},
            "locations": [location(place)],
            **({"relatedLocations": linked} if linked else {}),
            **_flows(first, place),
            "partialFingerprints": {
                "primaryLocationLineHash": f"{fingerprint}:{self._often[fingerprint]}",
                "resilienceChecks/v1": fingerprint,
            },
            **self._baseline(group),
            **self._suppressions(first),
            "properties": _properties(group, self.report),
        }

    def fixed(self, item: Fixed) -> dict[str, Any]:
        """Return a finding that is gone."""
        return {
            "ruleId": policy_rule(item.policy),
            "ruleIndex": self.rules[policy_rule(item.policy)],
            "level": LEVELS[item.severity],
            "message": {"text": plain(f"Fixed since {self.report.compared_with}: {item.message}")},
            "locations": [location(self.anchor)],
            "partialFingerprints": {"resilienceChecks/v1": item.fingerprint},
            "baselineState": "absent",
        }

    def _kind(self, group: Group) -> dict[str, str]:
        """Return kind and level: for GitHub, which reads no kinds, an unknown is a note, or an error where it blocks."""
        first = group[0]
        if self.whole and first.outcome in _KINDS:
            return {"kind": _KINDS[first.outcome], "level": "none"}
        if first.outcome is Outcome.ERROR:
            return {"level": "error"}
        if first.outcome is Outcome.UNKNOWN:
            blocking = {id(result) for result in self.report.verdict.blocking}
            return {"level": "error" if any(id(result) in blocking for result in group) else "note"}
        return {"level": "note" if first.advisory else LEVELS[first.severity]}

    def _message(self, group: Group, related: Sequence[Related]) -> str:
        first = group[0]
        found, stacks = said(group), shared(group, self._alike)
        if first.outcome is Outcome.UNKNOWN and "not known" not in found:
            found = f"not known: {found}"
        lost = ", ".join(unnamed(first)) if len(group) == 1 or first.outcome is not Outcome.UNKNOWN else ""
        links = [f"[{plain(one.label) or 'there'}]({number})" for number, one in enumerate(related[:MAX_RELATED], 1)]
        more = [counted(len(related) - MAX_RELATED, "more place")] if len(related) > MAX_RELATED else []
        parts = [
            _sentence(plain(found)) or "no message",
            plain(f"Place: {first.location}.") if first.location is not None and not inside(first.location) else "",
            plain(f"Stacks: {stacks}.") if stacks else "",
            plain(f"{'Lost' if loses(first) else 'Services'}: {lost}.") if lost else "",
            f"See {', '.join([*links, *more])}." if links else "",
            plain(_listed("Why", chain(first))) if not first.chain else "",
            plain(_listed("Hangs on", first.depends_on)),
            plain(_listed("Assumed", first.assumed)),
            plain(f"What to change: {first.remediation}") if first.remediation else "",
            plain(f"D{not_blocking(first)[1:]}.") if first.advisory else "",
            plain(f"Not new: {first.known}.") if first.known else "",
        ]
        return "\n\n".join(part for part in parts if part)

    def _baseline(self, group: Group) -> dict[str, str]:
        if not self.report.compared_with:
            return {}
        return {"baselineState": "unchanged" if all(result.known for result in group) else "new"}

    def _suppressions(self, result: Result) -> dict[str, Any]:
        uses = [use for use in self.report.waivers if result.fingerprint in use.fingerprints and use.state in _STATES]
        if result.waiver is not None and result.waiver not in [use.waiver for use in uses]:
            uses.append(WaiverUse(result.waiver, "applied", (result.fingerprint,)))
        if not self.whole or not uses or result.outcome not in {Outcome.VIOLATION, Outcome.UNKNOWN}:
            return {}
        return {"suppressions": [_suppression(use) for use in uses]}


def _related(group: Group) -> tuple[Related, ...]:
    """Return the places that the message links: none outside of the repository, which cannot be opened."""
    first = group[0]
    others = [
        Related(f"not known for {result.target}", result.location)
        for result in group[1:]
        if result.location is not None and result.location != first.location
    ]
    return tuple(dict.fromkeys(one for one in (*first.related, *others) if inside(one.location)))


def _flows(result: Result, place: Location) -> dict[str, Any]:
    """Return the chain of cause; a step that stands nowhere itself is shown where the one before it is."""
    steps = []
    for step in result.chain[:MAX_STEPS]:
        place = step.location if step.location is not None and inside(step.location) else place
        text = f"{step.text} ({step.source})" if step.source else step.text
        steps.append({"location": location(place, text or "then")})
    return {"codeFlows": [{"threadFlows": [{"locations": steps}]}]} if steps else {}


def _suppression(use: WaiverUse) -> dict[str, Any]:
    waiver = use.waiver
    until = f"until {waiver.expires.isoformat()}, owner {waiver.owner}, approved by {waiver.approver}"
    ticket = f", {waiver.ticket}" if waiver.ticket else ""
    why = f" ({use.state}: {use.why})" if use.why else ""
    return {
        "kind": "external",
        "status": _STATES[use.state],
        "justification": plain(f"{waiver.reason} ({until}{ticket}){why}"),
        **({"location": location(waiver.location)} if inside(waiver.location) else {}),
    }


def _properties(group: Group, report: Report) -> dict[str, Any]:
    first = group[0]
    blocking = {id(result) for result in report.verdict.blocking}
    return {
        "outcome": str(first.outcome),
        "severity": str(first.severity),
        "blocks": any(id(result) in blocking for result in group),
        "targets": list(targets(group)),
        "services": list(dict.fromkeys(name for result in group for name in result.services)),
        "cause": list(first.cause),
        "fingerprints": sorted({result.fingerprint for result in group}),
        **{key: first.evidence[key] for key in ("stacks", "controls") if isinstance(first.evidence.get(key), list)},
    }


def _sentence(text: str) -> str:
    """Return text that ends as a sentence: where there is little room, GitHub shows the first one alone."""
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _listed(name: str, texts: Sequence[str]) -> str:
    return "\n".join([f"{name}:", *(f"- {text}" for text in texts)]) if texts else ""
