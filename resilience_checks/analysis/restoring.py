"""The estate in which what is lost may also come back from a backup.

A backup has no effect on running (SEMANTICS, section 2). For questions about recovery a protected part is up when
it is up itself, or once it has been restored: a failover like others, only slower and with more data lost.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.topology.estate import Part
from resilience_checks.topology.gates import All, AnyOf, AtLeast, Case, Failover, Gate, Nature, Quorum, Up, targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.topology.estate import Estate


def with_backups(estate: Estate, *, unknown: bool = False) -> Estate:
    """Return the estate with each protected part read through what may restore it.

    Backups of which something is not known count only with `unknown`.

    Voters of a quorum are read as they are: a restored voter would need the others to let it in.
    """
    restored: dict[str, list[Gate]] = defaultdict(list)
    for backup in estate.backups.values():
        for part in backup.of if backup.known or unknown else ():
            restored[part].append(backup.restored)
    if not restored:
        return estate
    names = {part: restorable(part) for part in restored}
    parts = {
        part.id: part if names.keys().isdisjoint(targets(part.gate)) else replace(part, gate=_through(part.gate, names))
        for part in estate.parts.values()
    }
    for part, gates in restored.items():
        label = estate.parts[part].label
        ways = (Up(part, Nature.PATH), *(_through(gate, names) for gate in gates))
        parts[names[part]] = Part(names[part], label, "", gate=AnyOf(ways))
    services = {
        service.id: replace(
            service,
            entry=_through(service.entry, names),
            needs=tuple(_through(need, names) for need in service.needs),
        )
        for service in estate.services.values()
    }
    return replace(estate, parts=parts, services=services)


def restorable(part: str) -> str:
    """Return the id of the part that is up when `part` is, or has been restored."""
    return f"{part} or its restore"


def _through(gate: Gate, names: Mapping[str, str]) -> Gate:
    match gate:
        case Up(target=target):
            return replace(gate, target=names[target]) if target in names else gate
        case AtLeast(items=items) | All(items=items) | AnyOf(items=items):
            return replace(gate, items=tuple(_through(item, names) for item in items))
        case Case(branches=branches):
            return replace(gate, branches={value: _through(item, names) for value, item in branches.items()})
        case Failover(primary=primary, standbys=standbys):
            moved = tuple(
                replace(standby, gate=_through(standby.gate, names), mover=_through(standby.mover, names))
                for standby in standbys
            )
            return replace(gate, primary=_through(primary, names), standbys=moved)
        case Quorum():
            return gate
