"""What redundancy each service loses or gains from one estate to another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

from resilience_checks.analysis.alike import alike
from resilience_checks.analysis.families import events_of
from resilience_checks.analysis.natures import unknown_natures
from resilience_checks.analysis.probe import Lost
from resilience_checks.model.question import Event, Holds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from resilience_checks.analysis.probe import Probe
    from resilience_checks.model.question import Doubt, Step
    from resilience_checks.topology.estate import Service

MAX_SETS = 4_000
"""Fault sets of one service beyond which only its minimal cut sets are compared."""
_MAX_CHAINS = 20


@dataclass(frozen=True, slots=True)
class CutChange:
    """A minimal set of events that loses the service on one side and not on the other, or perhaps so.

    `before` and `after` say whether the service survives it there, `chain` how it is lost (told of the first service). `absent` are those of its events that the other
    side does not have: a cut that is gone with its event is no gain by itself.
    """

    events: tuple[str, ...]
    before: Holds
    after: Holds
    absent: tuple[str, ...] = ()
    chain: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Objective:
    """Something that a service is held to and that is declared differently."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class ServiceChange:
    """What a change does to one service's redundancy.

    `lost` are minimal cut sets that the service surely did not have before, `gained` those that it surely no longer
    has; `perhaps` are those of which one side cannot be known, and `undecided` counts those that are known on neither.
    `depends_on` are the facts of either side on which those hang. `order` is the size up to which all were looked at.
    """

    service: str
    lost: tuple[CutChange, ...] = ()
    gained: tuple[CutChange, ...] = ()
    perhaps: tuple[CutChange, ...] = ()
    undecided: int = 0
    objectives: tuple[Objective, ...] = ()
    order: int = 0
    depends_on: tuple[Doubt, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing is different, or may be."""
        return not (self.lost or self.gained or self.perhaps or self.undecided or self.objectives)


@dataclass(frozen=True, slots=True)
class Redundancy:
    """All services of both estates: those on one side alone, those that are exactly as before, and the others."""

    appearing: tuple[str, ...]
    disappearing: tuple[str, ...]
    unchanged: tuple[str, ...]
    changed: tuple[ServiceChange, ...]
    events: Mapping[str, Event]
    order: int


def compare(before: Probe, after: Probe, order: int, max_sets: int = MAX_SETS) -> Redundancy:
    """Return how the minimal cut sets of every service differ, up to `order` events.

    All fault sets are looked at of a service that has no more than `max_sets`.
    """
    old, new = before.estate.services, after.estate.services
    both = [name for name in new if name in old]
    same = alike(before, after)
    found = (_service(before, after, name, order, None if name in same else max_sets) for name in both)
    changed = [one for one in found if not one.same]
    named = {event for one in changed for cut in (*one.lost, *one.gained, *one.perhaps) for event in cut.events}
    spoken = [one.service for one in changed]
    return Redundancy(
        appearing=tuple(name for name in new if name not in old),
        disappearing=tuple(name for name in old if name not in new),
        unchanged=tuple(name for name in both if name not in spoken),
        changed=tuple(_explained(before, after, changed)),
        events={**events_of(before.estate, tuple(named)), **events_of(after.estate, tuple(named))},
        order=order,
    )


def _service(before: Probe, after: Probe, name: str, order: int, max_sets: int | None) -> ServiceChange:
    """Compare one service; one of equal equations (no `max_sets`) has the same cut sets."""
    objectives = tuple(_objectives(before.estate.services[name], after.estate.services[name]))
    if max_sets is None:
        return ServiceChange(name, objectives=objectives, order=order)
    sets, old, new, reached = _fates(before, after, name, order, max_sets)
    lost = [index for index in _minimal(sets, new.surely) if not old.possibly >> index & 1]
    gained = [index for index in _minimal(sets, old.surely) if not new.possibly >> index & 1]
    told = {sets[index] for index in (*lost, *gained)}
    open_before, open_after = old.possibly & ~old.surely, new.possibly & ~new.surely
    differing = (new.possibly & ~old.surely) | (old.possibly & ~new.surely)
    may_differ = _minimal(sets, differing & ~(open_before & open_after))
    perhaps = [index for index in may_differ if not _contains_one(sets[index], told)]

    def cuts(indices: Sequence[int]) -> tuple[CutChange, ...]:
        return tuple(_cut(before, after, sets[index], old.of(index), new.of(index)) for index in indices)

    undecided = len(_minimal(sets, open_before & open_after))
    sides = (before, after) if perhaps or undecided else ()
    doubts = {doubt.id: doubt for side in sides for doubt in side.doubts(name, order)}
    natures = (unknown_natures(after.estate.services[name]),) if sides and not doubts else ()
    return ServiceChange(
        service=name,
        lost=cuts(lost),
        gained=cuts(gained),
        perhaps=cuts(perhaps),
        undecided=undecided,
        objectives=objectives,
        order=reached,
        depends_on=(*doubts.values(), *natures),
    )


def _objectives(before: Service, after: Service) -> Iterator[Objective]:
    for name in ("scope", "tier", "rto", "rpo"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Objective(name, old, new)
    if set(before.consumers) != set(after.consumers):
        yield Objective("consumers", before.consumers, after.consumers)


def _fates(
    before: Probe, after: Probe, name: str, order: int, max_sets: int
) -> tuple[list[tuple[str, ...]], Lost, Lost, int]:
    """Return fault sets, the smallest first, which of them lose the service on each side, and the size finished.

    All sets of the service's events, where they are few; else the minimal cut sets of both sides and both bounds,
    which are all that matters, without a split on facts.
    """
    events = sorted(before.events(name) | after.events(name))
    if sum(comb(len(events), size) for size in range(order + 1)) <= max_sets:
        sets = [chosen for size in range(min(order, len(events)) + 1) for chosen in combinations(events, size)]
        return sets, before.lost(name, sets), after.lost(name, sets), order
    found = [side.cut_sets(name, order) for side in (before, after)]
    listed = {tuple(sorted(cut)) for one in found for cut in (*one.sure, *one.possible)} | {()}
    sets = sorted(listed, key=lambda cut: (len(cut), cut))
    old, new = (Lost(_bits(map(one.surely_lost, sets)), _bits(map(one.possibly_lost, sets))) for one in found)
    return sets, old, new, min(one.finished for one in found)


def _bits(answers: Iterable[bool]) -> int:
    return sum(1 << index for index, answer in enumerate(answers) if answer)


def _minimal(sets: Sequence[tuple[str, ...]], bits: int) -> list[int]:
    """Return the fault sets of which no proper subset is among them."""
    kept: list[int] = []
    found: set[tuple[str, ...]] = set()
    while bits:
        index = (bits & -bits).bit_length() - 1
        bits &= bits - 1
        if not _contains_one(sets[index], found):
            kept.append(index)
            found.add(sets[index])
    return kept


def _contains_one(events: tuple[str, ...], found: Collection[tuple[str, ...]]) -> bool:
    return any(smaller in found for size in range(len(events) + 1) for smaller in combinations(events, size))


def _cut(before: Probe, after: Probe, events: tuple[str, ...], old: Holds, new: Holds) -> CutChange:
    other = before if new is not Holds.YES else after
    absent = tuple(event for event in events if event.rpartition("/")[0] not in other.estate.domains)
    return CutChange(events, old, new, absent)


def _explained(before: Probe, after: Probe, found: Sequence[ServiceChange]) -> list[ServiceChange]:
    """Add the chain to each set of events where it first surely loses a service, up to a few on each side."""
    told: set[tuple[str, ...]] = set()

    def chain(probe: Probe, service: str, cut: CutChange) -> CutChange:
        if cut.events in told or len(told) >= 2 * _MAX_CHAINS:
            return cut
        told.add(cut.events)
        return replace(cut, chain=probe.chain(service, cut.events))

    explained = []
    for one in found:
        lost = tuple(chain(after, one.service, cut) for cut in one.lost)
        gained = tuple(chain(before, one.service, cut) if not cut.absent else cut for cut in one.gained)
        explained.append(replace(one, lost=lost, gained=gained))
    return explained
