"""Which places take the copies of a backup together with what it protects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.analysis.recovery import PLACES
from resilience_checks.topology.gates import Failover, targets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from resilience_checks.topology.estate import Backup, Estate


def lost_with(estate: Estate, backup: Backup) -> tuple[str, ...]:
    """Return the places whose loss surely takes the copies of a backup together with what it protects.

    Of a component that only stands for others that is any of them; of one that fails over, its primary.
    """
    protected, copies = _placed(estate, backup.of), _placed(estate, targets(backup.store))
    found = []
    for domain in estate.domains.values():
        members = {member.part for member in domain.members if not member.when}
        if domain.kind in PLACES and not domain.exists and members & protected and members & copies:
            found.append(domain.id)
    return tuple(sorted(found))


def _placed(estate: Estate, parts: Iterable[str]) -> set[str]:
    """Return the parts, and those that the ones without a place of their own stand for."""
    found: set[str] = set()
    pending = list(parts)
    while pending:
        part = pending.pop()
        if part in found or part not in estate.parts:
            continue
        found.add(part)
        gate = estate.parts[part].gate
        if estate.parts[part].site is None:
            pending += targets(gate.primary if isinstance(gate, Failover) else gate)
    return found
