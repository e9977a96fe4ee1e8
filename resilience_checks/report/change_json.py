"""The answer to `change` as `resilience-change/v1` JSON, held by change.schema.json."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from resilience_checks.report import facts_json
from resilience_checks.report.json_report import location

if TYPE_CHECKING:
    from resilience_checks.analysis.change import Change, Changes, EstateChange, Unread
    from resilience_checks.analysis.redundancy import CutChange, Redundancy, ServiceChange
    from resilience_checks.analysis.replaced import Replacement
    from resilience_checks.analysis.shared import Shared
    from resilience_checks.analysis.touched import Deployment, ResourceChange, Touch, TouchedSet
    from resilience_checks.model.question import Event

SCHEMA = "resilience-change/v1"


def as_data(changes: Changes) -> dict[str, Any]:
    """Return the answer as JSON values."""
    return {
        "schema": SCHEMA,
        "before": changes.before,
        "after": changes.after,
        "notes": list(changes.notes),
        "failures": [_unread(one) for one in changes.unread],
        "estates": [_estate(one) for one in changes.estates],
    }


def _unread(unread: Unread) -> dict[str, Any]:
    error = unread.error
    return {
        "side": unread.side,
        "stack": unread.stack,
        "what": error.what,
        "why": error.why,
        "remedy": error.remedy,
        "location": location(error.location),
    }


def _estate(estate: EstateChange) -> dict[str, Any]:
    return {
        "stacks": list(estate.stacks),
        "decided": estate.change is not None,
        "missing": list(estate.missing),
        "change": _change(estate.change) if estate.change is not None else None,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "empty": change.empty,
        "deployments": [_deployment(one) for one in change.deployments],
        "at_once": _deployment(change.at_once) if change.at_once is not None else None,
        "replacements": [_replacement(one) for one in change.replacements],
        "shared": [_shared(one) for one in change.shared],
        "redundancy": _redundancy(change.redundancy) if change.redundancy is not None else None,
    }


def _deployment(found: Deployment) -> dict[str, Any]:
    return {
        "stack": found.stack,
        "changes": [_resource(one) for one in found.changes],
        "touched": [_touch(one) for one in found.touched],
        "services": {
            "lost": list(found.lost),
            "unknown": list(found.perhaps),
            "kept": list(found.kept),
            "untouched": list(found.untouched),
            "lost_at_rest": list(found.broken),
        },
        "sets": [_set(one) for one in found.sets],
        "whole_roles": [
            {"role": one.role, "parts": list(one.parts), "services": list(one.services)} for one in found.whole
        ],
    }


def _resource(change: ResourceChange) -> dict[str, Any]:
    operation = change.operation
    return {
        "urn": change.urn,
        "type": change.type,
        "name": change.name,
        "operation": operation.op,
        "properties": list(operation.properties),
        "replaces": list(operation.replaces),
        "deletes_first": str(operation.deletes_first),
        "certain": operation.certain,
        "why": operation.why,
        "location": location(change.location),
    }


def _touch(touch: Touch) -> dict[str, Any]:
    return {
        "part": touch.part,
        "role": touch.role,
        "sure": touch.sure,
        "why": touch.why,
        "by": [change.urn for change in touch.changes],
        "location": location(touch.location),
    }


def _set(found: TouchedSet) -> dict[str, Any]:
    return {
        "parts": list(found.parts),
        "redundant": found.redundant,
        "services": list(found.services),
        "sure": found.sure,
        "chain": facts_json.steps(found.chain),
    }


def _replacement(found: Replacement) -> dict[str, Any]:
    return {
        "urn": found.change.urn,
        "operation": found.change.operation.op,
        "part": found.part,
        "downtime": str(found.downtime),
        "because": list(found.change.operation.replaces),
        "lost": list(found.lost),
        "exposed": [{"service": name, "events": list(events)} for name, events in found.exposed],
        "unknown": list(found.perhaps),
        "location": location(found.change.location),
    }


def _shared(found: Shared) -> dict[str, Any]:
    return {
        **_event(found.event),
        "joined": list(found.joined),
        "members": list(found.members),
        "services": list(found.services),
        "alone": found.alone,
        "sure": found.sure,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "event": event.id,
        "kind": event.kind,
        "name": event.name,
        "fault": str(event.fault),
        "location": location(event.primary),
    }


def _redundancy(found: Redundancy) -> dict[str, Any]:
    return {
        "order": found.order,
        "appearing": list(found.appearing),
        "disappearing": list(found.disappearing),
        "unchanged": list(found.unchanged),
        "changed": [_service(one) for one in found.changed],
        "events": [_event(event) for _, event in sorted(found.events.items())],
    }


def _service(found: ServiceChange) -> dict[str, Any]:
    return {
        "service": found.service,
        "order": found.order,
        "lost": [_cut(one) for one in found.lost],
        "gained": [_cut(one) for one in found.gained],
        "unknown": [_cut(one) for one in found.perhaps],
        "undecided": found.undecided,
        "objectives": [asdict(one) for one in found.objectives],
    }


def _cut(found: CutChange) -> dict[str, Any]:
    return {
        "events": list(found.events),
        "survived_before": str(found.before),
        "survived_after": str(found.after),
        "absent_events": list(found.absent),
        "chain": facts_json.steps(found.chain),
    }
