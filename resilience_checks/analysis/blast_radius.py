"""What every fault of every failure domain does, each alone: the blast radius of one event, in one sweep for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.analysis.families import events_of
from resilience_checks.analysis.fates import Compiled, Fate, Fates, Survey
from resilience_checks.model.likelihood import rank
from resilience_checks.model.question import Horizon

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from resilience_checks.analysis.bounds import Compiled as Solved
    from resilience_checks.model.likelihood import Stated
    from resilience_checks.model.question import Event
    from resilience_checks.topology.estate import Estate


@dataclass(frozen=True, slots=True)
class Blast:
    """What one event does within the RTO of each service.

    `moved` are the services that it takes away at once and that a failover brings back, or may bring back. `parts`
    is how many parts it hits in some completion of what is unknown. `doubtful` says that the domain may not exist.
    """

    event: Event
    likelihood: Stated
    parts: int
    lost: tuple[str, ...]
    degraded: tuple[str, ...]
    unknown: tuple[str, ...]
    moved: tuple[str, ...]
    doubtful: bool = False

    @property
    def harmless(self) -> bool:
        """Whether it does nothing to any service that is asked about."""
        return not (self.lost or self.degraded or self.unknown or self.moved)

    @property
    def order(self) -> tuple[int, int, int, int, int]:
        """What the table is sorted by: what it takes down, then how likely it is held to be."""
        return (
            -len(self.lost),
            -len(self.degraded),
            -len(self.unknown),
            -len(self.moved),
            rank([self.likelihood.likelihood]),
        )


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """Every event, what takes most down first, and the services that are lost with nothing failed."""

    blasts: tuple[Blast, ...]
    services: tuple[str, ...]
    errors: tuple[str, ...] = ()


def blast_radius(
    estate: Estate,
    services: Sequence[str] | None = None,
    kinds: Collection[str] = (),
    until: float | None = None,
    compiled: Solved | None = None,
) -> BlastRadius:
    """Return what each fault of each domain of these kinds does to the services (None: all).

    What was `compiled` of this estate before saves compiling it again. Without kinds it is every domain but those that nobody declared. Equal ranks stand in the order of their ids, which
    says nothing of them.
    """
    asked = tuple(estate.services if services is None else services)
    events = [
        f"{domain.id}/{fault}"
        for domain in estate.domains.values()
        if (domain.kind in kinds if kinds else not domain.implied)
        for fault in domain.faults
    ]
    survey = Survey(Compiled(estate, compiled), [(event,) for event in events], until=until)
    found = {service: (survey.fates(service, Horizon.INSTANT), survey.fates(service, Horizon.RTO)) for service in asked}
    errors = tuple(service for service, (_, late) in found.items() if late.lost & 1)
    named = events_of(estate, tuple(events))
    effects = _Effects(len(events), found)
    blasts = [_blast(estate, named[event], effects, index) for index, event in enumerate(events, start=1)]
    return BlastRadius(tuple(sorted(blasts, key=lambda blast: (*blast.order, blast.event.id))), asked, errors)


class _Effects:
    """For each fault set the services that come to each end; only those that are not simply kept are looked at."""

    def __init__(self, count: int, found: Mapping[str, tuple[Fates, Fates]]) -> None:
        self.ends: list[dict[Fate, list[str]]] = [{} for _ in range(count + 1)]
        self.moved: list[list[str]] = [[] for _ in range(count + 1)]
        full = (1 << (count + 1)) - 1
        for service, (soon, late) in found.items():
            if late.lost & 1:
                continue
            for index in _bits(full & ~late.whole):
                self.ends[index].setdefault(late.of(index), []).append(service)
            for index in _bits(late.whole & ~soon.whole):
                self.moved[index].append(service)

    def of(self, index: int, fate: Fate) -> tuple[str, ...]:
        return tuple(self.ends[index].get(fate, ()))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _blast(estate: Estate, event: Event, effects: _Effects, index: int) -> Blast:
    domain = estate.domains[event.domain]
    return Blast(
        event,
        estate.likelihood(event.id),
        len({member.part for member in domain.members}),
        effects.of(index, Fate.LOST),
        effects.of(index, Fate.DEGRADED),
        effects.of(index, Fate.UNKNOWN),
        tuple(effects.moved[index]),
        doubtful=bool(domain.exists),
    )
