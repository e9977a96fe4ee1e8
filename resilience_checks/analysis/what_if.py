"""What happens to every service when given faults happen together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resilience_checks.analysis.families import events_of
from resilience_checks.analysis.fates import Fate, Survey
from resilience_checks.model.question import Holds, Horizon

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from resilience_checks.model.likelihood import Stated
    from resilience_checks.model.location import Location
    from resilience_checks.model.question import Doubt, Event, Step
    from resilience_checks.topology.estate import Estate

BOTH = (Horizon.INSTANT, Horizon.RTO)
_RANK = {Fate.ERROR: 0, Fate.LOST: 1, Fate.DEGRADED: 2, Fate.UNKNOWN: 3, Fate.KEPT: 4}


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one service: at once and within its RTO, as far as it was asked.

    `chain` leads from the faults to the loss, or to that of one of the `losers` where it is degraded; `depends_on`
    are the facts on which it hangs where it is not known. `away` is how long its consumers wait for a failover, in
    seconds; None where none of them waits, or where that is not known.
    """

    service: str
    fates: Mapping[Horizon, Fate]
    rto: float | None
    location: Location | None = None
    losers: tuple[str, ...] = ()
    chain: tuple[Step, ...] = ()
    depends_on: tuple[Doubt, ...] = ()
    away: float | None = None

    @property
    def fate(self) -> Fate:
        """What becomes of it in the end: at the last horizon that was asked about."""
        return list(self.fates.values())[-1]

    @property
    def recovers(self) -> bool:
        """Whether it is kept only by a failover."""
        return self.fate is Fate.KEPT and any(fate is not Fate.KEPT for fate in self.fates.values())


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The faults that happen, how likely each is held to be, and what becomes of every service, the worst first."""

    events: tuple[Event, ...]
    likelihoods: Mapping[str, Stated]
    effects: tuple[Effect, ...]
    horizons: tuple[Horizon, ...] = field(default=BOTH)

    def with_fate(self, fate: Fate) -> tuple[Effect, ...]:
        """Return the services that come to this end."""
        return tuple(effect for effect in self.effects if effect.fate is fate)


def effects(estate: Estate, events: Sequence[str], horizons: tuple[Horizon, ...] = BOTH) -> WhatIf:
    """Return what happens when these events, and nothing else, happen together."""
    survey = Survey(estate, [events])
    found = [_effect(survey, service, horizons) for service in estate.services]
    named = events_of(estate, tuple(events))
    return WhatIf(
        tuple(named[event] for event in events),
        {event: estate.likelihood(event) for event in events},
        tuple(sorted(found, key=lambda effect: _RANK[effect.fate])),
        horizons,
    )


def what_if(
    estate: Estate,
    events: Collection[str],
    service: str,
    horizon: Horizon = Horizon.INSTANT,
    *,
    within_rpo: bool = False,
) -> Holds:
    """Return YES when the service surely survives exactly these events, NO when it is surely lost, else UNKNOWN."""
    found = Survey(estate, [events], within_rpo=within_rpo).fates(service, horizon)
    if found.lost >> 1 & 1:
        return Holds.NO
    return Holds.YES if found.survived >> 1 & 1 else Holds.UNKNOWN


def _effect(survey: Survey, service: str, horizons: tuple[Horizon, ...]) -> Effect:
    fates = {horizon: survey.fates(service, horizon).of(1) for horizon in horizons}
    last = horizons[-1]
    fate = fates[last]
    told = next((horizon for horizon in reversed(horizons) if fates[horizon] in {Fate.LOST, Fate.DEGRADED}), None)
    waits = fate is Fate.KEPT and len(set(fates.values())) > 1
    found = survey.estate.services[service]
    return Effect(
        service,
        fates,
        found.rto,
        found.location,
        survey.losers(service, 1, told) if told is not None else (),
        survey.chain(service, 1, told) if told is not None else (),
        survey.doubts(service, 1, last) if fate is Fate.UNKNOWN else (),
        survey.away(service, 1) if waits else None,
    )
