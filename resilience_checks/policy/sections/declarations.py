"""`declarations`: where each service is declared, and which statements contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.policy.matter import Matter


def section(matter: Matter) -> Section:
    """Return the contradictions; the places of each are at `contradiction/N/M`, those of a service at its id."""
    places = {
        service.id: Step(f"service {service.id}", service.location) for service in matter.estate.services.values()
    }
    contradictions = []
    for number, one in enumerate(matter.estate.contradictions):
        lines = {
            f"contradiction/{number}/{index}": Step("it is said here", place)
            for index, place in enumerate(one.locations)
        }
        places.update(lines)
        contradictions.append({"subject": one.subject, "text": one.text, "at": list(lines)})
    return Section({"contradictions": contradictions}, places)
