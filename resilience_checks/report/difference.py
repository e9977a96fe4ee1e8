"""What changed between two reports: findings, verdicts of services, waivers, coverage, inputs and scope."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model.result import Outcome, Result
from resilience_checks.report.tables import hanging
from resilience_checks.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.report.interface import Report, WaiverUse

VERSION = "resilience-report-diff/v1"
_RANK = {Outcome.NOT_APPLICABLE: 0, Outcome.PASS: 0, Outcome.UNKNOWN: 1, Outcome.VIOLATION: 2, Outcome.ERROR: 3}
_SHOWN = 20
"""Lines of one part of the page; the rest is counted, and stands in the JSON."""


@dataclass(frozen=True, slots=True)
class Found:
    """One finding on one side; `blocks` is what the verdict of that side says of it."""

    result: Result
    blocks: bool

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """What makes a finding worse: that it blocks, its outcome, its severity, how many services it is about."""
        result = self.result
        return self.blocks, _RANK[result.outcome], result.severity.rank, len(result.services)


@dataclass(frozen=True, slots=True)
class Changed:
    """A value that is another now: what it is of, and both; "" where there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """All that changed from `before` to `after`."""

    before: Report
    after: Report
    new: tuple[Found, ...]
    fixed: tuple[Found, ...]
    worse: tuple[tuple[Found, Found], ...]
    better: tuple[tuple[Found, Found], ...]
    lost: tuple[Changed, ...]
    """Policies that passed for a service, and say nothing of it now."""
    waivers: tuple[Changed, ...]
    coverage: tuple[Changed, ...]
    inputs: tuple[Changed, ...]
    scope: tuple[Changed, ...]

    @property
    def parts(self) -> tuple[tuple[str, tuple[Changed, ...]], ...]:
        """The changes that are no findings, by what they are of."""
        return (
            ("passes that are gone", self.lost),
            ("waivers", self.waivers),
            ("scope and settings", self.scope),
            ("coverage", self.coverage),
            ("inputs", self.inputs),
        )


def between(before: Report, after: Report) -> Difference:
    """Return what changed; findings are the same where their fingerprints are, whatever their lines."""
    old, new = _findings(before), _findings(after)
    pairs = [(old[key], new[key]) for key in old if key in new]
    return Difference(
        before,
        after,
        tuple(new[key] for key in new if key not in old),
        tuple(old[key] for key in old if key not in new),
        tuple(pair for pair in pairs if pair[1].rank > pair[0].rank),
        tuple(pair for pair in pairs if pair[1].rank < pair[0].rank),
        tuple(_lost(before, after)),
        _changes(_waivers(before), _waivers(after)),
        _changes(_coverage(before), _coverage(after)),
        _changes(before.inputs, after.inputs),
        _changes(_scope(before), _scope(after)),
    )


def text(found: Difference, width: int) -> str:
    """Return the page: the verdicts, then what is new and worse, then what is fixed and better, then the rest."""
    return "".join(f"{line}\n" for line in lines(found, width))


def data(found: Difference) -> dict[str, Any]:
    """Return the same as JSON values, held by report_diff.schema.json."""
    return {
        "schema": VERSION,
        "before": _side(found.before),
        "after": _side(found.after),
        "new": [_one(each) for each in found.new],
        "fixed": [_one(each) for each in found.fixed],
        "worse": [{"before": _one(one), "after": _one(other)} for one, other in found.worse],
        "better": [{"before": _one(one), "after": _one(other)} for one, other in found.better],
        "passes_gone": _changed(found.lost),
        "waivers": _changed(found.waivers),
        "scope": _changed(found.scope),
        "coverage": _changed(found.coverage),
        "inputs": _changed(found.inputs),
    }


def _findings(report: Report) -> dict[str, Found]:
    """Return the findings by fingerprint; of several with one fingerprint the worst stands for all."""
    blocking = {id(result) for result in report.verdict.blocking}
    worst: dict[str, Found] = {}
    for result in report.results:
        if _RANK[result.outcome]:
            found = Found(result, id(result) in blocking)
            known = worst.get(result.fingerprint)
            worst[result.fingerprint] = found if known is None else max(known, found, key=lambda each: each.rank)
    return dict(sorted(worst.items(), key=lambda item: ([-part for part in item[1].rank], item[0])))


def _lost(before: Report, after: Report) -> Iterator[Changed]:
    """Yield what passed and is not asked, or does not apply, any more: nothing else tells of that."""
    now: dict[tuple[str, str], set[Outcome]] = defaultdict(set)
    for result in after.results:
        for service in result.services:
            now[result.policy, service].add(result.outcome)
    passed = {
        (each.policy, service) for each in before.results if each.outcome is Outcome.PASS for service in each.services
    }
    for policy, service in sorted(passed):
        said = now.get((policy, service), set())
        if said <= {Outcome.NOT_APPLICABLE}:
            yield Changed(f"{policy} of {service}", "pass", "not applicable" if said else "not asked")


def _waivers(report: Report) -> dict[str, str]:
    return {f"{use.waiver.policy} of {use.waiver.target}": _waiver(use) for use in report.waivers}


def _waiver(use: WaiverUse) -> str:
    waiver = use.waiver
    return f"{use.state}, until {waiver.expires}, owner {waiver.owner}, approver {waiver.approver}: {waiver.reason}"


def _coverage(report: Report) -> dict[str, str]:
    known = {name: f"{number} known" for name, number in report.known_types.items()}
    return known | {name: f"{number} unknown to the catalogue" for name, number in report.unknown_types.items()}


def _scope(report: Report) -> dict[str, str]:
    found = {f"stack {stack.name}": "checked" for stack in report.stacks}
    found |= {f"stack {name}": "left out" for name in report.left_out}
    found |= {f"policy {name}": "evaluated" for name in report.policies}
    found |= {f"policy {name}": f"not enforced: {why}" for name, why in report.not_enforced.items()}
    found |= {f"switched off: {name}": "yes" for name in report.disabled}
    found |= {
        f"service {each.id}": f"{each.scope or 'no scope'}, tier {each.tier or '-'}, RTO {each.rto}, RPO {each.rpo}"
        for each in report.services
    }
    found |= {f"could not be evaluated: {failure.subject or failure.what}": failure.what for failure in report.failures}
    settings = {"fail on": report.fail_on, "settings from": report.settings_from, "compared with": report.compared_with}
    return found | {name: value for name, value in settings.items() if value} | {"version": report.tool}


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Changed, ...]:
    return tuple(
        Changed(name, before.get(name, ""), after.get(name, ""))
        for name in sorted({*before, *after})
        if before.get(name, "") != after.get(name, "")
    )


def lines(found: Difference, width: int) -> Iterator[str]:
    """Yield the lines of the page."""
    yield from hanging("before  ", f"{found.before.started}: {found.before.verdict.words}", width)
    yield from hanging("after   ", f"{found.after.started}: {found.after.verdict.words}", width)
    for name, alone in (("new", found.new), ("fixed", found.fixed)):
        yield from _part(name, [("", _said(each)) for each in alone], width)
    for name, pairs in (("worse", found.worse), ("better", found.better)):
        yield from _part(name, [(_turned(*pair), _said(pair[1])) for pair in pairs], width)
    for name, changes in found.parts:
        yield from _part(name, [(each.name, _became(each)) for each in changes], width)
    findings = (*found.new, *found.fixed, *found.worse, *found.better)
    if not findings and not any(changes for _, changes in found.parts):
        yield ""
        yield "nothing changed"


def _part(name: str, rows: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"{name} ({len(rows)})"
    for about, what in rows[:_SHOWN]:
        yield from hanging("  ", f"{about}: {what}" if about else what, width)
    if len(rows) > _SHOWN:
        yield f"  and {len(rows) - _SHOWN} more, which --format json lists"


def _said(found: Found) -> str:
    result = found.result
    blocks = "; blocks" if found.blocks else ""
    return f"{result.outcome} {result.severity} [{result.policy}] {result.message}{blocks}"


def _turned(before: Found, after: Found) -> str:
    """Return what makes a finding worse or better than it was."""
    one, other = before.result, after.result
    said = []
    if before.blocks != after.blocks:
        said.append("blocks now" if after.blocks else "does not block any more")
    if one.outcome is not other.outcome:
        said.append(f"was {one.outcome}")
    if one.severity is not other.severity:
        said.append(f"was {one.severity}")
    if len(one.services) != len(other.services):
        said.append(f"was about {counted(len(one.services), 'service')}")
    return ", ".join(said)


def _became(changed: Changed) -> str:
    if not changed.before:
        return f"new: {changed.after}"
    return f"{changed.before} -> {changed.after}" if changed.after else f"gone (was {changed.before})"


def _side(report: Report) -> dict[str, Any]:
    return {
        "started": report.started,
        "commit": report.run.commit if report.run else "",
        "words": report.verdict.words,
        "exit_code": int(report.verdict.exit_code),
    }


def _one(found: Found) -> dict[str, Any]:
    result = found.result
    return {
        "fingerprint": result.fingerprint,
        "policy": result.policy,
        "outcome": str(result.outcome),
        "severity": str(result.severity),
        "blocks": found.blocks,
        "target": result.target,
        "message": result.message,
        "services": list(result.services),
    }


def _changed(changes: Sequence[Changed]) -> list[dict[str, str]]:
    return [{"name": each.name, "before": each.before, "after": each.after} for each in changes]
