"""How long each service is away after a loss, and how much data is gone, term by term.

The times are those of the solved equations with the horizon open: `up` is a step function of time, a chain of moves
adds up in it, of several ways the quickest counts, and of several things that must all move the slowest.
The recovery point and time objectives are those of ISO 22301:2019, 3 (RPO, RTO): how old the data may be that
activity resumes with, and within what time it resumes.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import product, takewhile
from math import inf, prod
from typing import TYPE_CHECKING

from resilience_checks.analysis.explanation import named
from resilience_checks.analysis.expressions import Move, scan
from resilience_checks.analysis.fault_tree import compile_estate
from resilience_checks.analysis.natures import unknown_natures
from resilience_checks.analysis.restoring import with_backups
from resilience_checks.analysis.terms import Walk
from resilience_checks.analysis.times import Times
from resilience_checks.model.question import Doubt, FaultKind
from resilience_checks.model.values import Basis, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from resilience_checks.analysis.bounds import Bounds as Solver
    from resilience_checks.analysis.bounds import Compiled
    from resilience_checks.topology.estate import Estate, Service

PLACES = ("site", "region", "zone", "campus", "building", "room", "hazard")
"""The kinds of failure domain whose loss is asked about when none is named; of the later ones those that are declared."""
MAX_CASES = 256
FaultSet = tuple[str, ...]
"""Ids of events that happen at once."""


class Objective(StrEnum):
    """How a recovery compares with the objective that is declared for it."""

    WITHIN = "within"
    BEYOND = "beyond"
    UNKNOWN = "unknown"
    NOT_DECLARED = "not declared"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a number of seconds: at least `low`, at most `high`; infinite: never, or all."""

    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def against(self, objective: float | None) -> Objective:
        """Return how the number compares with an objective.

        >>> Bounds(150, 150).against(3600), Bounds(0, inf).against(60), Bounds(90, inf).against(60)
        (<Objective.WITHIN: 'within'>, <Objective.UNKNOWN: 'unknown'>, <Objective.BEYOND: 'beyond'>)
        """
        if objective is None:
            return Objective.NOT_DECLARED
        if self.high <= objective:
            return Objective.WITHIN
        return Objective.BEYOND if self.low > objective else Objective.UNKNOWN


@dataclass(frozen=True, slots=True)
class Recovery:
    """What becomes of one service after one set of faults.

    `moves` follow each other, and their terms add up to `time`, or to the least that it is where that misses the RTO
    already; `meanwhile` are quicker moves beside them. Where nothing brings the service back, `notes` say what stands
    in the way. `doubts` are the facts on which an unknown answer hangs.
    """

    service: str
    events: FaultSet
    time: Bounds
    loss: Bounds
    rto: Objective
    rpo: Objective
    moves: tuple[Move, ...] = ()
    meanwhile: tuple[Move, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[Reason, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether the service surely goes on without any move."""
        return self.time.high == 0 and self.loss.high == 0

    @property
    def returns(self) -> bool:
        """Whether something may bring the service back."""
        return self.time.low < inf


@dataclass(frozen=True)
class _Solution:
    """The values of all nodes in both bounds, when moves may lose up to `lag` seconds of data (None: any)."""

    lag: float | None
    optimistic: Callable[[int, int], float]
    pessimistic: Callable[[int, int], float]

    def bounds(self, node: int, index: int) -> Bounds:
        return Bounds(self.optimistic(node, index), self.pessimistic(node, index))


def places(estate: Estate, kinds: Sequence[str] = PLACES) -> tuple[FaultSet, ...]:
    """Return the loss of each place of these kinds, one at a time, in order."""
    found = [
        (kinds.index(domain.kind), f"{domain.id}/{FaultKind.OUTAGE}")
        for domain in estate.domains.values()
        if domain.kind in kinds and FaultKind.OUTAGE in domain.faults and not domain.implied
    ]
    return tuple((event,) for _, event in sorted(found))


def recoveries(
    estate: Estate,
    asked: Sequence[FaultSet],
    services: Sequence[str] = (),
    *,
    compiled: Solver | Compiled | None = None,
    until: float = inf,
) -> tuple[Recovery, ...]:
    """Return the recovery of each service (default: all) from each set of faults.

    What was `compiled` of this estate before saves compiling it again. No service is begun after `until`, on the
    monotonic clock; those are not among what is returned.
    """
    analysis = Recoveries(estate, asked, compiled=compiled)
    chosen = [estate.services[name] for name in services] or list(estate.services.values())
    perhaps = (
        Recoveries(estate, asked, unknown=True) if any(not item.known for item in estate.backups.values()) else None
    )

    def found(service: Service, index: int) -> Recovery:
        """Return what is known to bring it back, or else what perhaps does."""
        sure = analysis.of(service, index)
        return perhaps.of(service, index) if perhaps is not None and sure.time.high == inf else sure

    begun = takewhile(lambda _: time.monotonic() <= until, chosen)
    return tuple(found(service, index) for service in begun for index in range(1, len(analysis.sets)))


@dataclass
class Recoveries:
    """One estate, solved for the fault sets that are asked about; number 0 is the empty one.

    `unknown`: backups of which something is not known count as well. With `services` only these are solved. What was
    `compiled` of this estate before is used where no backup counts. Only where it is `noted` it is said what stands in
    the way of what never comes back.
    """

    estate: Estate
    asked: Sequence[FaultSet]
    unknown: bool = False
    services: Collection[str] | None = None
    compiled: Solver | Compiled | None = None
    noted: bool = True
    _known: Mapping[str, str] = field(default_factory=dict)
    _solved: dict[tuple[float | None, tuple[tuple[str, str], ...]], _Solution] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sets: tuple[FaultSet, ...] = ((), *self.asked)
        read = with_backups(self.estate, unknown=self.unknown)
        done = self.compiled if read is self.estate else None
        self._tree = done.tree if done is not None else compile_estate(read)
        roots = None if self.services is None else [self._tree.roots[name] for name in self.services]
        self._times = Times(self._tree, self.sets, roots, done.system if done is not None else None)

    def of(self, service: Service, index: int) -> Recovery:
        """Return the recovery of a service from fault set `index`, by cases where facts stand in several units."""
        plain = self._of(service, index)
        if plain.time.known and plain.loss.known:
            return plain
        cases = list(self._cases(service))
        found = []
        for case in cases:
            self._known = case
            found.append(self._of(service, index))
        self._known = {}
        return _over(service, plain, found) if found else plain

    def _cases(self, service: Service) -> Iterator[Mapping[str, str]]:
        """Yield every assignment of the facts that stand in more than one unit below the service, if they are few."""
        counts: Counter[str] = Counter()
        for index in self._times.below(self._tree.roots[service.id]):
            node = self._tree.nodes[index]
            counts.update(set(scan(node.expression).facts))
            counts.update({fact for event, when in node.hits if event in self._events for fact, _ in when})
        shared = sorted(fact for fact, count in counts.items() if count > 1)
        values = [self._tree.facts[fact].values for fact in shared]
        if shared and prod(map(len, values)) <= MAX_CASES:
            yield from (dict(zip(shared, chosen, strict=True)) for chosen in product(*values))

    def _of(self, service: Service, index: int) -> Recovery:
        """Return the recovery with the facts that are fixed now.

        Of several ways it takes the quickest that keeps to the RPO, if there is one, else the quickest.
        """
        root = self._tree.roots[service.id]
        chosen = self._solution(None)
        if service.rpo is not None:
            within = self._solution(service.rpo)
            if within.bounds(root, index).known and within.bounds(root, index).high < inf:
                chosen = within
        time = chosen.bounds(root, index)
        loss = self._loss(root, index, time)
        rto, rpo = time.against(service.rto), loss.against(service.rpo)
        told = 0 < time.low < inf and (time.known or rto is Objective.BEYOND)
        used, beside = self._moves(root, index, chosen, slowest=time.known) if told else ((), ())
        return Recovery(
            service.id,
            self.sets[index],
            time,
            loss,
            rto,
            rpo,
            moves=used,
            meanwhile=beside,
            doubts=tuple(self._doubts(service, index, chosen)) if not (time.known and loss.known) else (),
            notes=tuple(dict.fromkeys(self._notes(service, index))) if self.noted and time.low == inf else (),
        )

    def _moves(
        self, root: int, index: int, chosen: _Solution, *, slowest: bool
    ) -> tuple[tuple[Move, ...], tuple[Move, ...]]:
        """Return the moves that follow each other until the service is back, and those that are done meanwhile."""
        walk = self._walk(chosen, index, pessimistic=slowest)
        chain = walk.chain(root)
        beside = {id(move.way): move for move in walk.used(root)}
        return chain, tuple(move for way, move in beside.items() if way not in {id(move.way) for move in chain})

    def _loss(self, root: int, index: int, time: Bounds) -> Bounds:
        """Return the least loss of data with which the service is back in that time; all where it is never back."""
        low = high = inf
        for lag in (*self._lags, None):
            found = self._solution(lag).bounds(root, index)
            shown = inf if lag is None else lag
            low = min(low, shown) if found.low <= time.low < inf else low
            high = min(high, shown) if found.high <= time.high < inf else high
            if high < inf:
                break
        return Bounds(low, high)

    @cached_property
    def _events(self) -> frozenset[str]:
        return frozenset(event for events in self.sets for event in events)

    @cached_property
    def _lags(self) -> tuple[float, ...]:
        """Every amount of data that some move loses, in ascending order, and none."""
        return tuple(sorted({0.0, *(lag for lag in self._times.lags if lag < inf)}))

    def _solution(self, lag: float | None) -> _Solution:
        key = (lag, tuple(self._known.items()))
        if key not in self._solved:
            best, worst = (
                self._times.solve(pessimistic=pessimistic, lag=lag, known=self._known) for pessimistic in (False, True)
            )
            self._solved[key] = _Solution(lag, best, worst)
        return self._solved[key]

    def _walk(self, solution: _Solution, index: int, *, pessimistic: bool = True) -> Walk:
        times = solution.pessimistic if pessimistic else solution.optimistic
        return Walk(
            self._tree,
            lambda node: times(node, index),
            self.sets[index],
            solution.lag,
            pessimistic=pessimistic,
            known=self._known,
        )

    def _doubts(self, service: Service, index: int, chosen: _Solution) -> Iterator[Doubt]:
        """Yield the facts that the time hangs on, or, where it is known, those that the loss hangs on."""
        root = self._tree.roots[service.id]
        for solution in (chosen, *(self._solution(lag) for lag in (None, *reversed(self._lags)))):
            if not solution.bounds(root, index).known:
                best = self._walk(solution, index, pessimistic=False)
                names = self._walk(solution, index).doubtful(root, best)
                yield from (Doubt(name, self._tree.facts[name].reason, self._tree.facts[name].remedy) for name in names)
                if not names:
                    yield unknown_natures(service)
                return

    def _notes(self, service: Service, index: int) -> Iterator[Reason]:
        """Yield why nothing brings a service back: what would is lost too, or nothing moves it."""
        said = False
        for move, lost in self._walk(self._solution(None), index, pessimistic=False).blocked(
            self._tree.roots[service.id]
        ):
            if move.way is not None:
                said = True
                verb = "does not count" if move.way.restores else "does not happen"
                names = f": {named(sorted(lost))} {'is' if len(lost) == 1 else 'are'} lost too" if lost else ""
                yield Reason(f"that {move.way.what} {verb}{names}", location=move.why.location if move.why else None)
        if not said:
            text = "nothing moves or restores what is lost, as far as programs and declarations show"
            yield Reason(text, Basis.UNKNOWN, service.location)


def _over(service: Service, plain: Recovery, cases: Sequence[Recovery]) -> Recovery:
    """Return what holds in every case; where all cases agree, what one of them shows."""
    time = Bounds(min(case.time.low for case in cases), max(case.time.high for case in cases))
    loss = Bounds(min(case.loss.low for case in cases), max(case.loss.high for case in cases))
    if time.known and loss.known:
        return cases[0]
    rto, rpo = time.against(service.rto), loss.against(service.rpo)
    least = min(cases, key=lambda case: case.time.low) if rto is Objective.BEYOND else plain
    return replace(plain, time=time, loss=loss, rto=rto, rpo=rpo, moves=least.moves, meanwhile=least.meanwhile)
