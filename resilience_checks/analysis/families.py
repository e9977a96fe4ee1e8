"""Which fault sets a question asks about: surely (𝓒⁻) or possibly (𝓒⁺) (SEMANTICS, section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

from resilience_checks.model.question import Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.model.question import Question
    from resilience_checks.topology.estate import Condition, Estate

MAX_SETS = 2_000_000


@dataclass(frozen=True, eq=False)
class Family:
    """The events that may count, and every set of them up to the order that is finished.

    Fault set 0 is the empty one. `conditions` gives for each event the ways in which it counts, each a
    conjunction of facts; an empty conjunction: surely.
    """

    events: tuple[str, ...]
    conditions: Mapping[str, tuple[Condition, ...]]
    order: int
    complete: bool

    @cached_property
    def sets(self) -> tuple[tuple[str, ...], ...]:
        """Every fault set, the smallest first."""
        return tuple(self._sets())

    def _sets(self) -> Iterator[tuple[str, ...]]:
        for size in range(self.order + 1):
            yield from combinations(self.events, size)

    @cached_property
    def masks(self) -> dict[str, int]:
        """Return for each event the fault sets that contain it."""
        found = dict.fromkeys(self.events, 0)
        for index, events in enumerate(self.sets):
            for event in events:
                found[event] |= 1 << index
        return found

    @cached_property
    def full(self) -> int:
        """A bit for every fault set."""
        return (1 << len(self.sets)) - 1

    def asked(self, known: Mapping[str, str]) -> tuple[int, int]:
        """Return the fault sets that are surely and possibly asked about when these facts are fixed."""
        surely = possibly = self.full & ~1
        for event in self.events:
            ways = [
                when for when in self.conditions[event] if all(known.get(fact, value) == value for fact, value in when)
            ]
            if not ways:
                possibly &= ~self.masks[event]
            if not any(all(fact in known for fact, _ in when) for when in ways):
                surely &= ~self.masks[event]
        return surely, possibly

    @cached_property
    def facts(self) -> frozenset[str]:
        """Return the facts on which it hangs whether an event counts."""
        return frozenset(fact for ways in self.conditions.values() for when in ways for fact, _ in when)


def family(estate: Estate, question: Question, relevant: frozenset[str] | None = None) -> Family:
    """Return what the question asks about; events that are not `relevant` cannot lose anything and are left out.

    The order is lowered, and the family not complete, where there would be more than MAX_SETS fault sets.
    """
    conditions: dict[str, tuple[Condition, ...]] = {}
    for domain in estate.domains.values():
        if (question.kinds or domain.implied) and domain.kind not in question.kinds:
            continue
        ways = _ways(estate, question, domain.id)
        if not ways:
            continue
        for fault in domain.faults:
            event = f"{domain.id}/{fault}"
            if fault in question.faults and (relevant is None or event in relevant):
                conditions[event] = ways
    events = tuple(sorted(conditions))
    order = question.order
    while order > 1 and sum(comb(len(events), size) for size in range(order + 1)) > MAX_SETS:
        order -= 1
    return Family(events, conditions, min(order, len(events)), order == question.order)


def _ways(estate: Estate, question: Question, domain: str) -> tuple[Condition, ...]:
    """Return the ways in which the domain counts: by hitting some part of a counted role."""
    found = estate.domains[domain]
    ways: dict[Condition, None] = {}
    for member in found.members:
        part = estate.parts[member.part]
        for role, when in part.roles or ((part.role, ()),):
            if not question.roles or role in question.roles:
                ways[*found.exists, *member.when, *(when if question.roles else ())] = None
    return (found.exists,) if found.exists in ways else tuple(ways)


def events_of(estate: Estate, ids: Sequence[str]) -> dict[str, Event]:
    """Return the events with what a reader needs to know of them."""
    found = {}
    for domain in estate.domains.values():
        for fault in domain.faults:
            key = f"{domain.id}/{fault}"
            if key in ids:
                found[key] = Event(
                    key, domain.id, domain.kind, domain.name, fault, domain.primary, domain.urn, domain.joined
                )
    return found
