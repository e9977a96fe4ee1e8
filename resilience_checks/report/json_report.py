"""The report as `resilience-report/v1` JSON: the one form from which every other can be made."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from resilience_checks.report.graph_json import value
from resilience_checks.report.interface import VERSION
from resilience_checks.report.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterable

    from resilience_checks.model.location import Location
    from resilience_checks.model.result import Result
    from resilience_checks.model.waiver import Waiver
    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import (
        Failure,
        Fixed,
        PolicySummary,
        Remark,
        Report,
        ServiceSummary,
        StackSummary,
        WaiverUse,
    )


class JsonReport:
    """Renders the whole report; the same report gives the same text, apart from times."""

    def __init__(self, style: Style | None = None) -> None:
        """Nothing of it is a matter of style."""
        _ = style

    def render(self, report: Report) -> str:
        """Return the report as JSON, held by report.schema.json; `json_reader.read` gives the report back."""
        return inert(json.dumps(as_data(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def as_data(report: Report) -> dict[str, Any]:
    """Return the report as JSON values."""
    blocking = {id(result) for result in report.verdict.blocking}
    return {
        "version": VERSION,
        "tool": {"name": "resilience-checks", "version": report.tool},
        "started": report.started,
        "engine": report.engine,
        "verdict": {
            "exit_code": int(report.verdict.exit_code),
            "words": report.verdict.words,
            "fail_on": report.fail_on,
            "blocking": sorted(result.fingerprint for result in report.verdict.blocking),
            "overridden": None if report.verdict.overridden is None else int(report.verdict.overridden),
        },
        "run": None if report.run is None else asdict(report.run),
        "options": None if report.options is None else dict(report.options),
        "settings_from": report.settings_from,
        "declared_here": _remarks(report.declared_here),
        "compared_with": report.compared_with,
        "override": None if report.override is None else asdict(report.override),
        "stacks": [_stack(stack) for stack in report.stacks],
        "left_out": list(report.left_out),
        "unaffected": list(report.unaffected),
        "services": [_service(service) for service in report.services],
        "policies": dict(sorted(report.policies.items())),
        "policy_details": {name: _policy(policy) for name, policy in sorted(report.policy_details.items())},
        "disabled": list(report.disabled),
        "not_enforced": dict(sorted(report.not_enforced.items())),
        "results": [result_data(result, blocks=id(result) in blocking) for result in report.results],
        "fixed": [_fixed(one) for one in report.fixed],
        "waivers": [waiver_use_data(use) for use in report.waivers],
        "failures": [_failure(failure) for failure in report.failures],
        "contradictions": _remarks(report.contradictions),
        "circles": _remarks(report.circles),
        "assumptions": _remarks(report.assumptions),
        "coverage": {
            "known": dict(sorted(report.known_types.items())),
            "unknown": dict(sorted(report.unknown_types.items())),
        },
        "inputs": dict(sorted(report.inputs.items())),
        "timings": {name: round(seconds, 4) for name, seconds in sorted(report.timings.items())},
        "audit": list(report.audit),
    }


def result_data(result: Result, *, blocks: bool) -> dict[str, Any]:
    """Return one result as JSON values."""
    return {
        "fingerprint": result.fingerprint,
        "policy": result.policy,
        "outcome": str(result.outcome),
        "severity": str(result.severity),
        "blocks": blocks,
        "target": result.target,
        "title": result.title,
        "message": result.message,
        "location": location(result.location),
        "related": [{"label": related.label, "location": location(related.location)} for related in result.related],
        "services": list(result.services),
        "cause": list(result.cause),
        "chain": [
            {"text": step.text, "location": location(step.location), "source": step.source} for step in result.chain
        ],
        "remediation": result.remediation,
        "depends_on": list(result.depends_on),
        "assumed": list(result.assumed),
        "blocks_when_unknown": result.blocks_when_unknown,
        "advisory": bool(result.advisory),
        "advisory_because": list(result.advisory),
        "fail_on": result.fail_on,
        "waiver": None if result.waiver is None else waiver_data(result.waiver),
        "known": result.known,
        "evidence": {key: value(item) for key, item in sorted(result.evidence.items())},  # type: ignore[arg-type]
    }


def _stack(stack: StackSummary) -> dict[str, Any]:
    can = stack.capabilities
    return {
        "name": stack.name,
        "source": stack.source,
        "digest": stack.digest,
        "resources": stack.resources,
        "capabilities": {
            "lookups": can.lookups,
            "element_dependencies": can.element_dependencies,
            "secret_equality": can.secret_equality,
            "lines": can.lines,
            "complete": can.complete,
        },
        "location": location(stack.location),
        "notes": list(stack.notes),
        "skipped": [{"name": callback.name, "location": location(callback.location)} for callback in stack.skipped],
    }


def _service(service: ServiceSummary) -> dict[str, Any]:
    return {
        "id": service.id,
        "scope": service.scope,
        "tier": service.tier,
        "rto": service.rto,
        "rpo": service.rpo,
        "declared": service.declared,
        "location": location(service.location),
        "stacks": list(service.stacks),
    }


def waiver_data(waiver: Waiver) -> dict[str, Any]:
    """Return a waiver as JSON values."""
    return {
        "policy": waiver.policy,
        "target": waiver.target,
        "reason": waiver.reason,
        "owner": waiver.owner,
        "approver": waiver.approver,
        "ticket": waiver.ticket,
        "created": waiver.created.isoformat(),
        "expires": waiver.expires.isoformat(),
        "location": location(waiver.location),
        "fingerprints": list(waiver.fingerprints),
    }


def waiver_use_data(use: WaiverUse) -> dict[str, Any]:
    """Return a waiver and what became of it as JSON values."""
    told = {"state": use.state, "fingerprints": list(use.fingerprints), "why": use.why}
    return {"waiver": waiver_data(use.waiver), **told}


def _fixed(fixed: Fixed) -> dict[str, Any]:
    return {**asdict(fixed), "severity": str(fixed.severity)}


def _policy(policy: PolicySummary) -> dict[str, Any]:
    return {
        "description": policy.description,
        "severity": str(policy.severity),
        "remediation": policy.remediation,
        "controls": dict(policy.controls),
        "waivable": policy.waivable,
        "page": policy.page,
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "subject": failure.subject,
        "what": failure.what,
        "why": failure.why,
        "remedy": failure.remedy,
        "exit_code": failure.exit_code,
        "location": location(failure.location),
    }


def _remarks(remarks: Iterable[Remark]) -> list[dict[str, Any]]:
    return [{"text": remark.text, "locations": [location(place) for place in remark.locations]} for remark in remarks]


def location(place: Location | None) -> dict[str, Any] | None:
    """Return a location as JSON values."""
    if place is None:
        return None
    return {"path": place.path, "line": place.line, "column": place.column}
