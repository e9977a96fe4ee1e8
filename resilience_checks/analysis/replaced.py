"""What is replaced with downtime, and which services that takes down or leaves without redundancy meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
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
    are then lost by one further event that they survive else: each with such events (not asked of one that may be
    updated in place). `perhaps` are services of which either is not known.
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
    gaps = {part: _Gap(probe, part) for part in missing}
    return tuple(_replacement(gaps[part], change, sets=sets) for change, part, sets in found)


class _Gap:
    """What becomes of the services while one part is missing."""

    def __init__(self, probe: Probe, part: str) -> None:
        self.probe, self.part = probe, part
        self.event = f"{KIND}:{part}/{FaultKind.OUTAGE}"
        self.services = sorted(probe.standing_on({part}))

    @cached_property
    def answers(self) -> dict[str, Holds]:
        """Whether each service that stands on the part survives the gap; not of those that are lost anyway."""
        found = {name: lost.pair for name, lost in self.probe.lost_each(self.services, [[], [self.event]]).items()}
        return {name: gap for name, (at_rest, gap) in found.items() if at_rest is not Holds.NO}

    @cached_property
    def exposed(self) -> dict[str, tuple[tuple[str, ...], bool]]:
        """The single events that each service that survives the gap survives no longer, and whether more may be."""
        return {name: self._further(name) for name, gap in self.answers.items() if gap is not Holds.NO}

    def _further(self, service: str) -> tuple[tuple[str, ...], bool]:
        events = sorted(self.probe.events(service))
        found = self.probe.lost(service, [*([self.event, event] for event in events), *([event] for event in events)])
        pairs = [(found.of(index), found.of(len(events) + index)) for index in range(len(events))]
        surely = [event for event, pair in zip(events, pairs, strict=True) if pair == (Holds.NO, Holds.YES)]
        unsure = any(gap is not Holds.YES and alone is not Holds.NO for gap, alone in pairs)
        return tuple(surely), unsure


def _missing(part: str) -> Domain:
    return Domain(f"{KIND}:{part}", KIND, part, (FaultKind.OUTAGE,), (Member(part),))


def _replacement(gap: _Gap, change: ResourceChange, *, sets: bool) -> Replacement:
    lost = [name for name, answer in gap.answers.items() if answer is Holds.NO]
    perhaps = [name for name, answer in gap.answers.items() if answer is Holds.UNKNOWN]
    exposed: list[tuple[str, tuple[str, ...]]] = []
    if change.operation.op == REPLACE:
        exposed = [(name, events) for name, (events, _) in gap.exposed.items() if events]
        unsure = [name for name, (events, more) in gap.exposed.items() if more and not events]
        perhaps = list(dict.fromkeys((*perhaps, *unsure)))
    downtime = _downtime(change, sets=sets, only=bool(lost or perhaps))
    return Replacement(change, gap.part, downtime, tuple(lost), tuple(exposed), tuple(perhaps))


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
