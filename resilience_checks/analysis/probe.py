"""Evaluates chosen fault sets of one estate, for one service or for all at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from resilience_checks.analysis.algebra import FaultSets
from resilience_checks.analysis.answers import Analysis
from resilience_checks.analysis.explanation import Explanation
from resilience_checks.analysis.failing import Aftermath
from resilience_checks.analysis.proof import Times
from resilience_checks.analysis.solver import Setting, Solver
from resilience_checks.model.question import FaultKind, Holds, Question

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from resilience_checks.analysis.bounds import Compiled
    from resilience_checks.analysis.cut_lists import CutSets
    from resilience_checks.analysis.fault_tree import FaultTree, Node
    from resilience_checks.model.question import Doubt, Horizon, Step
    from resilience_checks.topology.estate import Condition, Domain, Estate, Fact


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
        self,
        estate: Estate,
        horizon: Horizon,
        domains: Iterable[Domain] = (),
        facts: Iterable[Fact] = (),
        compiled: Compiled | None = None,
    ) -> None:
        """Compile the estate; `compiled` is this very one with nothing brought along, where it is compiled already."""
        more = {domain.id: domain for domain in domains}
        self.estate = replace(
            estate,
            domains={**estate.domains, **more},
            facts={**estate.facts, **{fact.id: fact for fact in facts}},
        )
        self._question = Question("change", (FaultKind.OUTAGE, FaultKind.BAD_CHANGE), horizon=horizon)
        self._added = frozenset(more)
        self._analysis = Analysis(self.estate, compiled=compiled)
        self.tree: FaultTree = self._analysis.bounds.tree
        self._below: dict[str, frozenset[int]] = {}
        self._events: dict[str, frozenset[str]] = {}

    def below(self, service: str) -> frozenset[int]:
        """Return the nodes that the service depends on."""
        if service not in self._below:
            self._below[service] = self._analysis.bounds.system.reachable([self.tree.roots[service]])
        return self._below[service]

    def events(self, service: str) -> frozenset[str]:
        """Return the estate's own events that hit anything below the service; not those of places that nobody declared."""
        if service not in self._events:
            hits = {event for node in self.below(service) for event, _ in self.tree.nodes[node].hits}
            self._events[service] = frozenset(hit for hit in hits if self._counts(hit.rpartition("/")[0]))
        return self._events[service]

    def parts(self, service: str) -> frozenset[str]:
        """Return the parts that the service depends on, or may depend on."""
        return frozenset(part for node in self.below(service) if (part := self.tree.nodes[node].part) is not None)

    def standing_on(self, parts: Collection[str]) -> frozenset[str]:
        """Return the services that depend, or may depend, on any of the parts."""
        found = {index for index, node in enumerate(self.tree.nodes) if node.part in parts}
        pending = list(found)
        while pending:
            for index in self._above.get(pending.pop(), ()):
                if index not in found:
                    found.add(index)
                    pending.append(index)
        return frozenset(name for name, root in self.tree.roots.items() if root in found)

    @cached_property
    def _above(self) -> dict[int, list[int]]:
        """For each node those that refer to it."""
        above: dict[int, list[int]] = defaultdict(list)
        for index, targets in enumerate(self._analysis.bounds.system.edges):
            for target in targets:
                above[target].append(index)
        return above

    def lost(self, service: str, sets: Sequence[Collection[str]]) -> Lost:
        """Return which of the fault sets lose the service; an event that the estate does not have hits nothing."""
        return Lost(*self._analysis.lost(self._question, service, sets))

    def lost_each(self, services: Sequence[str], sets: Sequence[Collection[str]]) -> dict[str, Lost]:
        """Return the same for several services, in one solution for all; what it leaves open is split on facts."""
        algebra, bounds = FaultSets(sets), self._analysis.bounds
        limits = {name: bounds.limits(self._question, self.estate.services[name]) for name in services}
        roots = [self.tree.roots[name] for name in services]
        sides: list[dict[str, int]] = []
        for pessimistic in (False, True):
            longest = max((limits[name][pessimistic].cap for name in services), default=0.0)
            reading = bounds.system.reading(pessimistic=pessimistic, cap=longest, lag=None)
            solution = bounds.system.solve(algebra, reading, roots)
            sides.append(
                {name: solution.lost(self.tree.roots[name], limits[name][pessimistic].cap) for name in services}
            )
        plain = {name: Lost(sides[0][name], sides[1][name]) for name in services}
        return {
            name: found if found.surely == found.possibly else self.lost(name, sets) for name, found in plain.items()
        }

    def cut_sets(self, service: str, order: int) -> CutSets:
        """Return the minimal cut sets of a service, up to `order` events."""
        return self._analysis.cut_sets(replace(self._question, order=order), [service])[service]

    def doubts(self, service: str, order: int) -> tuple[Doubt, ...]:
        """Return the facts on which it hangs which sets of up to `order` faults lose the service."""
        return self._analysis.doubts(replace(self._question, order=order), self.estate.services[service])

    def survives(self, service: str, events: Collection[str]) -> Holds:
        """Return whether the service survives one fault set."""
        return self.lost(service, [events]).of(0)

    def chain(self, service: str, events: Sequence[str]) -> tuple[Step, ...]:
        """Return how a fault set that surely loses the service does so."""
        cap = self.caps(service)[0]
        setting = Setting(dict.fromkeys(events, 1), 1, pessimistic=False, cap=cap)
        after = Aftermath(Times(self._solver.solve(setting, self.below(service)), 0), frozenset(events), cap)
        return Explanation(self.estate, self.tree, after).chain(service)

    def caps(self, service: str) -> tuple[float, float]:
        """Return the longest move that counts in either bound; a time that is not declared may be any."""
        low, high = self._analysis.bounds.limits(self._question, self.estate.services[service])
        return low.cap, high.cap

    def hits(self, node: Node) -> tuple[tuple[str, Condition], ...]:
        """Return the estate's own events that hit a node, in a fixed order."""
        return tuple(sorted(hit for hit in node.hits if hit[0].rpartition("/")[0] not in self._added))

    def values(self, fact: str) -> tuple[str, ...]:
        """Return the values that a fact may have."""
        return self.tree.facts[fact].values

    @cached_property
    def _solver(self) -> Solver:
        return Solver(self.tree)

    def _counts(self, domain: str) -> bool:
        return domain not in self._added and not self.estate.domains[domain].implied
