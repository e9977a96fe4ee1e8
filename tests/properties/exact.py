"""Exact answers by enumeration: every completion, every set of counted faults."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, groupby
from typing import TYPE_CHECKING

from resilience_checks.model.question import FaultKind, Holds, Horizon, Members, Question
from resilience_checks.topology.estate import PlacedWhen
from resilience_checks.topology.gates import Case, Gate, Quorum
from tests.properties.completions import children, completions, owned_gates, settle
from tests.properties.oracle import event_ids, hit_by, lost, lost_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from resilience_checks.topology.estate import Estate
    from tests.properties.completions import Completion, World

Events = frozenset[str]


@dataclass(frozen=True)
class Row:
    """What a question finds about a service in one completion: the events that count, and the sets that lose it."""

    completion: Completion
    counted: Events
    lost: frozenset[Events]
    lost_at_rest: bool

    @property
    def cuts(self) -> frozenset[Events]:
        """Return the minimal sets."""
        return minimal(self.lost)


@dataclass(frozen=True)
class Table:
    """One row for each completion."""

    rows: tuple[Row, ...]
    shared: frozenset[str]

    @cached_property
    def holds(self) -> Holds:
        """Return the exact answer: NO when some counted set loses the service in every completion, YES when none does."""
        if all(row.lost for row in self.rows):
            return Holds.NO
        return Holds.UNKNOWN if any(row.lost for row in self.rows) else Holds.YES

    @cached_property
    def must_be_found(self) -> bool:
        """Return whether splitting on the facts that stand in several units is enough to prove a violation.

        In every case one and the same counted set must lose the service, however the other facts turn out.
        """

        def case(row: Row) -> list[tuple[str, str]]:
            return sorted((fact, value) for fact, value in row.completion.facts.items() if fact in self.shared)

        cases = groupby(sorted(self.rows, key=case), key=case)
        return all(frozenset.intersection(*(row.lost for row in rows)) for _, rows in cases)

    @property
    def applies(self) -> Holds:
        """Return whether any event counts in every, some or no completion."""
        if all(row.counted for row in self.rows):
            return Holds.YES
        return Holds.UNKNOWN if any(row.counted for row in self.rows) else Holds.NO

    @property
    def sometimes_lost_at_rest(self) -> bool:
        return any(row.lost_at_rest for row in self.rows)

    @property
    def always_lost_at_rest(self) -> bool:
        return all(row.lost_at_rest for row in self.rows)


def table(estate: Estate, question: Question, service: str, *, extremes: bool = True) -> Table:
    """Answer a question about a service in every completion."""
    rows = []
    for completion in completions(estate, extremes=extremes):
        world = settle(estate, completion)
        counted = counted_events(world.estate, question)
        lose = Losses(world, service, question.horizon, within_rpo=question.within_rpo)
        asked = subsets(counted, question.order)
        found = frozenset(events for events in asked if loses(world.estate, question, lose, events))
        rows.append(Row(completion, counted, found, lose(frozenset())))
    return Table(tuple(rows), shared_facts(estate))


class Losses:
    """Whether sets of events lose a service in one world; each set of parts hit is evaluated once."""

    def __init__(self, world: World, service: str, horizon: Horizon, *, within_rpo: bool) -> None:
        self._world, self._service, self._horizon, self._within_rpo = world, service, horizon, within_rpo
        self._known: dict[frozenset[str], bool] = {}

    def __call__(self, events: Events) -> bool:
        """Return whether the service is lost."""
        return self.after(frozenset(part for event in events for part in hit_by(self._world.estate, event)))

    def after(self, hit: frozenset[str]) -> bool:
        """Return whether the service is lost when these parts are hit."""
        if hit not in self._known:
            world = self._world
            self._known[hit] = lost_after(world, hit, self._service, self._horizon, within_rpo=self._within_rpo)
        return self._known[hit]


def loses(estate: Estate, question: Question, lose: Losses, events: Events) -> bool:
    """Return whether the events lose the service in the way in which the question counts it."""
    hit = frozenset(part for event in events for part in hit_by(estate, event))
    own = frozenset(part for part in hit if not question.roles or estate.parts[part].role in question.roles)
    match question.members:
        case Members.ANY:
            return lose.after(hit)
        case Members.ALONE:
            return lose.after(own)
        case Members.NEEDED:
            return lose.after(hit) and not (hit - own and lose.after(hit - own))


def counted_events(estate: Estate, question: Question) -> Events:
    """Return the events that a question counts in an estate in which nothing is open."""
    return frozenset(
        f"{domain.id}/{fault}"
        for domain in estate.domains.values()
        for fault in domain.faults
        if fault in question.faults
        and (not question.kinds or domain.kind in question.kinds)
        and (not question.roles or any(estate.parts[member.part].role in question.roles for member in domain.members))
    )


def what_if(
    estate: Estate, events: Iterable[str], service: str, horizon: Horizon, *, within_rpo: bool = False
) -> Holds:
    """Return YES when the service is kept in every completion, NO when it is lost in every one."""
    found = {
        lost(settle(estate, completion), frozenset(events), service, horizon, within_rpo=within_rpo)
        for completion in completions(estate)
    }
    if len(found) == 2:
        return Holds.UNKNOWN
    return Holds.NO if found == {True} else Holds.YES


def minimal_cuts(
    world: World, service: str, order: int, horizon: Horizon = Horizon.INSTANT, *, within_rpo: bool = False
) -> frozenset[Events]:
    """Return the minimal sets of up to `order` events of all kinds that lose the service in one world."""
    lose = Losses(world, service, horizon, within_rpo=within_rpo)
    return minimal(frozenset(filter(lose, subsets(frozenset(event_ids(world.estate)), order))))


def minimal(sets: frozenset[Events]) -> frozenset[Events]:
    """Return the sets that contain no other."""
    return frozenset(one for one in sets if not any(other < one for other in sets))


def subsets(events: Events, order: int) -> Iterator[Events]:
    """Yield every set of one to `order` of the events."""
    for size in range(1, order + 1):
        yield from map(frozenset, combinations(sorted(events), size))


def shared_facts(estate: Estate) -> frozenset[str]:
    """Return the facts that stand in more than one gate, place, family or condition: those to split on."""
    units = [set(facts_of(gate)) for _, gate in owned_gates(estate)]
    units += [{part.site.fact} for part in estate.parts.values() if isinstance(part.site, PlacedWhen)]
    for domain in estate.domains.values():
        units.append({fact for fact, _ in domain.exists})
        units += [{fact for fact, _ in member.when} for member in domain.members]
    return frozenset(fact for fact in estate.facts if sum(fact in unit for unit in units) > 1)


def facts_of(gate: Gate) -> Iterator[str]:
    """Yield the facts on which a gate hangs."""
    if isinstance(gate, Case):
        yield gate.fact
    if isinstance(gate, Quorum):
        yield from (fact for vote in gate.votes for fact, _ in vote.when)
    for _, child in children(gate):
        yield from facts_of(child)


OUTAGES = Question("outages", (FaultKind.OUTAGE,), order=2)
