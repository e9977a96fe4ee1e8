"""`quorums`: the quorums on which services hang, and the places that take them away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.quorums import quorums
from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.analysis.quorums import QuorumLoss
    from resilience_checks.policy.matter import Matter
    from resilience_checks.topology.estate import Estate


def section(matter: Matter) -> Section:
    """Return the quorums by the ids of their parts; `of` names for each service those that it hangs on."""
    found = {one.part: one for one in quorums(matter.estate, matter.answers.analysis)}
    of: dict[str, list[str]] = {service: [] for service in matter.estate.services}
    for key, one in found.items():
        for service in one.services:
            of[service].append(key)
    places = {}
    for key, one in found.items():
        part = matter.estate.parts[key]
        location = one.quorum.why.location if one.quorum.why is not None else None
        places[key] = Step(f"{part.label} needs {one.needed} of {one.votes} votes", location or part.location)
        for taken in one.taken:
            domain = matter.estate.domains[taken.place]
            places[taken.place] = Step(f"{domain.kind} {domain.name}", domain.primary)
    return Section({"all": {key: _quorum(matter.estate, one) for key, one in found.items()}, "of": of}, places)


def _quorum(estate: Estate, one: QuorumLoss) -> dict[str, Any]:
    return {
        "label": estate.parts[one.part].label,
        "votes": one.votes,
        "needed": one.needed,
        "places": {
            taken.place: {
                "kind": estate.domains[taken.place].kind,
                "name": estate.domains[taken.place].name,
                "votes": taken.votes,
                "all": str(taken.every),
                "taken": "yes" if taken.surely else "unknown",
                "lost": list(taken.lost),
                "possibly": list(taken.possibly),
            }
            for taken in one.taken
        },
        "at_rest": str(one.at_rest),
        "error": one.error or "",
        "hangs_on": [f"{doubt.reason.text}; to make it known: {doubt.remedy}" for doubt in one.doubts],
    }
