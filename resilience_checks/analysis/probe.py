"""Evaluates chosen fault sets of one estate, service by service."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from resilience_checks.analysis.answers import MAX_CASES
from resilience_checks.analysis.bits import at
from resilience_checks.analysis.explanation import Explanation
from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold, facts
from resilience_checks.analysis.failing import Aftermath
from resilience_checks.analysis.fault_tree import compile_estate
from resilience_checks.analysis.proof import Times
from resilience_checks.analysis.solver import Setting, Solver
from resilience_checks.model.question import Holds, Horizon

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from resilience_checks.analysis.bits import Value
    from resilience_checks.model.question import Step
    from resilience_checks.topology.estate import Domain, Estate, Fact, Service

_ENDLESS = float("inf")


@dataclass(frozen=True, slots=True)
class Lost:
    """Bit i: fault set i surely, or possibly, loses the service."""

    surely: int
    possibly: int

    def of(self, index: int) -> Holds:
        """Return whether the service survives the fault set, in the words of every answer."""
        if self.surely >> index & 1:
            return Holds.NO
        return Holds.UNKNOWN if self.possibly >> index & 1 else Holds.YES

    @property
    def pair(self) -> tuple[Holds, Holds]:
        """The answers about the first two fault sets."""
        return self.of(0), self.of(1)


class Probe:
    """One estate, compiled once, with further domains (and facts that they hang on) that a question brings along."""

    def __init__(
        self, estate: Estate, horizon: Horizon, domains: Iterable[Domain] = (), facts: Iterable[Fact] = ()
    ) -> None:
        """Compile the estate."""
        more = {domain.id: domain for domain in domains}
        self.estate = replace(
            estate,
            domains={**estate.domains, **more},
            facts={**estate.facts, **{fact.id: fact for fact in facts}},
        )
        self.horizon = horizon
        self._added = frozenset(more)
        self.tree = compile_estate(self.estate)
        self.solver = Solver(self.tree)
        self._below: dict[str, frozenset[int]] = {}
        self._events: dict[str, frozenset[str]] = {}
        self._shapes: dict[str, tuple[object, ...]] = {}

    def below(self, service: str) -> frozenset[int]:
        """Return the nodes that the service depends on."""
        if service not in self._below:
            self._below[service] = self.solver.reachable([self.tree.roots[service]])
        return self._below[service]

    def events(self, service: str) -> frozenset[str]:
        """Return the estate's own events that hit anything below the service; not those of places that nobody declared."""
        if service not in self._events:
            hits = {event for node in self.below(service) for event, _ in self.tree.nodes[node].hits}
            self._events[service] = frozenset(hit for hit in hits if self._counts(hit.rpartition("/")[0]))
        return self._events[service]

    def _counts(self, domain: str) -> bool:
        return domain not in self._added and not self.estate.domains[domain].implied

    def parts(self, service: str) -> frozenset[str]:
        """Return the parts that the service depends on, or may depend on."""
        return frozenset(part for node in self.below(service) if (part := self.tree.nodes[node].part) is not None)

    def lost(self, service: str, sets: Sequence[Collection[str]]) -> Lost:
        """Return which of the fault sets lose the service; an event that the estate does not have hits nothing."""
        masks = _masks(sets)
        full = (1 << len(sets)) - 1
        found = self._bounds(service, masks, full, {})
        shared = self._shared(service) if found.possibly & ~found.surely else ()
        if not shared or prod(len(self.tree.facts[fact].values) for fact in shared) > MAX_CASES:
            return found
        surely, possibly = full, 0
        for chosen in product(*(self.tree.facts[fact].values for fact in shared)):
            case = self._bounds(service, masks, full, dict(zip(shared, chosen, strict=True)))
            surely, possibly = surely & case.surely, possibly | case.possibly
        return Lost(surely, possibly)

    def survives(self, service: str, events: Collection[str]) -> Holds:
        """Return whether the service survives one fault set."""
        return self.lost(service, [events]).of(0)

    def chain(self, service: str, events: Sequence[str]) -> tuple[Step, ...]:
        """Return how a fault set that surely loses the service does so."""
        cap = self._caps(self.estate.services[service])[0]
        values = self._solve(service, dict.fromkeys(events, 1), 1, {}, cap, pessimistic=False)
        after = Aftermath(Times(values, 0), frozenset(events), cap)
        return Explanation(self.estate, self.tree, after).chain(service)

    def _bounds(self, service: str, masks: Mapping[str, int], full: int, known: Mapping[str, str]) -> Lost:
        root = self.tree.roots[service]
        low, high = self._caps(self.estate.services[service])
        surely = full & ~at(self._solve(service, masks, full, known, low, pessimistic=False)[root], low)
        possibly = full & ~at(self._solve(service, masks, full, known, high, pessimistic=True)[root], high)
        return Lost(surely, possibly)

    def _solve(
        self,
        service: str,
        masks: Mapping[str, int],
        full: int,
        known: Mapping[str, str],
        cap: float,
        *,
        pessimistic: bool,
    ) -> list[Value]:
        return self.solver.solve(Setting(masks, full, pessimistic, cap, None, known), self.below(service))

    def _caps(self, service: Service) -> tuple[float, float]:
        """Return the longest move that counts in either bound; a time that is not declared may be any."""
        if self.horizon is Horizon.INSTANT:
            return 0.0, 0.0
        return (_ENDLESS, 0.0) if service.rto is None else (service.rto, service.rto)

    def _shared(self, service: str) -> tuple[str, ...]:
        """Return the facts that stand in more than one equation below the service."""
        counts: Counter[str] = Counter()
        for index in self.below(service):
            node = self.tree.nodes[index]
            counts.update({*facts(node.expression), *(fact for _, when in node.hits for fact, _ in when)})
        return tuple(sorted(fact for fact, count in counts.items() if count > 1))

    def shape(self, service: str) -> tuple[object, ...]:
        """Return a value that is equal for services of two estates only if the same faults lose both.

        Nodes are numbered in the order in which they are reached, so the equations are compared, not their numbers.
        """
        if service not in self._shapes:
            self._shapes[service] = self._shape(service)
        return self._shapes[service]

    def _shape(self, service: str) -> tuple[object, ...]:
        number: dict[int, int] = {}
        rows: list[tuple[object, list[int]]] = []
        used: set[str] = set()
        pending = [self.tree.roots[service]]
        while pending:
            index = pending.pop()
            if index in number:
                continue
            number[index] = len(number)
            node = self.tree.nodes[index]
            hits = tuple(sorted(hit for hit in node.hits if hit[0].rpartition("/")[0] not in self._added))
            refs: list[int] = []
            rows.append(((node.part, hits, _formula(node.expression, refs)), refs))
            used.update(facts(node.expression), (fact for _, when in hits for fact, _ in when))
            pending += refs
        values = tuple((fact, self.tree.facts[fact].values) for fact in sorted(used))
        equations = tuple((row, tuple(number[ref] for ref in refs)) for row, refs in rows)
        return (equations, values, self._caps(self.estate.services[service]))


def _masks(sets: Sequence[Collection[str]]) -> dict[str, int]:
    """Return for each event the bits of the fault sets that contain it."""
    found: dict[str, bytearray] = {}
    size = len(sets) // 8 + 1
    for index, events in enumerate(sets):
        for event in events:
            if event not in found:
                found[event] = bytearray(size)
            found[event][index >> 3] |= 1 << (index & 7)
    return {event: int.from_bytes(bits, "little") for event, bits in found.items()}


def _formula(expression: Expression, refs: list[int]) -> object:
    """Return the expression without the reasons in it, its references taken out in order."""
    match expression:
        case Ref(node=node, nature=nature):
            refs.append(node)
            return str(nature)
        case Threshold(k=k, items=items):
            return (k, tuple(_formula(item, refs) for item in items))
        case Choice(fact=fact, branches=branches):
            return (fact, tuple((value, _formula(item, refs)) for value, item in branches.items()))
        case Move(gate=gate, mover=mover, seconds=seconds, lag=lag):
            return (seconds, lag, _formula(gate, refs), _formula(mover, refs))
