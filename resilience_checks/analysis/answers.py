"""Answers questions about every service: survives, surely lost, or not known (SEMANTICS, section 3)."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from pyroaring import BitMap

from resilience_checks.analysis.algebra import FaultSets, TooManySets
from resilience_checks.analysis.bounds import Bounds, Case
from resilience_checks.analysis.cut_families import EVERYTHING
from resilience_checks.analysis.cut_lists import CutSets
from resilience_checks.analysis.explanation import Explanation
from resilience_checks.analysis.failing import Aftermath
from resilience_checks.analysis.families import Counted, events_of
from resilience_checks.analysis.interned import MAX_SETS
from resilience_checks.analysis.natures import unknown_natures
from resilience_checks.analysis.proof import Times
from resilience_checks.model.question import Cut, Doubt, Event, Holds, Horizon, Statement
from resilience_checks.model.values import Basis, Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from resilience_checks.analysis.bounds import Compiled
    from resilience_checks.analysis.cut_families import Family
    from resilience_checks.model.question import Question
    from resilience_checks.topology.estate import Estate, Service

MAX_CASES = 256
MAX_CUTS = 1000
"""How many cut sets one statement lists, until all together list `MAX_TOLD`; then it lists one."""
MAX_TOLD = 100_000
_MAX_PROBES = 64


@dataclass(frozen=True)
class Answers:
    """One statement for each question and service, and the events that they mention."""

    statements: tuple[Statement, ...]
    events: Mapping[str, Event] = field(default_factory=dict)
    analysis: Analysis | None = field(default=None, compare=False, repr=False)
    """What found them, compiled: further questions need not compile the estate again."""


def answer(
    estate: Estate, questions: Sequence[Question], *, deadline: float | None = None, compiled: Compiled | None = None
) -> Answers:
    """Answer every question for every service; `deadline` is in seconds from now.

    What the deadline cuts off is unknown, never survived. `compiled` is the estate, where it is compiled already.
    """
    analysis = Analysis(estate, _until(deadline), compiled=compiled, questions=questions)
    statements = tuple(
        analysis.state(question, service) for question in questions for service in estate.services.values()
    )
    mentioned = {event for statement in statements for cut in statement.cuts for event in cut.events}
    return Answers(statements, events_of(estate, mentioned), analysis)


def cut_sets(
    estate: Estate, question: Question, services: Sequence[str] | None = None, *, deadline: float | None = None
) -> dict[str, CutSets]:
    """Return the minimal cut sets of each service; `deadline` is in seconds from now."""
    return Analysis(estate, _until(deadline), questions=[question]).cut_sets(question, services)


def _until(deadline: float | None) -> float | None:
    return None if deadline is None else time.monotonic() + deadline


class Analysis:
    """One estate, compiled once, and every question about it."""

    def __init__(
        self,
        estate: Estate,
        until: float | None = None,
        max_sets: int = MAX_SETS,
        compiled: Compiled | None = None,
        questions: Sequence[Question] = (),
    ) -> None:
        """Compile the estate unless it is; `until` is when the time is up, on the monotonic clock.

        `questions` must name those that look at parts of faults (`Question.members`).
        """
        self.estate = estate
        self.bounds = Bounds(estate, until, max_sets, compiled, questions)
        self._until = until
        self._told = 0

    def cut_sets(self, question: Question, services: Sequence[str] | None = None) -> dict[str, CutSets]:
        """Return the minimal cut sets of each service (of all, where none are named), up to the question's order."""
        found = {}
        algebra = self.bounds.algebra(question)
        for service in self.bounds.sequence(services):
            case = self.bounds.case(question, service, {})
            sure = EVERYTHING if case.lost_at_rest else case.violated
            possible = EVERYTHING if case.maybe_lost_at_rest else case.doubtful
            found[service.id] = CutSets(question.order, case.order, sure, possible, algebra)
        return found

    def joint_cut_sets(self, question: Question, services: Sequence[str]) -> CutSets:
        """Return the minimal sets that lose all of these services at once."""
        found = list(self.cut_sets(question, services).values())
        order = min((one.finished for one in found), default=question.order)
        while True:
            algebra = self.bounds.algebra(question).limited(order)
            try:
                sure, possible = (
                    algebra.every([algebra.restricted(family) for family in families])
                    for families in zip(*((one.violated, one.doubtful) for one in found), strict=True)
                )
                return CutSets(question.order, order, sure, possible, algebra)
            except TooManySets as limit:
                order = min(limit.finished, order - 1)

    def lost(self, question: Question, service: str, sets: Sequence[Collection[str]]) -> tuple[int, int]:
        """Return which of the given fault sets surely and possibly lose the service, as bits, splitting on facts.

        Of the question only its horizon and whether it is within the RPO count.
        """
        algebra, found = FaultSets(sets), self.estate.services[service]
        surely, possibly = self.bounds.given(algebra, question, found, {})
        shared = self._shared_facts(question, found, Counted({event: ((),) for events in sets for event in events}))
        if not possibly & ~surely or not self._may_split(shared):
            return surely, possibly
        cases = [self.bounds.given(algebra, question, found, known) for known in self._assignments(shared)]
        return algebra.every([low for low, _ in cases]), algebra.any([high for _, high in cases])

    def state(self, question: Question, service: Service) -> Statement:
        """Return the answer to one question about one service; beside what it does not have it is asked nothing."""
        if question.beside and (question.beside, question.any_beside, service.id) not in self.bounds.tree.beside:
            return Statement(question.id, service.id, Holds.NO, Holds.YES)
        plain = self.bounds.case(question, service, {})
        if plain.lost_at_rest:
            error = self._never_met(question, service, plain)
            return Statement(question.id, service.id, _asked([plain]), Holds.UNKNOWN, error=error)
        cases = [plain]
        holds = _outcome(cases, question)
        shared = self._shared_facts(question, service, self.bounds.counted(question)) if holds is Holds.UNKNOWN else ()
        late = bool(shared) and self._late()
        if shared and self._may_split(shared) and not late:
            cases = [self.bounds.case(question, service, known) for known in self._assignments(shared)]
            holds = _outcome(cases, question)
        found = self._statement(question, service, cases, plain, holds, late=late)
        self.bounds.forget_cases()
        return found

    def _statement(
        self, question: Question, service: Service, cases: list[Case], plain: Case, holds: Holds, *, late: bool
    ) -> Statement:
        cuts: tuple[Cut, ...] = ()
        doubts: tuple[Doubt, ...] = ()
        room = MAX_CUTS if self._told < MAX_TOLD else 1
        finished = min(case.order for case in cases)
        complete = not late and finished >= question.order
        if holds is Holds.NO:
            cuts, whole = self._violations(question, service, cases, room)
            complete &= whole
        elif holds is Holds.UNKNOWN:
            names = self.bounds.algebra(question).named(plain.doubtful)
            told = self.bounds.counted(question).told
            cuts = tuple(Cut(told(events)) for events in names[:room])
            doubts = self._doubts(question, service, plain)
            complete &= len(names) <= room
            if finished < question.order:
                doubts = (_limit(finished, question), *doubts)
            doubts = doubts or (unknown_natures(service),)
        self._told += len(cuts)
        assumed = tuple(doubt.reason for doubt in doubts if doubt.reason.basis is Basis.ASSUMED)
        return Statement(question.id, service.id, _asked(cases), holds, cuts, doubts, assumed, complete=complete)

    def _violations(
        self, question: Question, service: Service, cases: list[Case], room: int
    ) -> tuple[tuple[Cut, ...], bool]:
        """Return the cuts that stand in every case, or, where the cases differ, their cuts as one cause; and if all."""
        algebra, first = self.bounds.algebra(question), cases[0]
        everywhere = self._everywhere(question, cases)
        if everywhere:
            names = algebra.named(everywhere)
            cuts = tuple(self._cut(question, service, first, events) for events in names[:room])
            return cuts, len(names) <= room
        smallest = [algebra.named(case.violated)[0] for case in cases]
        events = self.bounds.counted(question).told(event for cut in smallest for event in cut)
        return (replace(self._cut(question, service, first, smallest[0]), events=events, by_cases=True),), True

    def _everywhere(self, question: Question, cases: list[Case]) -> Family:
        """Return the cuts of events that surely count in every case, and that lose the service in every one."""
        if len(cases) == 1:
            return cases[0].violated
        surely = BitMap.intersection(*[case.surely for case in cases])
        order = max(1, min(case.order for case in cases))
        algebra = self.bounds.algebra(question)
        if self.bounds.counted(question).rest:
            # A set of which some part must not lose the service does not stay one when it grows.
            return algebra.among(algebra.common([case.violated for case in cases]), surely)
        while True:
            limited = algebra.limited(order)
            try:
                return limited.every([limited.restricted(limited.among(case.violated, surely)) for case in cases])
            except TooManySets as limit:
                order = min(limit.finished, order - 1)

    def _cut(self, question: Question, service: Service, case: Case, events: tuple[str, ...]) -> Cut:
        told = self.bounds.counted(question).told(events)
        if self._late():
            return Cut(told)
        low, _ = self.bounds.limits(question, service)
        values = self.bounds.of_one_set(question, case, events)
        after = Aftermath(Times(values, 0), frozenset(events), low.cap, low.lag, case.known)
        explanation = Explanation(self.bounds.compiled, self.bounds.tree, after)
        chain = explanation.chain(service.id, self._start(question, service))
        views = self.bounds.tree.consumers[service.id] if question.any_consumer else {}
        cut_off = (name for name, node in views.items() if all(time > low.cap for time, _ in values[node]))
        return Cut(told, chain, consumers=tuple(cut_off))

    def _start(self, question: Question, service: Service) -> int | None:
        return self.bounds.root(question, service) if question.beside or question.any_consumer else None

    def _never_met(self, question: Question, service: Service, case: Case) -> str:
        """Return what a service needs that can never be up."""
        low, _ = self.bounds.limits(question, service)
        values = self.bounds.of_one_set(question, case, ())
        after = Aftermath(Times(values, 0), frozenset(), low.cap, low.lag, case.known)
        step = Explanation(self.estate, self.bounds.tree, after).first_cause(service.id, self._start(question, service))
        text = f"{service.id} is lost with nothing failed: what it needs can never be met as the estate is described"
        if step is None:
            return text
        return f"{text}: {step.text}{f' ({step.location})' if step.location is not None else ''}"

    def _shared_facts(self, question: Question, service: Service, counted: Counted) -> tuple[str, ...]:
        """Return the facts that stand in more than one unit below the service, or in a unit and the family."""
        counts = self._facts_below(question, service, counted)
        return tuple(sorted(fact for fact, count in counts.items() if count > 1 or fact in counted.facts))

    def _facts_below(self, question: Question, service: Service, counted: Counted) -> Counter[str]:
        """Return in how many units below the service each fact stands: gates, and what counted events hit."""
        system = self.bounds.system
        counts: Counter[str] = Counter()
        for unit in system.units_below(self.bounds.root(question, service)):
            counts.update(system.gate_facts.get(unit, ()))
            if unit in system.hit_facts:
                hits = self.bounds.tree.nodes[unit].hits
                counts.update({fact for event, when in hits if counted.counts(event) for fact, _ in when})
        return counts

    def _may_split(self, facts: Sequence[str]) -> bool:
        return prod(len(self.bounds.tree.facts[fact].values) for fact in facts) <= MAX_CASES

    def _assignments(self, names: Sequence[str]) -> Iterator[dict[str, str]]:
        for chosen in product(*(self.bounds.tree.facts[name].values for name in names)):
            yield dict(zip(names, chosen, strict=True))

    def doubts(self, question: Question, service: Service) -> tuple[Doubt, ...]:
        """Return the facts on which it hangs which faults lose the service, whether some surely do or not."""
        return self._doubts(question, service, self.bounds.case(question, service, {}))

    def _doubts(self, question: Question, service: Service, plain: Case) -> tuple[Doubt, ...]:
        """Return the facts on which the answer hangs: those that change a bound once they are known."""
        facts = self.bounds.tree.facts
        counted = self.bounds.counted(question)
        deciding = sorted({*self._facts_below(question, service, counted), *counted.facts})
        if len(deciding) <= _MAX_PROBES and not self._late():
            deciding = [fact for fact in deciding if self._decides(question, service, plain, fact)] or deciding
        doubts = [Doubt(fact, facts[fact].reason, facts[fact].remedy) for fact in deciding]
        return (*doubts, *self._undeclared(question, service))

    def _decides(self, question: Question, service: Service, plain: Case, fact: str) -> bool:
        cases = (self.bounds.case(question, service, {fact: value}) for value in self.bounds.tree.facts[fact].values)
        return any(case.violated != plain.violated or case.doubtful != plain.doubtful for case in cases)

    @staticmethod
    def _undeclared(question: Question, service: Service) -> Iterator[Doubt]:
        wanted = {"rto": question.horizon is Horizon.RTO, "rpo": question.within_rpo}
        for name, asked in wanted.items():
            if asked and getattr(service, name) is None:
                reason = Reason(f"the {name.upper()} of {service.id} is not declared", Basis.UNKNOWN, service.location)
                yield Doubt(f"{name} of {service.id}", reason, f"declare `{name}` of {service.id}")

    def _late(self) -> bool:
        return self._until is not None and time.monotonic() > self._until


def _limit(finished: int, question: Question) -> Doubt:
    """Return the doubt about fault sets that a limit of the analysis kept from being looked at."""
    why = f"a limit of time or size stopped the analysis: all sets of up to {finished} of {question.order} faults are told"
    return Doubt(
        "limit of the analysis", Reason(why, Basis.UNKNOWN), "ask for fewer faults at once, or check fewer stacks"
    )


def _outcome(cases: list[Case], question: Question) -> Holds:
    if all(case.violated for case in cases):
        return Holds.NO
    if any(case.doubtful for case in cases) or any(case.order < question.order for case in cases):
        return Holds.UNKNOWN
    return Holds.YES


def _asked(cases: list[Case]) -> Holds:
    if any(case.surely_asked for case in cases):
        return Holds.YES if all(case.surely_asked for case in cases) else Holds.UNKNOWN
    return Holds.UNKNOWN if any(case.possibly_asked for case in cases) else Holds.NO
