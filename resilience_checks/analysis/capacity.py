"""Whether what remains after a loss carries the peak: which stage decides, and how much is asked of it.

The loads are those of `loads`, of all services together. Enough is what one spread shows to fit. Short is what no
spread can fit: a stage through which all of a service's demand must pass lets less through than is asked of it.
Between the two, where groups share members, the best spread is sought (`sharing`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile
from math import inf
from typing import TYPE_CHECKING

from resilience_checks.analysis.expressions import scan
from resilience_checks.analysis.fault_tree import compile_estate
from resilience_checks.analysis.loads import Spread, Ways
from resilience_checks.analysis.sharing import spread_remedy
from resilience_checks.analysis.terms import Walk
from resilience_checks.analysis.times import Times, alike, since
from resilience_checks.analysis.together import SLACK, Both, Together
from resilience_checks.model.question import Doubt, FaultKind
from resilience_checks.model.values import Basis, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from resilience_checks.analysis.bounds import Bounds, Compiled
    from resilience_checks.topology.estate import Demand, Domain, Estate, Service

FaultSet = tuple[str, ...]
_DIGITS = 9


class Enough(StrEnum):
    """Whether what remains carries the peak, the worst first."""

    SHORT = "short"
    LOST = "lost"
    UNKNOWN = "unknown"
    ENOUGH = "enough"


_SOUGHT = {True: Enough.ENOUGH, False: Enough.SHORT, None: Enough.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that all of a service's demand passes: how much it lets through, and what each service asks of it.

    `members` are the parts that limit it and are up, `why` how much each of them carries. `remaining` is how many members
    of a group are up, of how many, where it has lost some; `site` where the members that limit it all stand.
    """

    name: str
    carries: float
    asked: dict[str, float]
    members: tuple[str, ...] = ()
    why: tuple[Reason, ...] = ()
    remaining: tuple[int, int] | None = None
    site: str | None = None

    @property
    def total(self) -> float:
        """What all services together ask of it."""
        return sum(self.asked.values())


@dataclass(frozen=True, slots=True)
class Headroom:
    """What becomes of one demand of one service after one set of faults; the empty set: with nothing failed."""

    service: str
    events: FaultSet
    demand: Demand
    enough: Enough
    weakest: Stage | None = None
    doubts: tuple[Doubt, ...] = ()


def losses(estate: Estate) -> tuple[FaultSet, ...]:
    """Return nothing failed, then the outage of each failure domain alone, apart from what nobody declared."""
    found = [f"{domain.id}/{FaultKind.OUTAGE}" for domain in _outages(estate) if not domain.implied]
    return ((), *((event,) for event in sorted(found)))


def not_asked(estate: Estate) -> tuple[str, ...]:
    """Return the failure domains that are left out because nobody declared them: parts stand in some all the same."""
    return tuple(sorted(domain.id for domain in _outages(estate) if domain.implied))


def _outages(estate: Estate) -> Iterator[Domain]:
    yield from (domain for domain in estate.domains.values() if FaultKind.OUTAGE in domain.faults)


def headrooms(
    estate: Estate,
    asked: Sequence[FaultSet],
    services: Sequence[str] = (),
    compiled: Bounds | Compiled | None = None,
    told: Collection[Enough] = tuple(Enough),
    until: float = inf,
) -> tuple[Headroom, ...]:
    """Return for each demand of each service (default: all) what becomes of it after each set of faults.

    What was `compiled` of this estate before saves compiling it again. Only what is `told` is returned. No service is
    begun after `until`, on the monotonic clock; those are not among what is returned.
    """
    analysis = _Capacity(estate, asked, compiled, told)
    chosen = [estate.services[name] for name in services] or list(estate.services.values())
    found = (
        analysis.of(service, demand, index)
        for service in takewhile(lambda _: time.monotonic() <= until, chosen)
        for demand in service.peak
        for index in range(len(asked))
    )
    return tuple(one for one in found if one.enough in told)


@dataclass
class _Capacity:
    """One estate, solved for the fault sets that are asked about."""

    estate: Estate
    asked: Sequence[FaultSet]
    compiled: Bounds | Compiled | None = None
    told: Collection[Enough] = tuple(Enough)
    _spreads: dict[tuple[str, str, bool, int], Spread] = field(default_factory=dict)
    _below: dict[str, list[int]] = field(default_factory=dict)
    _first: dict[tuple[str, bool], list[int]] = field(default_factory=dict)
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)
    _after: dict[tuple[str, int], Together] = field(default_factory=dict)
    _together: dict[tuple[str, tuple[int, ...]], Together] = field(default_factory=dict)
    _verdicts: dict[tuple[str, str, int], tuple[Enough, Stage | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tree = self.compiled.tree if self.compiled is not None else compile_estate(self.estate)
        self._ways = Ways(self.estate, self._tree)
        times = Times(self._tree, self.asked, system=self.compiled.system if self.compiled is not None else None)
        self._values = {bad: times.values(pessimistic=bad) for bad in (False, True)}
        worst, best = self._values[True], self._values[False]
        self._worst: Callable[[int, int], float] = lambda node, index: since(worst[node], index)
        self._best: Callable[[int, int], float] = lambda node, index: since(best[node], index)

    def of(self, service: Service, demand: Demand, index: int) -> Headroom:
        """Return what becomes of a demand after fault set `index`."""
        if not _in_time(self._best(self._tree.roots[service.id], index), service):
            return Headroom(service.id, self.asked[index], demand, Enough.LOST)
        enough, weakest = self._verdict(service, demand.dimension, index)
        doubts = self._doubts(service, demand.dimension, index) if enough is Enough.UNKNOWN else ()
        return Headroom(service.id, self.asked[index], demand, enough, weakest, tuple(doubts))

    def _verdict(self, service: Service, dimension: str, index: int) -> tuple[Enough, Stage | None]:
        """Return whether it is enough, and the weakest stage; fault sets after which all spreads are the same share it."""
        together = self._all(dimension, index)
        key = (service.id, dimension, id(together))  # `_together` keeps it
        if key not in self._verdicts:
            self._verdicts[key] = self._decided(service, dimension, together)
        return self._verdicts[key]

    def _decided(self, service: Service, dimension: str, together: Together) -> tuple[Enough, Stage | None]:
        fits, fits_best = (self._fits(service, together, pessimistic=bad) for bad in (True, False))
        if fits and fits_best:  # no stage is short where a spread fits: the stages need not be looked at to decide
            return Enough.ENOUGH, self._weakest(service, together) if Enough.ENOUGH in self.told else None
        stages = self._stages(service, together, pessimistic=False)
        short = [stage for stage in stages if stage.carries < stage.total * (1 - SLACK)]
        if short:
            enough = Enough.SHORT
        elif fits:
            return Enough.ENOUGH, self._weakest(service, together)
        else:
            enough = _SOUGHT[together.fits(service.id)]
            stages = self._loaded(service, dimension, together) if enough is Enough.SHORT else stages
        return enough, min(short or stages, key=_tightness, default=None)

    def _weakest(self, service: Service, together: Together) -> Stage | None:
        """Return the stage that is nearest to its limit in the worst case."""
        return min(self._stages(service, together, pessimistic=True), key=_tightness, default=None)

    def _all(self, dimension: str, index: int) -> Together:
        """Return the spreads of all services that ask for the dimension."""
        if (dimension, index) not in self._after:
            key = (dimension, self._same(dimension, index))
            if key not in self._together:
                spreads = {
                    other.id: self._both(other, dimension, amount, index) for other, amount in self._asking(dimension)
                }
                self._together[key] = Together(spreads)
            self._after[dimension, index] = self._together[key]
        return self._after[dimension, index]

    def _same(self, dimension: str, index: int) -> tuple[int, ...]:
        """Return for each service that asks for the dimension the first fault sets that leave its ways the same."""
        asking = [other for other, _ in self._asking(dimension)]
        return tuple(self._alike(other, pessimistic=bad)[index] for other in asking for bad in (False, True))

    def _alike(self, service: Service, *, pessimistic: bool) -> list[int]:
        """Return for each fault set the first one in which all ways of a service have the same times."""
        key = (service.id, pessimistic)
        if key not in self._first:
            below = self._below.setdefault(service.id, self._ways.below(service.id))
            values = self._values[pessimistic]
            self._first[key] = alike((values[node] for node in below), len(self.asked))
        return self._first[key]

    def _asking(self, dimension: str) -> Iterator[tuple[Service, float]]:
        for service in self.estate.services.values():
            for demand in service.peak:
                if demand.dimension == dimension:
                    yield service, demand.amount

    def _both(self, service: Service, dimension: str, amount: float, index: int) -> Both:
        """Return the spreads of a service in both cases."""
        worst = self._spread(service, dimension, index, pessimistic=True)
        below = self._below[service.id]
        sure = self._certain(service, dimension, below)
        same = sure and all(self._best(node, index) == self._worst(node, index) for node in below)
        best = worst if same else self._spread(service, dimension, index, pessimistic=False)
        return Both(amount, best, worst)

    def _certain(self, service: Service, dimension: str, below: Sequence[int]) -> bool:
        """Return whether nothing is unknown of the ways below a service but, perhaps, what is up."""
        key = (service.id, dimension)
        if key not in self._known:
            nodes = [self._tree.nodes[node] for node in below]
            parts = [node.part for node in nodes if node.part is not None]
            self._known[key] = not any(scan(node.expression).facts for node in nodes) and all(
                self._amount(part, service, dimension) is not None for part in parts
            )
        return self._known[key]

    def _walk(self, index: int, *, pessimistic: bool) -> Walk:
        times = self._worst if pessimistic else self._best
        return Walk(self._tree, lambda node: times(node, index), self.asked[index], pessimistic=pessimistic)

    def _spread(self, service: Service, dimension: str, index: int, *, pessimistic: bool) -> Spread:
        """Return the spread of a service; fault sets in which all its ways have the same times share it."""
        key = (service.id, dimension, pessimistic, self._alike(service, pessimistic=pessimistic)[index])
        if key not in self._spreads:
            self._spreads[key] = self._run(service, dimension, index, pessimistic=pessimistic)
        return self._spreads[key]

    def _run(self, service: Service, dimension: str, index: int, *, pessimistic: bool) -> Spread:
        walk = self._walk(index, pessimistic=pessimistic)

        def carries(part: str) -> float:
            known = self._amount(part, service, dimension)
            return known if known is not None else 0.0 if pessimistic else inf

        return Spread(
            self._ways,
            service.id,
            lambda expression: _in_time(walk.time(expression, {}), service),
            carries,
            pessimistic,
        ).run()

    def _amount(self, part: str, service: Service, dimension: str) -> float | None:
        """Return how much a part carries of a dimension (infinite: any amount), None where that is not known.

        What is known to carry another dimension of the same service's peak is not limited in this one.
        """
        carrier = self.estate.carriers.get(part)
        if carrier is None:
            return inf
        if dimension in carrier.amounts:
            return carrier.amounts[dimension]
        return inf if any(demand.dimension in carrier.amounts for demand in service.peak) else None

    def _stages(self, service: Service, together: Together, *, pessimistic: bool) -> list[Stage]:
        """Return the limited stages that all of a service's demand passes, the last first: it says the most.

        What is left of a group stands for its last member: that is a stage alone because the others are lost. What other services ask of a stage is what surely passes the same parts that limit it.
        """
        mine, amount = together.of[service.id].spread(pessimistic=pessimistic), together.of[service.id].amount
        groups = {frozenset(stage.limits) for stage in mine.stages if stage.remaining is not None}
        found = []
        for stage in reversed(mine.stages):
            parts, node = frozenset(stage.limits), self._tree.nodes[stage.node]
            if stage.remaining is not None or parts not in groups or node.part not in parts:
                asked = {**together.forced(parts, pessimistic=pessimistic), service.id: amount * stage.share}
                found.append(self._stage(node.label, stage.carries, asked, stage.limits, stage.remaining))
        return found

    def _stage(
        self,
        name: str,
        carries: float,
        asked: Mapping[str, float],
        parts: Sequence[str],
        remaining: tuple[int, int] | None = None,
    ) -> Stage:
        places = [self.estate.parts[part].site for part in parts]
        sites = {place if isinstance(place, str) else None for place in places}
        return Stage(
            name,
            carries,
            {service: amount for service, amount in asked.items() if amount},
            tuple(self.estate.parts[part].label for part in parts),
            tuple(dict.fromkeys(self.estate.carriers[part].why for part in parts)),
            remaining,
            next(iter(sites)) if len(sites) == 1 else None,
        )

    def _loaded(self, service: Service, dimension: str, together: Together) -> list[Stage]:
        """Return the parts that the service uses as stages, with what the plain spread asks of each."""
        mine = together.of[service.id].best
        found = []
        for part in mine.carried:
            amount = self._amount(part, service, dimension)
            if amount is not None and amount < inf:
                found.append(self._stage(self.estate.parts[part].label, amount, together.asked(part), (part,)))
        return found

    def _fits(self, service: Service, together: Together, *, pessimistic: bool) -> bool:
        """Return whether the plain spread fits on every part that the service uses, in the worst or in the best case."""
        mine = together.of[service.id].spread(pessimistic=pessimistic)
        if not mine.serves:
            return False
        loads = together.loads(pessimistic=pessimistic)
        return all(loads[part] <= mine.carries(part) * (1 + SLACK) for part in mine.carried)

    def _doubts(self, service: Service, dimension: str, index: int) -> Iterator[Doubt]:
        """Yield what an unknown answer hangs on: what is unknown of the service, else of what shares parts with it."""
        together = self._all(dimension, index)
        others = [name for name in together.sharing(service.id) if name != service.id]
        mine = self._unknown(service, dimension, index)
        found = mine or {
            doubt.id: doubt
            for name in others
            for doubt in self._unknown(self.estate.services[name], dimension, index).values()
        }
        yield from found.values()
        if not found:
            text = f"groups that {service.id} uses share members, and whether some spread fits is not known"
            yield Doubt(f"spread of {service.id}", Reason(text, Basis.UNKNOWN, service.location), spread_remedy())

    def _unknown(self, service: Service, dimension: str, index: int) -> dict[str, Doubt]:
        """Return by name the parts of unknown capacity that a service uses, and facts about what of it is up."""
        mine = self._all(dimension, index).of[service.id]
        used = {**mine.best.parts(mine.best.shares), **mine.worst.parts(mine.worst.shares)}
        remedy = f"declare `capacity: {{{dimension}: ...}}` of a component that selects it"
        found = [
            Doubt(f"capacity of {part}", self.estate.carriers[part].why, remedy)
            for part in used
            if self._amount(part, service, dimension) is None
        ]
        best, worst = (self._walk(index, pessimistic=pessimistic) for pessimistic in (False, True))
        for name in worst.doubtful(self._tree.roots[service.id], best):
            fact = self._tree.facts[name]
            found.append(Doubt(name, fact.reason, fact.remedy))
        return {doubt.id: doubt for doubt in found}


def _in_time(seconds: float, service: Service) -> bool:
    return seconds < inf and (service.rto is None or seconds <= service.rto)


def _tightness(stage: Stage) -> float:
    """Return how much of what is asked a stage carries: the least is the weakest."""
    return round(stage.carries / stage.total, _DIGITS) if stage.total else inf
