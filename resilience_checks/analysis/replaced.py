"""What is replaced with downtime, and which services that takes down or leaves without redundancy meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.analysis.probe import Probe
from resilience_checks.analysis.touched import KIND, ResourceChange, reached_by
from resilience_checks.model.operation import CHANGE, REPLACE
from resilience_checks.model.question import FaultKind, Holds
from resilience_checks.topology.estate import Domain, Member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.model.question import Horizon
    from resilience_checks.topology.estate import Estate


@dataclass(frozen=True, slots=True)
class Replacement:
    """One resource that is, or may be, replaced, and the part that is missing meanwhile.

    `downtime` is YES where the old one goes before the new one stands, NO where it does not and something else
    carries on; else it is not known. `lost` are the services that the missing part alone loses, `exposed` those that
    are then lost by one further event that they survive else: each with such events. `perhaps` are services of
    which either is not known.
    """

    change: ResourceChange
    part: str
    downtime: Holds
    lost: tuple[str, ...] = ()
    exposed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    perhaps: tuple[str, ...] = ()


def replacements(estate: Estate, changes: Sequence[ResourceChange], horizon: Horizon) -> tuple[Replacement, ...]:
    """Return every replacement, known or possible, of a part of the estate that stands while it happens."""
    found = [
        (change, reach.part, reach.sets or reach.fact is not None)
        for change in changes
        if change.operation.op in {REPLACE, CHANGE}
        for reach in reached_by(change, estate.reach.get(change.stack, {}).get(change.urn, ()))
        if reach.part in estate.parts
    ]
    if not found:
        return ()
    missing = {part: _missing(part) for _, part, _ in found}
    probe = Probe(estate, horizon, missing.values())
    return tuple(_replacement(probe, change, part, sets=sets) for change, part, sets in found)


def _missing(part: str) -> Domain:
    return Domain(f"{KIND}:{part}", KIND, part, (FaultKind.OUTAGE,), (Member(part),))


def _replacement(probe: Probe, change: ResourceChange, part: str, *, sets: bool) -> Replacement:
    away = f"{KIND}:{part}/{FaultKind.OUTAGE}"
    lost: list[str] = []
    perhaps: list[str] = []
    exposed: list[tuple[str, tuple[str, ...]]] = []
    for service in probe.estate.services:
        if part not in probe.parts(service):
            continue
        answer, further, unsure = _meanwhile(probe, service, away)
        if answer is Holds.NO:
            lost.append(service)
        elif further:
            exposed.append((service, further))
        if answer is Holds.UNKNOWN or (unsure and not further and answer is Holds.YES):
            perhaps.append(service)
    downtime = _downtime(change, sets=sets, only=bool(lost or perhaps))
    return Replacement(change, part, downtime, tuple(lost), tuple(exposed), tuple(perhaps))


def _meanwhile(probe: Probe, service: str, away: str) -> tuple[Holds, tuple[str, ...], bool]:
    """Return whether the service survives the gap, which single events it no longer survives in it, and if more may be."""
    events = sorted(probe.events(service))
    sets = [[away], *([away, event] for event in events), *([event] for event in events)]
    found = probe.lost(service, sets)
    count = len(events)
    surely = [
        event
        for index, event in enumerate(events)
        if found.of(1 + index) is Holds.NO and found.of(1 + count + index) is Holds.YES
    ]
    unsure = any(
        found.of(1 + index) is not Holds.YES and found.of(1 + count + index) is not Holds.NO for index in range(count)
    )
    return found.of(0), tuple(surely), unsure


def _downtime(change: ResourceChange, *, sets: bool, only: bool) -> Holds:
    """Return whether the part is missing for a time.

    A replacement that stands before the old one goes is no gap where something else carries on; whether traffic
    moves to the only one without a break is not known. So it is for a device that loses a piece of its configuration.
    """
    operation = change.operation
    if operation.op == CHANGE or operation.deletes_first is Holds.UNKNOWN or not operation.certain:
        return Holds.UNKNOWN
    if operation.deletes_first is Holds.YES:
        return Holds.UNKNOWN if sets else Holds.YES
    return Holds.UNKNOWN if only else Holds.NO
