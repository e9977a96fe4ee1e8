"""Both bounds of an estate: what surely (f⁻) and what possibly (f⁺) loses each service (SEMANTICS, section 3)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from pyroaring import BitMap

from resilience_checks.analysis.bits import Value
from resilience_checks.analysis.cut_families import EVERYTHING, CutFamilies, Family
from resilience_checks.analysis.families import Counted, asks_about, counted, parts_of_faults
from resilience_checks.analysis.fault_tree import compile_estate, hits
from resilience_checks.analysis.interned import MAX_SETS, Interned
from resilience_checks.analysis.system import System
from resilience_checks.model.question import Horizon

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from resilience_checks.analysis.algebra import Algebra
    from resilience_checks.analysis.fault_tree import FaultTree
    from resilience_checks.analysis.system import Solution
    from resilience_checks.model.question import Question
    from resilience_checks.topology.estate import Domain, Estate, Service

T = TypeVar("T")
ENDLESS = sys.float_info.max
"""Longer than any move, and shorter than never: what is lost is not back after it either."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest time and the largest lag that count, in seconds; None: any."""

    cap: float
    lag: float | None


@dataclass(frozen=True, slots=True)
class Case:
    """What loses a service when some facts are fixed: minimal cut sets of both bounds.

    `violated` are cut sets of f⁻ of surely counted events: they prove a violation; `doubtful` are those of f⁺ of
    possibly counted events: they stand against a pass. A set of which a part must not lose the service by itself is in
    the one where that part surely does not, in the other where it may not. Both are exact for sets of up to `order` events.
    """

    known: Mapping[str, str]
    surely_asked: bool
    possibly_asked: bool
    violated: Family
    doubtful: Family
    order: int
    lost_at_rest: bool
    maybe_lost_at_rest: bool
    solution: Solution[Family]
    surely: BitMap


@dataclass(frozen=True, slots=True)
class Compiled:
    """The equations of one estate, which several analyses of it share."""

    estate: Estate
    tree: FaultTree
    system: System

    @classmethod
    def of(cls, estate: Estate) -> Compiled:
        """Compile the estate."""
        tree = compile_estate(estate)
        return cls(estate, tree, System(tree))

    def hit_by(self, domains: Mapping[str, Domain]) -> Compiled:
        """Return the equations with the faults of further domains, drawn once."""
        estate = replace(self.estate, domains={**self.estate.domains, **domains})
        more = hits(domains.values())
        nodes = [
            replace(node, hits=(*node.hits, *more[node.part])) if node.part in more else node
            for node in self.tree.nodes
        ]
        tree = replace(self.tree, nodes=nodes)
        return Compiled(estate, tree, System(tree))


class Bounds:
    """One estate, compiled once; solutions are kept for questions and services that share them."""

    def __init__(
        self,
        estate: Estate,
        until: float | None = None,
        max_sets: int = MAX_SETS,
        compiled: Compiled | None = None,
        questions: Sequence[Question] = (),
    ) -> None:
        """Compile the estate unless it is; `until` is when the time is up, on the monotonic clock.

        `questions` must name those that look at parts of faults; others may be asked all the same.
        """
        self.estate, self.until = estate, until
        parts = parts_of_faults(estate, questions)
        compiled = compiled or Compiled.of(estate)
        if not parts.keys() <= compiled.estate.domains.keys():
            compiled = compiled.hit_by(parts)
        self.compiled: Estate = compiled.estate
        """The estate as it is compiled, with the parts of faults as events of their own."""
        self.tree: FaultTree = compiled.tree
        self.system: System = compiled.system
        self._interned = Interned(until, max_sets)
        self._algebras: dict[tuple[int, frozenset[str] | None], CutFamilies] = {}
        self._solutions: dict[tuple[object, float, float | None, bool], Solution[Family]] = {}
        self._fixed: dict[tuple[int, tuple[tuple[str, str], ...], int | None], Solution[Family]] = {}
        self._counted: dict[Question, Counted] = {}
        self._numbers: dict[Counted, tuple[BitMap, BitMap]] = {}
        self._longest = self._longest_rto()

    def counted(self, question: Question) -> Counted:
        """Return the events that the question counts."""
        if question not in self._counted:
            plain = asks_about(question)
            found = self._counted.get(plain) or counted(self.estate, question)
            parts = {event.rpartition("/")[0] for event in (*found.whole, *found.rest.values())}
            assert parts <= self.compiled.domains.keys(), f"{question.id} was not named when the estate was compiled"
            self._counted[question] = self._counted[plain] = found
        return self._counted[question]

    def algebra(self, question: Question) -> CutFamilies:
        """Return the families for a question: at order 1 all events cost no more than those that count."""
        events = None if question.order == 1 else self.counted(question).events
        key = (question.order, events)
        if key not in self._algebras:
            self._algebras[key] = CutFamilies(question.order, events, interned=self._interned)
        return self._algebras[key]

    def case(self, question: Question, service: Service, known: Mapping[str, str]) -> Case:
        """Return what loses the service when these facts are fixed."""
        algebra = self.algebra(question)
        surely, possibly = self._asked(question, known)
        root = self.root(question, service)
        solutions = [self.solution(question, service, known, pessimistic=bad) for bad in (False, True)]
        caps = [limits.cap for limits in self.limits(question, service)]
        lost = [solution.lost(root, cap) for solution, cap in zip(solutions, caps, strict=True)]
        rest = self.counted(question).rest
        return Case(
            known,
            bool(surely),
            bool(possibly),
            algebra.without(algebra.among(lost[0], surely), lost[1], rest),
            algebra.without(algebra.among(lost[1], possibly), lost[0], rest),
            min(solution.order(root) for solution in solutions),
            lost[0] is EVERYTHING,
            lost[1] is EVERYTHING,
            solutions[0],
            surely,
        )

    def root(self, question: Question, service: Service) -> int:
        """Return the node whose loss is asked about: the service, for any consumer, or with what is beside it."""
        if not question.beside:
            root = self.tree.roots[service.id]
            return self.tree.each.get(service.id, root) if question.any_consumer else root
        return self.tree.beside[question.beside, question.any_beside, service.id]

    def _asked(self, question: Question, known: Mapping[str, str]) -> tuple[BitMap, BitMap]:
        """Return the numbers of the events that surely and possibly count when these facts are fixed."""
        counted = self.counted(question)
        if counted not in self._numbers:
            surely, possibly = counted.asked()
            self._numbers[counted] = self._numbered(surely), self._numbered(possibly)
        found, (more, never) = self._numbers[counted], counted.fixed(known)
        if not more and not never:
            return found
        return found[0] | self._numbered(more), found[1] - self._numbered(never)

    def _numbered(self, events: Iterable[str]) -> BitMap:
        return BitMap([self._interned.event(event) for event in events])

    def solution(
        self, question: Question, service: Service, known: Mapping[str, str], *, pessimistic: bool
    ) -> Solution[Family]:
        """Return the values of all nodes; where facts are fixed, at least of those below the service."""
        algebra = self.algebra(question)
        limits = self.limits(question, service)[pessimistic]
        plain = self._plain(algebra, self._cap(question), limits.lag, pessimistic=pessimistic)
        if not known:
            return plain
        # One fact on its own is asked about for many services, and solved for all of them at once.
        root = self.root(question, service) if len(known) > 1 else None
        key = (id(plain), tuple(sorted(known.items())), root)
        if key not in self._fixed:
            reading = replace(plain.reading, known=known)
            self._fixed[key] = self.system.solve(algebra, reading, None if root is None else [root], plain)
        return self._fixed[key]

    def of_one_set(self, question: Question, case: Case, events: Collection[str]) -> Sequence[Value]:
        """Return when each node is up after these events alone, each node when it is looked at."""
        return _OneSet(self.algebra(question), case.solution, len(self.tree.nodes), events)

    def forget_cases(self) -> None:
        """Forget the solutions in which several facts are fixed: no other service asks for them."""
        self._fixed = {key: found for key, found in self._fixed.items() if len(key[1]) == 1}

    def _plain(self, algebra: Algebra[Family], cap: float, lag: float | None, *, pessimistic: bool) -> Solution[Family]:
        reading = self.system.reading(pessimistic=pessimistic, cap=cap, lag=lag)
        key = (id(algebra), reading.cap, reading.lag, pessimistic)
        if key not in self._solutions:
            base = next((found for other, found in self._solutions.items() if other[0] == id(algebra)), None)
            self._solutions[key] = self.system.solve(algebra, reading, base=base)
        return self._solutions[key]

    def _cap(self, question: Question) -> float:
        """Return a time that no service's limit exceeds: up to it one solution serves them all."""
        return 0.0 if question.horizon is Horizon.INSTANT else self._longest

    def _longest_rto(self) -> float:
        times = [service.rto for service in self.estate.services.values()]
        return max((ENDLESS if time is None else time for time in times), default=0.0)

    @staticmethod
    def limits(question: Question, service: Service) -> tuple[Limits, Limits]:
        """Return the limits of both bounds; what is not declared counts fully in one, not at all in the other."""
        cap = 0.0 if question.horizon is Horizon.INSTANT else service.rto
        low_lag, high_lag = (
            (service.rpo, service.rpo if service.rpo is not None else 0.0) if question.within_rpo else (None, None)
        )
        return Limits(ENDLESS if cap is None else cap, low_lag), Limits(0.0 if cap is None else cap, high_lag)

    def given(self, algebra: Algebra[T], question: Question, service: Service, known: Mapping[str, str]) -> tuple[T, T]:
        """Return what surely and what possibly loses the service, over any algebra, for this service alone."""
        root = self.root(question, service)
        found: list[T] = []
        base: Solution[T] | None = None
        for pessimistic, limits in zip((False, True), self.limits(question, service), strict=True):
            reading = self.system.reading(pessimistic=pessimistic, cap=limits.cap, lag=limits.lag)
            base = self.system.solve(algebra, replace(reading, known=known), [root], base)
            found.append(base.lost(root, limits.cap))
        return found[0], found[1]

    def sequence(self, services: Sequence[str] | None) -> list[Service]:
        """Return the named services, or all."""
        chosen = self.estate.services if services is None else services
        return [self.estate.services[name] for name in chosen]


class _OneSet(Sequence[Value]):
    """The values of all nodes in one fault set, read from the families of a solution."""

    def __init__(self, algebra: CutFamilies, solution: Solution[Family], size: int, events: Collection[str]) -> None:
        self._algebra, self._solution, self._size, self._events = algebra, solution, size, events
        self._known: dict[int, Value] = {}

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, node: Any) -> Any:
        if not 0 <= node < self._size:
            raise IndexError(node)
        if node not in self._known:
            steps = self._solution.value(node)
            up = (time for time, lost in steps if not self._algebra.loses(lost, self._events))
            self._known[node] = tuple((time, 1) for time in islice(up, 1))
        return self._known[node]
