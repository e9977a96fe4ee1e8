"""Builds what policies read: `resilience-policy-input/v1`, with every index that a rule would otherwise search for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.analysis.answers import Answers
    from resilience_checks.model.question import Cut, Statement
    from resilience_checks.policy.settings import Settings
    from resilience_checks.topology.estate import Estate

VERSION = "resilience-policy-input/v1"
_UNKNOWN = "unknown"


def build(estate: Estate, answers: Answers, settings: Mapping[str, Settings]) -> dict[str, Any]:
    """Return the document; every three-valued answer in it is one of the strings yes, no and unknown."""
    facts: dict[str, dict[str, Any]] = defaultdict(dict)
    for statement in answers.statements:
        facts[statement.question][statement.service] = _fact(statement)
    return {
        "version": VERSION,
        "settings": {name: dict(item.parameters) for name, item in settings.items()},
        "services": {
            service.id: {
                "scope": str(service.scope) if service.scope else _UNKNOWN,
                "tier": service.tier if service.tier is not None else _UNKNOWN,
                "rto": service.rto if service.rto is not None else _UNKNOWN,
                "rpo": service.rpo if service.rpo is not None else _UNKNOWN,
                "declared": "yes" if service.declared else "no",
                "consumers": list(service.consumers),
            }
            for service in estate.services.values()
        },
        "components": {
            part.id: {"role": part.role or _UNKNOWN, "label": part.label, "site": _site(part.site)}
            for part in estate.parts.values()
        },
        "domains": {
            domain.id: {"kind": domain.kind, "name": domain.name, "faults": [str(fault) for fault in domain.faults]}
            for domain in estate.domains.values()
            if not domain.implied
        },
        "events": {
            event.id: {
                "domain": event.domain,
                "kind": event.kind.replace("-", " "),
                "name": event.name,
                "fault": str(event.fault),
            }
            for event in answers.events.values()
        },
        "facts": dict(facts),
        "causes": causes(estate, answers.statements),
    }


def causes(estate: Estate, statements: Sequence[Statement]) -> dict[str, dict[str, Any]]:
    """Return for each question its causes: sets of events that surely lose services, with the services of each.

    A place that is a cut only because it encloses a smaller one is no cause of its own.
    """
    found: dict[str, dict[str, Any]] = {}
    for statement in statements:
        mine = found.setdefault(statement.question, {})
        if statement.holds != "no":
            continue
        for cut in _causal(estate, statement.cuts):
            key = " + ".join(sorted(cut.events))
            cause = mine.setdefault(
                key,
                {
                    "id": key,
                    "question": statement.question,
                    "events": sorted(cut.events),
                    "target": " + ".join(sorted({event.rpartition("/")[0] for event in cut.events})),
                    "together": "no" if cut.by_cases else "yes",
                    "services": [],
                },
            )
            cause["services"].append(statement.service)
    return found


def _causal(estate: Estate, cuts: Sequence[Cut]) -> list[Cut]:
    """Return the cuts without those that are there only because a place encloses a smaller cut."""
    single = {cut.events[0].rpartition("/")[0] for cut in cuts if len(cut.events) == 1}

    def encloses(cut: Cut) -> bool:
        domain = cut.events[0].rpartition("/")[0]
        return len(cut.events) == 1 and bool(single & set(estate.domains[domain].encloses))

    return [cut for cut in cuts if not encloses(cut)]


def _fact(statement: Statement) -> dict[str, Any]:
    return {
        "asked": str(statement.asked),
        "holds": str(statement.holds),
        "cuts": [list(cut.events) for cut in statement.cuts],
        "because": [step.text for cut in statement.cuts[:1] for step in cut.chain],
        "assumed": [reason.text for reason in statement.assumed],
        "depends_on": [doubt.reason.text for doubt in statement.depends_on],
        "error": statement.error or "",
    }


def _site(site: object) -> str:
    return site if isinstance(site, str) else ("none" if site is None else _UNKNOWN)
