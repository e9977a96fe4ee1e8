"""The doubt that is left where no fact is open, and yet a circle of needs may be one of paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.question import Doubt
from resilience_checks.model.values import Basis, Reason

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Service


def unknown_natures(service: Service) -> Doubt:
    """Return the doubt about the edges below a service of which nobody says what they are for (SEMANTICS, section 1)."""
    why = f"whether {service.id} and what it needs wait for each other is not known"
    return Doubt(
        f"natures below {service.id}",
        Reason(why, Basis.UNKNOWN, service.location),
        "declare the `nature` of the edges",
    )
