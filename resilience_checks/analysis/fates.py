"""What each of many fault sets does to each service: lost, degraded, kept, or not known (SEMANTICS, sections 2, 3)."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from pyroaring import BitMap

from resilience_checks.analysis.algebra import FaultSets
from resilience_checks.analysis.explanation import Explanation
from resilience_checks.analysis.failing import Aftermath
from resilience_checks.analysis.fault_tree import FaultTree, compile_estate
from resilience_checks.analysis.system import System
from resilience_checks.model.question import Doubt, Horizon
from resilience_checks.model.values import Basis, Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from resilience_checks.analysis.bounds import Compiled as Solved
    from resilience_checks.analysis.steps import Steps
    from resilience_checks.analysis.system import Solution
    from resilience_checks.model.question import Step
    from resilience_checks.topology.estate import Estate, Service

MAX_CASES = 256
_MAX_PROBES = 64
_ENDLESS = float("inf")


class Fate(StrEnum):
    """What becomes of a service, the worst first; `ERROR`: it is lost with nothing failed, so nothing is said of it."""

    LOST = "lost"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    KEPT = "kept"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Fates:
    """What every fault set does to one service: bit i of each field is about fault set i, and bit 0 about none.

    `lost` and `survived`: the top event surely happens, surely does not; `hit`: some consumer surely loses it;
    `whole`: surely none does.
    """

    lost: int
    survived: int
    hit: int
    whole: int

    def of(self, index: int) -> Fate:
        """Return the fate in one fault set."""
        if self.lost & 1:
            return Fate.ERROR
        lost, survived, hit, whole = (bits >> index & 1 for bits in (self.lost, self.survived, self.hit, self.whole))
        if lost:
            return Fate.LOST
        if whole:
            return Fate.KEPT
        return Fate.DEGRADED if survived and hit else Fate.UNKNOWN

    @property
    def settled(self) -> int:
        """The fault sets whose fate is known."""
        return self.lost | self.whole | (self.survived & self.hit)

    def both(self, other: Fates) -> Fates:
        """Return what holds in both of two cases."""
        return Fates(
            self.lost & other.lost,
            self.survived & other.survived,
            self.hit & other.hit,
            self.whole & other.whole,
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest time and the largest lag that count, in seconds; None: any."""

    cap: float
    lag: float | None


class Compiled:
    """An estate as equations, for as many surveys as are asked of it."""

    def __init__(self, estate: Estate, done: Solved | None = None) -> None:
        """Compile the estate, unless that is `done`."""
        self.estate = estate
        self.tree: FaultTree = compile_estate(estate) if done is None else done.tree
        self.system = System(self.tree) if done is None else done.system

    def units(self, services: Collection[str]) -> BitMap:
        """Return the units that these services depend on: where facts stand, moves and edges of unknown nature."""
        return BitMap.union(BitMap(), *(self.system.units_below(self.tree.roots[name]) for name in services))

    def counted(self, units: Iterable[int], events: Collection[str]) -> Counter[str]:
        """Return in how many of these units each fact stands, where only these events happen."""
        counts: Counter[str] = Counter()
        for unit in units:
            counts.update(self.system.gate_facts.get(unit, ()))
            if unit in self.system.hit_facts:
                hits = self.tree.nodes[unit].hits
                counts.update({fact for event, when in hits if event in events for fact, _ in when})
        return counts

    def events_of_facts(self, units: Iterable[int], events: Collection[str]) -> defaultdict[str, set[str]]:
        """Return for each fact in these units the events that bear on it alone; "" for one that stands in a gate."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for unit in units:
            for fact in self.system.gate_facts.get(unit, ()):
                found[fact].add("")
            if unit in self.system.hit_facts:
                for event, when in self.tree.nodes[unit].hits:
                    for fact, _ in when if event in events else ():
                        found[fact].add(event)
        return found

    def limits(self, name: str, horizon: Horizon, *, within_rpo: bool = False) -> tuple[Limits, Limits]:
        """Return the limits of both bounds; what is not declared counts fully in one, not at all in the other."""
        service = self.estate.services[name]
        low_lag, high_lag = (None, None) if not within_rpo else (service.rpo, service.rpo or 0.0)
        if horizon is Horizon.INSTANT:
            return Limits(0.0, low_lag), Limits(0.0, high_lag)
        low, high = (_ENDLESS, 0.0) if service.rto is None else (service.rto, service.rto)
        return Limits(low, low_lag), Limits(high, high_lag)

    def cases(self, names: Sequence[str]) -> Iterator[dict[str, str]] | None:
        """Return the assignments of these facts; None where there are more than MAX_CASES."""
        values = [self.tree.facts[name].values for name in names]
        if prod(len(each) for each in values) > MAX_CASES:
            return None
        return (dict(zip(names, chosen, strict=True)) for chosen in product(*values))


class Survey:
    """Fault sets, and what they do to the services of an estate; fault set 0 is the empty one.

    Each set may hold any events: that an event happens is given, what it hits may depend on facts. After `until`
    (monotonic seconds) no further case is looked at: more is then unknown. `within_rpo` also bounds the replication
    lag that a failover may lose. Services that are asked about `together` are solved together in each case.
    """

    def __init__(
        self,
        of: Estate | Compiled,
        sets: Sequence[Collection[str]],
        *,
        within_rpo: bool = False,
        until: float | None = None,
        together: Collection[str] = (),
    ) -> None:
        """Compile the estate, unless that is done."""
        self._compiled = of if isinstance(of, Compiled) else Compiled(of)
        self.estate, self._tree, self._system = self._compiled.estate, self._compiled.tree, self._compiled.system
        self.sets = ((), *(tuple(sorted(events)) for events in sets))
        self._until, self._within_rpo = until, within_rpo
        self._algebra = FaultSets(self.sets)
        self._full = self._algebra.everything
        self._events = frozenset(event for events in self.sets for event in events)
        self._together = frozenset(together)
        self._solutions: dict[tuple[Limits, bool], Solution[int]] = {}
        self._fixed: dict[tuple[Limits, bool, frozenset[tuple[str, str]]], Solution[int]] = {}

    def fates(self, service: str, horizon: Horizon) -> Fates:
        """Return what every fault set does to a service within the horizon."""
        found = self.estate.services[service]
        plain = self._case(found, horizon, {})
        if not self._full & ~plain.settled:
            return plain
        cases = [self._case(found, horizon, known) for known in self._cases(found)]
        whole = cases[0] if cases else plain
        for case in cases[1:]:
            whole = whole.both(case)
        return whole

    def away(self, service: str, index: int) -> float | None:
        """Return the seconds until no consumer lacks the service that it can still have, however unknowns turn out.

        None where that is not known, or not within its RTO.
        """
        found = self.estate.services[service]
        _, high = self._limits(found, Horizon.RTO)
        solution = self._solution(high, {}, found, pessimistic=True)
        times = [_first(solution.value(node), index) for node in self._views(found)]
        return max(times) if max(times) < _ENDLESS else None

    def losers(self, service: str, index: int, horizon: Horizon) -> tuple[str, ...]:
        """Return the consumers that surely lose the service."""
        found = self.estate.services[service]
        low, _ = self._limits(found, horizon)
        solution = self._solution(low, {}, found, pessimistic=False)
        views = self._tree.consumers[service]
        return tuple(sorted(name for name, node in views.items() if solution.lost(node, low.cap) >> index & 1))

    def chain(self, service: str, index: int, horizon: Horizon) -> tuple[Step, ...]:
        """Return the steps from the faults to the loss: of the service where it is lost, else of one consumer's view.

        Where only the cases show that it is lost, the chain is that of the first one.
        """
        found = self.estate.services[service]
        low, _ = self._limits(found, horizon)
        for known in ({}, *self._cases(found)):
            solution = self._solution(low, known, found, pessimistic=False)
            nodes = (self._tree.roots[service], *self._views(found))
            lost = [node for node in nodes if solution.lost(node, low.cap) >> index & 1]
            if lost:
                times = [_first(solution.value(node), index) for node in range(len(self._tree.nodes))]
                failed = Aftermath(times, frozenset(self.sets[index]), low.cap, low.lag, known)
                return Explanation(self.estate, self._tree, failed).chain(service, start=lost[0])
        return ()

    def doubts(self, service: str, index: int, horizon: Horizon) -> tuple[Doubt, ...]:
        """Return the facts on which it hangs what a fault set does: those that change something once they are known."""
        found = self.estate.services[service]
        deciding = sorted(self._compiled.counted(self._compiled.units([service]), self.sets[index]))
        if len(deciding) <= _MAX_PROBES:
            before = self._case(found, horizon, {})
            deciding = [name for name in deciding if self._decides(found, horizon, index, before, name)] or deciding
        doubts = [Doubt(name, self._tree.facts[name].reason, self._tree.facts[name].remedy) for name in deciding]
        if horizon is Horizon.RTO and found.rto is None:
            reason = Reason(f"the RTO of {service} is not declared", Basis.UNKNOWN, found.location)
            doubts.append(Doubt(f"rto of {service}", reason, f"declare `rto` of {service}"))
        return tuple(doubts)

    def in_case(self, service: str, horizon: Horizon, known: Mapping[str, str]) -> Fates:
        """Return what every fault set does to a service when these facts are fixed."""
        return self._case(self.estate.services[service], horizon, known)

    def _decides(self, service: Service, horizon: Horizon, index: int, before: Fates, name: str) -> bool:
        cases = (self._case(service, horizon, {name: value}) for value in self._tree.facts[name].values)
        return any(_told(case, index) != _told(before, index) for case in cases)

    def _case(self, service: Service, horizon: Horizon, known: Mapping[str, str]) -> Fates:
        low, high = self._limits(service, horizon)
        best = self._solution(low, known, service, pessimistic=False)
        worst = self._solution(high, known, service, pessimistic=True)
        root, views = self._tree.roots[service.id], self._views(service)
        some_down = some_maybe = 0
        for node in views:
            some_down |= best.lost(node, low.cap)
            some_maybe |= worst.lost(node, high.cap)
        down, maybe = best.lost(root, low.cap), worst.lost(root, high.cap)
        return Fates(down, self._full & ~maybe, some_down, self._full & ~some_maybe)

    def _views(self, service: Service) -> tuple[int, ...]:
        return tuple(self._tree.consumers[service.id].values()) or (self._tree.roots[service.id],)

    def _solution(
        self, limits: Limits, known: Mapping[str, str], service: Service, *, pessimistic: bool
    ) -> Solution[int]:
        """Return the solution of all services, or, where facts are fixed, of this one."""
        key = (limits, pessimistic)
        reading = self._system.reading(pessimistic=pessimistic, cap=limits.cap, lag=limits.lag)
        if key not in self._solutions:
            base = next(iter(self._solutions.values()), None)
            self._solutions[key] = self._system.solve(self._algebra, reading, base=base)
        if not known:
            return self._solutions[key]
        shared = service.id in self._together
        fixed = (*key, frozenset(known.items()))
        if not shared or fixed not in self._fixed:
            services = [self.estate.services[name] for name in self._together] if shared else [service]
            nodes = [node for each in services for node in (self._tree.roots[each.id], *self._views(each))]
            solution = self._system.solve(self._algebra, replace(reading, known=known), nodes, self._solutions[key])
            if not shared:
                return solution
            self._keep(fixed, solution)
        return self._fixed[fixed]

    def _keep(self, key: tuple[Limits, bool, frozenset[tuple[str, str]]], solution: Solution[int]) -> None:
        """Keep a solution for the other services; of those in which several facts are fixed only the last case's."""
        self._fixed = {other: found for other, found in self._fixed.items() if len(other[2]) == 1 or other[2] == key[2]}
        self._fixed[key] = solution

    def _limits(self, service: Service, horizon: Horizon) -> tuple[Limits, Limits]:
        return self._compiled.limits(service.id, horizon, within_rpo=self._within_rpo)

    def _cases(self, service: Service) -> Iterator[dict[str, str]]:
        """Yield the consistent assignments of the facts that stand in more than one unit below the service."""
        counts = self._compiled.counted(self._compiled.units([service.id]), self._events)
        shared = sorted(fact for fact, count in counts.items() if count > 1)
        late = self._until is not None and time.monotonic() > self._until
        if shared and not late:
            yield from self._compiled.cases(shared) or ()


def _first(steps: Steps[int], index: int) -> float:
    """Return the seconds after which something is up in a fault set, endless where it never is."""
    return next((seconds for seconds, lost in steps if not lost >> index & 1), _ENDLESS)


def _told(fates: Fates, index: int) -> tuple[int, ...]:
    return tuple(bits >> index & 1 for bits in (fates.lost, fates.survived, fates.hit, fates.whole))
