"""What answers to questions about faults have in common, as JSON values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from resilience_checks.report.json_report import location

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from resilience_checks.model.likelihood import Stated
    from resilience_checks.model.question import Doubt, Event, Step
    from resilience_checks.model.values import Reason


def written(data: Mapping[str, Any]) -> str:
    """Return a document as text; the same document gives the same text."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def event(found: Event, stated: Stated) -> dict[str, Any]:
    """Return one fault: what fails, how, how likely that is held to be and by whom, and where it is."""
    return {
        "event": found.id,
        "domain": found.domain,
        "kind": found.kind,
        "name": found.name,
        "fault": str(found.fault),
        "likelihood": likelihood(stated),
        "location": location(found.primary),
    }


def likelihood(stated: Stated) -> dict[str, Any]:
    """Return a class and who states it."""
    return {"class": str(stated.likelihood), **reason(stated.reason)}


def reason(found: Reason) -> dict[str, Any]:
    """Return why something is held to be so."""
    return {
        "why": found.text,
        "basis": str(found.basis),
        "source": found.source,
        "location": location(found.location),
    }


def doubts(found: Iterable[Doubt]) -> list[dict[str, Any]]:
    """Return facts that are not known, each with what would make it known."""
    return [{"fact": doubt.id, **reason(doubt.reason), "remedy": doubt.remedy} for doubt in found]


def steps(chain: Iterable[Step]) -> list[dict[str, Any]]:
    """Return the steps from fault to loss."""
    return [{"text": step.text, "location": location(step.location), "source": step.source} for step in chain]
