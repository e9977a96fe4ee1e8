"""Builds what policies read: `resilience-policy-input/v1`, with every index that a rule would otherwise search for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.policy.sections import section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from resilience_checks.model.question import Cut, Statement, Step
    from resilience_checks.policy.matter import Matter
    from resilience_checks.topology.estate import Estate, Service

VERSION = "resilience-policy-input/v1"
SECONDS = 30.0
"""How long a section may search; none is cut off where the whole document takes less."""
_UNKNOWN = "unknown"
_MOST = 20
"""Of how many unknown facts a policy reads; results tell all."""


@dataclass(frozen=True, slots=True)
class Document:
    """What policies read, and what stands behind the ids that their results may name in `at`."""

    data: Mapping[str, Any]
    places: Mapping[str, Step] = field(default_factory=dict)


def build(matter: Matter, reads: Iterable[str] = ()) -> Document:
    """Return the document with the sections that are read; three-valued answers in it are yes, no and unknown."""
    sections = {name: section(name, matter) for name in sorted(set(reads))}
    places = {key: step for each in sections.values() for key, step in each.places.items()}
    return Document({**_core(matter), **{name: each.data for name, each in sections.items()}}, places)


def _core(matter: Matter) -> dict[str, Any]:
    estate, answers = matter.estate, matter.answers
    facts: dict[str, dict[str, Any]] = defaultdict(dict)
    for statement in answers.statements:
        facts[statement.question][statement.service] = _fact(statement)
    return {
        "version": VERSION,
        "today": matter.today.isoformat(),
        "settings": {name: dict(item.parameters) for name, item in matter.settings.items()},
        "services": {service.id: _service(service) for service in estate.services.values()},
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
        "causes": causes(matter, answers.statements),
    }


def _service(service: Service) -> dict[str, Any]:
    return {
        "scope": str(service.scope) if service.scope else _UNKNOWN,
        "tier": service.tier if service.tier is not None else _UNKNOWN,
        "rto": service.rto if service.rto is not None else _UNKNOWN,
        "rpo": service.rpo if service.rpo is not None else _UNKNOWN,
        "declared": "yes" if service.declared else "no",
        "consumers": list(service.consumers),
    }


def causes(matter: Matter, statements: Sequence[Statement]) -> dict[str, dict[str, Any]]:
    """Return for each question its causes: sets of events that surely lose services, with the services of each.

    A place that is a cut only because it encloses a smaller one is no cause of its own. `on` are those of the services
    for which the policy that asks is on: of no other may a policy leave the cause to it.
    """
    found: dict[str, dict[str, Any]] = {}
    enclosed = _Enclosed(matter.estate)
    for statement in statements:
        mine = found.setdefault(statement.question, {})
        if statement.holds != "no":
            continue
        for cut in _causal(enclosed, statement.cuts):
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
                    "on": [],
                    "consumers": [],
                },
            )
            cause["services"].append(statement.service)
            cause["on"] += [statement.service] if _is_on(matter, statement) else []
            cause["consumers"] += (name for name in cut.consumers if name not in cause["consumers"])
    return found


def _is_on(matter: Matter, statement: Statement) -> bool:
    """Return whether the policy that asks is on for the service."""
    how = matter.settings.get(statement.question.partition(".")[0])
    if how is None:
        return True
    service = matter.estate.services[statement.service]
    stacks = (service.stack,) if service.stack is not None else tuple(graph.name for graph in matter.graphs)
    return how.within(service.tier, stacks).enabled


class _Enclosed(dict[str, frozenset[str]]):
    """What each domain encloses, as sets: a region may enclose each machine of the estate."""

    def __init__(self, estate: Estate) -> None:
        super().__init__()
        self._domains = estate.domains

    def __missing__(self, domain: str) -> frozenset[str]:
        self[domain] = found = frozenset(self._domains[domain].encloses)
        return found


def _causal(enclosed: _Enclosed, cuts: Sequence[Cut]) -> list[Cut]:
    """Return the cuts without those that are there only because a place encloses a smaller cut."""
    single = {cut.events[0].rpartition("/")[0] for cut in cuts if len(cut.events) == 1}
    return [cut for cut in cuts if len(cut.events) > 1 or not single & enclosed[cut.events[0].rpartition("/")[0]]]


def _fact(statement: Statement) -> dict[str, Any]:
    return {
        "asked": str(statement.asked),
        "holds": str(statement.holds),
        "cuts": [list(cut.events) for cut in statement.cuts],
        "because": [step.text for cut in statement.cuts[:1] for step in cut.chain],
        "assumed": [reason.text for reason in statement.assumed],
        "depends_on": [doubt.reason.text for doubt in statement.depends_on[:_MOST]],
        "error": statement.error or "",
    }
