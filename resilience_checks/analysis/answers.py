"""Answers questions about every service: survives, surely lost, or not known (SEMANTICS, section 3)."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from resilience_checks.analysis.bits import Value, at
from resilience_checks.analysis.explanation import Explanation
from resilience_checks.analysis.expressions import facts
from resilience_checks.analysis.families import Family, events_of, family
from resilience_checks.analysis.fault_tree import FaultTree, compile_estate
from resilience_checks.analysis.solver import Setting, Solver
from resilience_checks.model.question import Cut, Doubt, Event, Holds, Horizon, Statement
from resilience_checks.model.values import Basis, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.model.question import Question
    from resilience_checks.topology.estate import Estate, Service

MAX_CASES = 256
_MAX_PROBES = 64
_ENDLESS = float("inf")


@dataclass(frozen=True)
class Answers:
    """One statement for each question and service, and the events that they mention."""

    statements: tuple[Statement, ...]
    events: Mapping[str, Event] = field(default_factory=dict)


def answer(estate: Estate, questions: Sequence[Question], *, deadline: float | None = None) -> Answers:
    """Answer every question for every service; `deadline` is in seconds from now.

    What the deadline cuts off is unknown, never survived.
    """
    analysis = Analysis(estate, None if deadline is None else time.monotonic() + deadline)
    statements = tuple(
        analysis.state(question, service) for question in questions for service in estate.services.values()
    )
    mentioned = {event for statement in statements for cut in statement.cuts for event in cut.events}
    return Answers(statements, events_of(estate, tuple(mentioned)))


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest time and the largest lag that count, in seconds; None: any."""

    cap: float
    lag: float | None


@dataclass(frozen=True, slots=True)
class Case:
    """What holds when some facts are fixed: fault sets asked about, and those that lose the service."""

    known: Mapping[str, str]
    surely_asked: int
    possibly_asked: int
    surely_lost: int
    possibly_lost: int

    @property
    def violated(self) -> int:
        """The fault sets that prove a violation in this case."""
        return self.surely_lost & self.surely_asked

    @property
    def doubtful(self) -> int:
        """The fault sets that stand against a pass in this case."""
        return self.possibly_lost & self.possibly_asked


class Analysis:
    """One estate, compiled once; solutions are kept for services that share their limits."""

    def __init__(self, estate: Estate, until: float | None = None) -> None:
        """Compile the estate."""
        self.estate = estate
        self.tree: FaultTree = compile_estate(estate)
        self.solver = Solver(self.tree)
        self._until = until
        self._solutions: dict[tuple[Family, Limits, bool], list[Value]] = {}
        self._families: dict[Question, Family] = {}
        self._reachable: dict[str, frozenset[int]] = {}

    def state(self, question: Question, service: Service) -> Statement:
        """Return the answer to one question about one service."""
        asked = self._family(question)
        plain = self._case(question, service, asked, {})
        error = self._lost_at_rest(service, plain)
        if error is not None:
            return Statement(question.id, service.id, _asked([plain]), Holds.UNKNOWN, error=error)
        cases = [plain]
        holds = self._outcome(cases, asked)
        shared = self._shared_facts(service, asked) if holds is Holds.UNKNOWN else ()
        if shared and prod(len(self.tree.facts[fact].values) for fact in shared) <= MAX_CASES and not self._late():
            cases = [self._case(question, service, asked, known) for known in self._assignments(shared)]
            holds = self._outcome(cases, asked)
        return self._statement(question, service, asked, cases, plain, holds)

    def _statement(
        self, question: Question, service: Service, asked: Family, cases: list[Case], plain: Case, holds: Holds
    ) -> Statement:
        cuts: tuple[Cut, ...] = ()
        doubts: tuple[Doubt, ...] = ()
        if holds is Holds.NO:
            cuts = self._violations(question, service, asked, cases)
        elif holds is Holds.UNKNOWN:
            cuts = tuple(Cut(asked.sets[index]) for index in _minimal(asked, plain.doubtful))
            doubts = self._doubts(question, service, asked, plain)
        assumed = tuple(doubt.reason for doubt in doubts if doubt.reason.basis is Basis.ASSUMED)
        complete = asked.complete and not self._late()
        return Statement(question.id, service.id, _asked(cases), holds, cuts, doubts, assumed, complete=complete)

    def _outcome(self, cases: list[Case], asked: Family) -> Holds:
        if all(case.violated for case in cases):
            return Holds.NO
        if not asked.complete or self._late():
            return Holds.UNKNOWN
        passed = not any(case.doubtful for case in cases)
        return Holds.YES if passed else Holds.UNKNOWN

    def _lost_at_rest(self, service: Service, plain: Case) -> str | None:
        if not plain.surely_lost & 1:
            return None
        return f"{service.id} is lost with nothing failed: what it needs can never be met as the estate is described"

    def _case(self, question: Question, service: Service, asked: Family, known: Mapping[str, str]) -> Case:
        low, high = self._limits(question, service)
        surely, possibly = asked.asked(known)
        root = self.tree.roots[service.id]
        up = [
            at(self._solution(asked, limits, known, service, pessimistic=bad)[root], limits.cap)
            for limits, bad in ((low, False), (high, True))
        ]
        return Case(known, surely, possibly, asked.full & ~up[0], asked.full & ~up[1])

    def _solution(
        self, asked: Family, limits: Limits, known: Mapping[str, str], service: Service, *, pessimistic: bool
    ) -> list[Value]:
        """Return the values of all nodes; of those below the service alone where facts are fixed for it."""
        setting = Setting(asked.masks, asked.full, pessimistic, limits.cap, limits.lag)
        key = (asked, limits, pessimistic)
        if key not in self._solutions:
            self._solutions[key] = self.solver.solve(setting)
        if not known:
            return self._solutions[key]
        return self.solver.solve(replace(setting, known=known), self._below(service), self._solutions[key])

    @staticmethod
    def _limits(question: Question, service: Service) -> tuple[Limits, Limits]:
        """Return the limits of both bounds; what is not declared counts fully in one, not at all in the other."""
        cap = 0.0 if question.horizon is Horizon.INSTANT else service.rto
        low_lag, high_lag = (
            (service.rpo, service.rpo if service.rpo is not None else 0.0) if question.within_rpo else (None, None)
        )
        return Limits(_ENDLESS if cap is None else cap, low_lag), Limits(0.0 if cap is None else cap, high_lag)

    def _family(self, question: Question) -> Family:
        if question not in self._families:
            self._families[question] = family(self.estate, question)
        return self._families[question]

    def _shared_facts(self, service: Service, asked: Family) -> tuple[str, ...]:
        """Return the facts that stand in more than one unit below the service, or in a unit and the family."""
        counts: Counter[str] = Counter()
        for node in self._below(service):
            found = self.tree.nodes[node]
            counts.update(set(facts(found.expression)))
            counts.update({fact for event, when in found.hits if event in asked.conditions for fact, _ in when})
        relevant = {fact for fact, count in counts.items() if count > 1 or fact in asked.facts}
        return tuple(sorted(relevant))

    def _below(self, service: Service) -> frozenset[int]:
        if service.id not in self._reachable:
            self._reachable[service.id] = self.solver.reachable([self.tree.roots[service.id]])
        return self._reachable[service.id]

    def _assignments(self, names: Sequence[str]) -> Iterator[dict[str, str]]:
        for chosen in product(*(self.tree.facts[name].values for name in names)):
            yield dict(zip(names, chosen, strict=True))

    def _violations(self, question: Question, service: Service, asked: Family, cases: list[Case]) -> tuple[Cut, ...]:
        """Return the cuts that stand in every case, or, where the cases differ, their cuts as one cause."""
        everywhere = asked.full
        for case in cases:
            everywhere &= case.violated
        first = cases[0]
        if everywhere:
            return tuple(self._cut(question, service, asked, first, index) for index in _minimal(asked, everywhere))
        events = sorted({event for case in cases for event in asked.sets[_minimal(asked, case.violated)[0]]})
        found = self._cut(question, service, asked, first, _minimal(asked, first.violated)[0])
        return (Cut(tuple(events), found.chain, by_cases=True),)

    def _cut(self, question: Question, service: Service, asked: Family, case: Case, index: int) -> Cut:
        low, _ = self._limits(question, service)
        values = self._solution(asked, low, case.known, service, pessimistic=False)
        explanation = Explanation(self.estate, self.tree, values, low.cap, case.known)
        events = asked.sets[index]
        return Cut(events, explanation.chain(service.id, events, index))

    def _doubts(self, question: Question, service: Service, asked: Family, plain: Case) -> tuple[Doubt, ...]:
        """Return the facts on which the answer hangs: those that change a bound once they are known."""
        nodes = [self.tree.nodes[node] for node in self._below(service)]
        found = {fact for node in nodes for fact in facts(node.expression)}
        hits = (when for node in nodes for event, when in node.hits if event in asked.conditions)
        found |= {fact for when in hits for fact, _ in when} | asked.facts
        deciding = sorted(found)
        if len(deciding) <= _MAX_PROBES:
            deciding = [fact for fact in deciding if self._decides(question, service, asked, plain, fact)] or deciding
        doubts = [Doubt(fact, self.tree.facts[fact].reason, self.tree.facts[fact].remedy) for fact in deciding]
        return (*doubts, *self._undeclared(question, service))

    def _decides(self, question: Question, service: Service, asked: Family, plain: Case, fact: str) -> bool:
        before = (plain.violated, plain.doubtful)
        cases = (self._case(question, service, asked, {fact: value}) for value in self.tree.facts[fact].values)
        return any((case.violated, case.doubtful) != before for case in cases)

    @staticmethod
    def _undeclared(question: Question, service: Service) -> Iterator[Doubt]:
        wanted = {"rto": question.horizon is Horizon.RTO, "rpo": question.within_rpo}
        for name, asked in wanted.items():
            if asked and getattr(service, name) is None:
                reason = Reason(f"the {name.upper()} of {service.id} is not declared", Basis.UNKNOWN, service.location)
                yield Doubt(f"{name} of {service.id}", reason, f"declare `{name}` of {service.id}")

    def _late(self) -> bool:
        return self._until is not None and time.monotonic() > self._until

    @cached_property
    def services(self) -> tuple[str, ...]:
        """The ids of all services."""
        return tuple(self.estate.services)


def _asked(cases: list[Case]) -> Holds:
    if any(case.surely_asked for case in cases):
        return Holds.YES if all(case.surely_asked for case in cases) else Holds.UNKNOWN
    return Holds.UNKNOWN if any(case.possibly_asked for case in cases) else Holds.NO


def _minimal(asked: Family, lost: int) -> list[int]:
    """Return the lost fault sets of which no proper subset is lost, the smallest first."""
    kept: list[int] = []
    found: list[frozenset[str]] = []
    index = 0
    while lost >> index:
        rest = lost >> index
        index += (rest & -rest).bit_length() - 1
        events = frozenset(asked.sets[index])
        if not any(smaller <= events for smaller in found):
            kept.append(index)
            found.append(events)
        index += 1
    return kept
