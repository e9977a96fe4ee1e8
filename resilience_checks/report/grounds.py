"""The lines that a pass rests on: what its policy's answers were worked out from, else all that its service may hang on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from resilience_checks.analysis.reliance import Reliance
from resilience_checks.topology.gates import targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from resilience_checks.analysis.bounds import Compiled
    from resilience_checks.model.location import Location
    from resilience_checks.model.question import Question
    from resilience_checks.report.below import Below
    from resilience_checks.topology.estate import Domain, Estate, Service

Line = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Ground:
    """The lines of facts; `at_most`: it rests on no more than these, and maybe on fewer."""

    lines: frozenset[Line]
    at_most: bool


@dataclass
class Grounds:
    """The grounds of passes of one estate, each found once; `late` says that time was up before all were.

    `asked` tells what a policy asks of a service, `alone` the policies that read nothing but the answers.
    """

    estate: Estate
    compiled: Compiled
    below: Below
    asked: Callable[[str, str], tuple[Question, ...]]
    alone: frozenset[str]
    until: float
    late: bool = False
    _reliance: Reliance = field(init=False)
    _found: dict[tuple[str, tuple[Question, ...], bool], Ground] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look at nothing yet."""
        self._reliance = Reliance(self.compiled)

    def of(self, policy: str, name: str) -> Ground:
        """Return what a pass of the policy rests on for a service."""
        service = self.estate.services.get(name)
        if service is None:
            return Ground(frozenset(), at_most=True)
        questions, alone = self.asked(policy, name), policy in self.alone
        key = (name, questions, alone)
        if key not in self._found:
            self._found[key] = (self._used(service, questions) if alone else None) or self._most(service, questions)
        return self._found[key]

    def _used(self, service: Service, questions: tuple[Question, ...]) -> Ground | None:
        """Return the lines between the service and the faults asked about, None where a question's are not below it.

        That they are not is what such a pass rests on, and nothing of all below the service can be left out of that.
        """
        self.late = self.late or time.monotonic() > self.until
        if self.late:
            return None
        found = [self._reliance.of(question, service.id) for question in questions]
        parts = frozenset[str]().union(*(ground.parts for ground in found))
        if not parts or any(ground.asked and not ground.parts for ground in found):
            return None
        joined = [
            line for ground in found for each, inside in ground.domains.items() for line in self._joined(each, inside)
        ]
        return Ground(frozenset((*self._own(service), *self._lines(parts), *joined)), at_most=False)

    def _most(self, service: Service, questions: tuple[Question, ...]) -> Ground:
        """Return the lines of all that may bear on the service: what it hangs on, copies of that, and its aids."""
        parts = self.below.of(service.id) | self._reliance.everything(service.id, questions)
        backups = [each for each in self.estate.backups.values() if not parts.isdisjoint(each.of)]
        aids = [each for each in self.estate.aids.values() if service.id in each.of]
        gates = [gate for each in backups for gate in (each.store, each.restored)] + [each.gate for each in aids]
        parts |= self.below.under(name for gate in gates for name in targets(gate))
        beside = (
            *(each.location for each in backups),
            *(place for each in aids for place in (each.location, each.age_location)),
        )
        joined = [line for each in self._around(parts) for line in self._joined(each, parts)]
        return Ground(
            frozenset((*self._own(service), *self._lines(parts, every_site=True), *lines(beside), *joined)),
            at_most=True,
        )

    def _around(self, parts: frozenset[str]) -> Iterator[str]:
        """Yield the failure domains in which some of these parts are."""
        yield from dict.fromkeys(domain for part in parts for domain in self._domains.get(part, ()))

    @cached_property
    def _domains(self) -> Mapping[str, list[str]]:
        """The failure domains of each part."""
        found: dict[str, list[str]] = {}
        for domain in self.estate.domains.values():
            for member in domain.members:
                found.setdefault(member.part, []).append(domain.id)
        return found

    def _own(self, service: Service) -> Iterator[Line]:
        consumers = (self.estate.consumers[each] for each in service.consumers if each in self.estate.consumers)
        yield from lines((service.location, *(each.location for each in consumers)))

    def _lines(self, parts: frozenset[str], *, every_site: bool = False) -> Iterator[Line]:
        """Yield the lines of parts, and of the sites where they stand: every one, or those whose border is among them."""
        estate = self.estate
        yield from lines(estate.parts[part].location for part in parts)
        for name in {site for part in parts if isinstance(site := estate.parts[part].site, str)} & estate.sites.keys():
            perimeter = estate.sites[name].perimeter
            if every_site or perimeter is None or not parts.isdisjoint(targets(perimeter)):
                yield from lines((estate.sites[name].location,))

    def _joined(self, name: str, inside: frozenset[str]) -> Iterator[Line]:
        """Yield where a failure domain is named, and where those of the parts joined it that are inside of it."""
        domain: Domain = self.estate.domains[name]
        yield from lines(
            (domain.primary, *(step.location for step in domain.joined if step.part is None or step.part in inside))
        )


def lines(places: Iterable[Location | None]) -> Iterator[Line]:
    """Yield the lines of the places that are known."""
    yield from ((place.path, place.line) for place in places if place is not None)
