"""The smallest sets of faults that can lose all that is seen to be lost, from families of minimal cut sets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from resilience_checks.analysis.algebra import TooManySets
from resilience_checks.analysis.cut_families import EVERYTHING, CutFamilies
from resilience_checks.analysis.interned import MAX_SETS, Interned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.analysis.cut_families import Family
    from resilience_checks.analysis.fates import Compiled
    from resilience_checks.analysis.system import Solution
    from resilience_checks.model.question import Horizon

Key = tuple[int, float, float | None, bool]


@dataclass(frozen=True, slots=True)
class Observed:
    """What is seen: `down` lost for all consumers (or a critical one), `degraded` for some, `up` not lost."""

    down: tuple[str, ...] = ()
    up: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()

    @property
    def services(self) -> tuple[str, ...]:
        """Every service of which something is seen."""
        return (*self.down, *self.degraded, *self.up)


class Candidates:
    """Finds them, one case of the unknowns after the other."""

    def __init__(
        self,
        compiled: Compiled,
        observed: Observed,
        horizon: Horizon,
        events: frozenset[str],
        until: float | None = None,
    ) -> None:
        """Remember what is seen, and the events that count; after `until` (monotonic seconds) order 1 alone is done."""
        self._compiled, self._observed, self._horizon, self._events = compiled, observed, horizon, events
        self._interned = Interned(until, MAX_SETS)
        self._plain: dict[Key, Solution[Family]] = {}

    def find(self, order: int, cases: Sequence[Mapping[str, str]]) -> tuple[tuple[tuple[str, ...], ...], int]:
        """Return the sets of up to `order` events, and the order up to which none is missing.

        These are the smallest sets that surely lose all of it in every case, and those that possibly do in one.
        """
        while True:
            algebra = CutFamilies(order, self._events, interned=self._interned)
            try:
                found, finished = self._in_all(algebra, cases)
            except TooManySets as limit:
                order = max(1, min(limit.finished, order - 1))
            else:
                return tuple(sorted(found)), finished

    def _in_all(self, algebra: CutFamilies, cases: Sequence[Mapping[str, str]]) -> tuple[set[tuple[str, ...]], int]:
        found: set[tuple[str, ...]] = set()
        sure, finished = EVERYTHING, algebra.order
        for known in cases:
            families = []
            for pessimistic in (False, True):
                lost, order = self._lost(algebra, known, pessimistic=pessimistic)
                finished = min(finished, order)
                families.append(lost)
            sure = algebra.every((sure, families[0]))
            if families[1] is EVERYTHING:  # perhaps lost with nothing failed, by what no case settles: any may do it
                found.update((event,) for event in self._events)
            found.update(algebra.named(families[1]))
        if cases:
            found.update(algebra.named(sure))
        return {events for events in found if events}, finished

    def _lost(self, algebra: CutFamilies, known: Mapping[str, str], *, pessimistic: bool) -> tuple[Family, int]:
        """Return what loses everything that is seen to be lost in one bound of a case, and up to which order."""
        tree, found = self._compiled.tree, []
        finished = algebra.order
        for name in (*self._observed.down, *self._observed.degraded):
            cap = self._compiled.limits(name, self._horizon)[pessimistic].cap
            solution = self._solution(algebra, known, cap, pessimistic=pessimistic)
            views = tuple(tree.consumers[name].values()) if name in self._observed.degraded else ()
            nodes = views or (tree.roots[name],)
            finished = min(finished, *(solution.order(node) for node in nodes))
            found.append(algebra.any([solution.lost(node, cap) for node in nodes]))
        return algebra.every(found), finished

    def _solution(
        self, algebra: CutFamilies, known: Mapping[str, str], cap: float, *, pessimistic: bool
    ) -> Solution[Family]:
        system = self._compiled.system
        reading = system.reading(pessimistic=pessimistic, cap=cap, lag=None)
        key = (algebra.order, reading.cap, reading.lag, pessimistic)
        names = [*self._observed.down, *self._observed.degraded]
        roots = [node for name in names for node in (self._compiled.tree.roots[name], *self._views(name))]
        if key not in self._plain:
            self._plain[key] = system.solve(algebra, reading, roots)
        if not known:
            return self._plain[key]
        return system.solve(algebra, replace(reading, known=known), roots, self._plain[key])

    def _views(self, name: str) -> tuple[int, ...]:
        return tuple(self._compiled.tree.consumers[name].values())
