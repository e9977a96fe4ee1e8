"""Which faults explain what is seen: services down, degraded and up; and what to look at next.

An *explanation* is a set of faults that loses every service seen down, hits some consumer of every service seen
degraded, and loses no service seen up or degraded. It is *sure* when it does so in every completion of what is
unknown in which these services work with nothing failed (they did before), *possible* when it does in some. Losing is
monotone in the faults, so with nothing unknown the smallest explanations are the minimal cut sets of "all of these are
lost" that lose none of the others.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from functools import cached_property
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

from resilience_checks.analysis.candidates import Candidates, Observed
from resilience_checks.analysis.explanations import Answer, Diagnosis, Explanation, Look
from resilience_checks.analysis.families import events_of
from resilience_checks.analysis.fates import Compiled, Survey
from resilience_checks.model.likelihood import rank
from resilience_checks.model.question import Horizon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from resilience_checks.model.question import Doubt
    from resilience_checks.topology.estate import Domain, Estate

__all__ = ["Answer", "Diagnosis", "Explanation", "Look", "Observed", "diagnose"]
_CHUNK, _FEW = 20_000, 5_000
_EXPLAINED = 20


def diagnose(
    estate: Estate,
    observed: Observed,
    *,
    order: int = 2,
    horizon: Horizon = Horizon.RTO,
    deadline: float | None = None,
) -> Diagnosis:
    """Return what explains the observations, exactly, up to `order` faults.

    After `deadline` seconds no further order is begun, and what is not finished is said to be.
    """
    until = None if deadline is None else time.monotonic() + deadline
    return _Search(estate, observed, horizon, until).diagnosis(order)


class _Search:
    """Looks at every set of faults that can matter, one case of the unknowns after the other."""

    def __init__(self, estate: Estate, observed: Observed, horizon: Horizon, until: float | None) -> None:
        self._estate, self._horizon, self._until = estate, horizon, until
        self._compiled = Compiled(estate)
        self._rest = Survey(self._compiled, [], together=observed.services)
        self._errors = tuple(name for name in observed.services if self._rest.fates(name, horizon).lost & 1)
        self._observed = Observed(
            *(
                tuple(name for name in names if name not in self._errors)
                for names in (observed.down, observed.up, observed.degraded)
            )
        )
        self._seen = observed
        self._known: dict[frozenset[str], list[dict[str, str]] | None] = {}
        self._events = frozenset(
            f"{domain.id}/{fault}"
            for domain in estate.domains.values()
            if not domain.implied
            for fault in domain.faults
        )
        """Places that nobody declared do not count."""

    def diagnosis(self, order: int) -> Diagnosis:
        found, finished, exact = self._explanations(order)
        explanations = self._ranked(found)
        among = _fewest(explanations)
        mentioned = sorted({event for events in found for event in events})
        return Diagnosis(
            self._seen,
            self._horizon,
            explanations,
            order,
            finished,
            exact,
            among,
            self._looks(explanations, among),
            self._errors,
            events_of(self._estate, tuple(mentioned)),
            {event: self._estate.likelihood(event) for event in mentioned},
        )

    def _cases(self, facts: frozenset[str]) -> list[dict[str, str]] | None:
        """Return the cases of these facts in which what is seen worked with nothing failed; None if there are too many."""
        if facts not in self._known:
            found = self._compiled.cases(sorted(facts))
            self._known[facts] = None if found is None else [known for known in found if self._worked(known)]
        return self._known[facts]

    @cached_property
    def _fixed(self) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
        """Return the facts that a case fixes for all fault sets, and those that matter only where one event happens.

        A fact is fixed where it stands in several units, or below a service that is lost and one that is not:
        the same value must lose the one and spare the other.
        """
        sides = [
            self._compiled.units([*names, *self._observed.degraded])
            for names in (self._observed.down, self._observed.up)
        ]
        counts = self._compiled.counted(sides[0] | sides[1], self._events)
        both = self._compiled.counted(sides[0] & sides[1], self._events)
        events = self._compiled.events_of_facts(sides[0] | sides[1], self._events)
        for event in self._events:
            for fact, _ in self._exists(event):
                events[fact].add(event)
        several = {fact for fact, count in counts.items() if count > 1}
        at_rest = self._at_rest()
        exists = {fact for event in self._events for fact, _ in self._exists(event)}
        base, own = set[str](), defaultdict[str, set[str]](set)
        for fact in {*several, *both, *exists, *at_rest}:
            if fact in at_rest or len(events[fact]) != 1 or "" in events[fact]:
                base.add(fact)
            else:
                own[next(iter(events[fact]))].add(fact)
        return frozenset(base), {event: frozenset(facts) for event, facts in own.items()}

    def _facts(self, events: Iterable[str]) -> frozenset[str]:
        """Return the facts to fix where these events happen."""
        base, own = self._fixed
        return base.union(*(own[event] for event in events if event in own))

    def _at_rest(self) -> set[str]:
        """Return the facts on which it hangs whether what is seen works with nothing failed."""
        doubtful = [name for name in self._observed.services if not self._rest.fates(name, self._horizon).survived & 1]
        return {doubt.id for name in doubtful for doubt in self._rest.doubts(name, 0, self._horizon)} & set(
            self._compiled.tree.facts
        )

    def _worked(self, known: Mapping[str, str]) -> bool:
        """Return whether in this case what is seen works with nothing failed."""
        return not any(self._rest.in_case(name, self._horizon, known).lost & 1 for name in self._observed.services)

    def _explanations(self, order: int) -> tuple[dict[frozenset[str], bool], int, bool]:
        """Return the smallest explanations, and whether each is sure; up to which order, and whether exactly so.

        What surely loses all that is lost does so in every case, what possibly does in some: the smallest sets of
        either kind are candidates, and each is held against what is not lost.
        """
        found: dict[frozenset[str], bool] = {}
        sets, finished, exact = self._candidates(order)
        for start in range(0, len(sets), _CHUNK):
            exact &= self._add(found, sets[start : start + _CHUNK])
        return found, finished, exact

    def _candidates(self, order: int) -> tuple[list[tuple[str, ...]], int, bool]:
        """Return the sets to look at, the smallest first; up to which order they are all there, and whether exactly so.

        Where few events can matter it costs less to look at every set of them.
        """
        nodes = self._compiled.system.reachable(
            self._compiled.tree.roots[name] for name in (*self._observed.down, *self._observed.degraded)
        )
        hits = {event for node in nodes for event, _ in self._compiled.tree.nodes[node].hits}
        events = sorted(hits & self._events)
        if sum(comb(len(events), size) for size in range(1, order + 1)) <= _FEW:
            return [found for size in range(1, order + 1) for found in combinations(events, size)], order, True
        cases = self._cases(self._facts(events))
        families = Candidates(self._compiled, self._observed, self._horizon, frozenset(events), self._until)
        found, finished = families.find(order, [{}] if cases is None else cases)
        return sorted(found, key=lambda events: (len(events), events)), finished, cases is not None

    def _add(self, found: dict[frozenset[str], bool], chunk: Sequence[tuple[str, ...]]) -> bool:
        """Add the explanations among these sets, and return whether every case of theirs was looked at."""
        verdicts, exact = dict[tuple[str, ...], bool](), True
        alike = defaultdict[frozenset[str], list[tuple[str, ...]]](list)
        for events in chunk:
            alike[self._facts(events)].append(events)
        for facts, sets in alike.items():
            cases = self._cases(facts)
            exact &= cases is not None
            survey = Survey(self._compiled, sets, together=self._observed.services)
            surely, possibly = self._sets(survey, [{}] if cases is None else cases)
            for bits, sure in ((surely, True), (possibly & ~surely, False)):
                verdicts.update((sets[index], sure) for index in _bits(bits >> 1))
        for events in sorted(verdicts, key=lambda events: (not verdicts[events], len(events))):
            sure = verdicts[events]
            parts = (frozenset(part) for size in range(1, len(events)) for part in combinations(events, size))
            # A set that is only possible is no explanation beside a smaller one; a sure one is, beside possible ones.
            if not any(part in found and (found[part] or not sure) for part in parts):
                found[frozenset(events)] = sure
        return exact

    def _sets(self, survey: Survey, cases: Sequence[Mapping[str, str]]) -> tuple[int, int]:
        """Return the fault sets that surely and possibly explain what is seen."""
        full = (1 << len(survey.sets)) - 1
        surely, possibly = full if cases else 0, 0
        for known in cases:
            exist_surely, exist_possibly = self._existing(survey, known, full)
            sure, possible = exist_surely, exist_possibly
            for name in self._observed.down:
                fates = survey.in_case(name, self._horizon, known)
                sure &= fates.lost
                possible &= full & ~fates.survived
            for name in self._observed.degraded:
                fates = survey.in_case(name, self._horizon, known)
                sure &= fates.hit & fates.survived
                possible &= full & ~(fates.whole | fates.lost)
            for name in self._observed.up:
                fates = survey.in_case(name, self._horizon, known)
                sure &= fates.survived
                possible &= full & ~fates.lost
            surely &= sure
            possibly |= possible
        return surely, possibly

    def _existing(self, survey: Survey, known: Mapping[str, str], full: int) -> tuple[int, int]:
        """Return the fault sets all of whose domains surely and possibly exist in a case."""
        surely = possibly = full
        if not self._doubtful:
            return surely, possibly
        for index, events in enumerate(survey.sets):
            conditions = [pair for event in events for pair in self._exists(event)]
            if any(known.get(fact, value) != value for fact, value in conditions):
                possibly &= ~(1 << index)
            if any(known.get(fact) != value for fact, value in conditions):
                surely &= ~(1 << index)
        return surely, possibly

    @cached_property
    def _doubtful(self) -> bool:
        """Whether any failure domain may not exist."""
        return any(domain.exists for domain in self._estate.domains.values())

    def _exists(self, event: str) -> tuple[tuple[str, str], ...]:
        return self._domain(event).exists

    def _domain(self, event: str) -> Domain:
        return self._estate.domains[event.rpartition("/")[0]]

    def _ranked(self, found: Mapping[frozenset[str], bool]) -> tuple[Explanation, ...]:
        """Return the explanations in their order; those of one rank share a place."""
        ranks = {events: rank(self._estate.likelihood(event).likelihood for event in events) for events in found}
        listed = sorted(found, key=lambda events: (ranks[events], not found[events], sorted(events)))
        places: dict[int, int] = {}
        for number, events in enumerate(listed, start=1):
            places.setdefault(ranks[events], number)
        alike = Counter(ranks[events] for events in listed)
        enclosing = self._enclosing(listed, ranks)
        open_ = [events for events in listed if not found[events]][:_EXPLAINED]
        doubts = dict(zip(open_, self._doubts([tuple(sorted(events)) for events in open_]), strict=True))
        return tuple(
            Explanation(
                tuple(sorted(events)),
                found[events],
                places[ranks[events]],
                alike[ranks[events]] - 1,
                doubts.get(events, ()),
                enclosing.get(number),
            )
            for number, events in enumerate(listed)
        )

    def _enclosing(self, listed: Sequence[frozenset[str]], ranks: Mapping[frozenset[str], int]) -> dict[int, int]:
        """Return for an explanation the one that names a place within one of its own instead, where there is one."""
        numbers = {events: number for number, events in enumerate(listed)}
        mentioned = {event for events in listed for event in events}
        smaller = {event: self._within(event) & mentioned for event in mentioned}
        found = {}
        for number, events in enumerate(listed):
            others = (events - {event} | {inner} for event in events for inner in smaller[event])
            known = [other for other in others if other in numbers and ranks[other] <= ranks[events]]
            if known:
                found[number] = min(numbers[other] for other in known)
        return found

    def _within(self, event: str) -> set[str]:
        """Return the same fault of the places that the event's domain encloses and that have all of its parts."""
        fault, own = event.rpartition("/")[2], set(self._domain(event).members)
        inner = (self._estate.domains[name] for name in self._domain(event).encloses if name in self._estate.domains)
        return {f"{domain.id}/{fault}" for domain in inner if set(domain.members) == own} - {event}

    def _doubts(self, sets: Sequence[tuple[str, ...]]) -> Iterator[tuple[Doubt, ...]]:
        """Yield for each set the facts on which it hangs what it does to what is seen."""
        survey = Survey(self._compiled, sets, together=self._observed.services, until=self._until)
        settled = {name: survey.fates(name, self._horizon).settled for name in self._observed.services if sets}
        for index in range(1, len(sets) + 1):
            doubts = [
                doubt
                for name, bits in settled.items()
                if not bits >> index & 1
                for doubt in survey.doubts(name, index, self._horizon)
            ]
            yield tuple({doubt.id: doubt for doubt in doubts}.values())

    def _looks(self, explanations: Sequence[Explanation], among: Sequence[int]) -> tuple[Look, ...]:
        """Return the further observations that leave least, by the rule of `Look.order`, all that are equally good.

        Those about likelier explanations stand first.
        """
        if len(among) < 2:  # noqa: PLR2004 one explanation has nothing to be told apart from
            return ()
        looks = [*self._services(explanations, among), *_domains(explanations, among)]
        useful = [look for look in looks if look.worst < len(among)]
        best = min((look.order for look in useful), default=None)
        return tuple(sorted((look for look in useful if look.order == best), key=lambda look: look.answers[0].left))

    def _services(self, explanations: Sequence[Explanation], among: Sequence[int]) -> Iterator[Look]:
        survey = Survey(self._compiled, [explanations[index].events for index in among], until=self._until)
        for name in self._estate.services:
            if name in self._seen.services:
                continue
            fates = survey.fates(name, self._horizon)
            if not fates.lost & 1:
                down = tuple(index for bit, index in enumerate(among, 1) if not fates.survived >> bit & 1)
                up = tuple(index for bit, index in enumerate(among, 1) if not fates.lost >> bit & 1)
                yield Look(name, service=True, answers=(Answer("no", down), Answer("yes", up)))


def _fewest(explanations: Sequence[Explanation]) -> tuple[int, ...]:
    """Return the explanations with the fewest faults, without larger places; all such where one alone has so few."""
    own = [index for index, each in enumerate(explanations) if each.encloses is None]
    few = [index for index in own if len(explanations[index].events) == len(explanations[0].events)]
    return tuple(few if len(few) > 1 else own)


def _domains(explanations: Sequence[Explanation], among: Sequence[int]) -> Iterator[Look]:
    """Yield the looks at failure domains that leave least at worst."""
    holding: dict[str, list[int]] = {}
    for index in among:
        for event in explanations[index].events:
            holding.setdefault(event, []).append(index)
    worst = {event: max(len(holds), len(among) - len(holds)) for event, holds in holding.items()}
    least = min(worst.values(), default=0)
    for event in sorted(event for event in holding if worst[event] == least):
        holds = set(holding[event])
        fails = tuple(index for index in among if index not in holds)
        yield Look(event, service=False, answers=(Answer("yes", tuple(holding[event])), Answer("no", fails)))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
