"""`domains`: every failure domain that somebody declared or a program shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.policy.matter import Matter


def section(matter: Matter) -> Section:
    """Return the domains by id, with the faults that they can have."""
    domains = [domain for domain in matter.estate.domains.values() if not domain.implied]
    data = {
        domain.id: {"kind": domain.kind, "name": domain.name, "faults": [str(fault) for fault in domain.faults]}
        for domain in domains
    }
    return Section(data, {domain.id: Step(f"{domain.kind} {domain.name}", domain.primary) for domain in domains})
