"""The services that a report is about: those of the same name in two estates are two."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from resilience_checks.report.findings import stacks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.model.result import Result
    from resilience_checks.report.html.estates import Estate
    from resilience_checks.report.interface import Report

Key = tuple[int | None, str]
"""The number of a service's estate, None where nobody says which it is, and its name."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One service; `label` is its name, with the stacks of its estate where another has one of that name, too."""

    key: Key
    label: str

    @property
    def name(self) -> str:
        """What its estate calls it."""
        return self.key[1]


@dataclass(frozen=True)
class Subjects:
    """All services that anything is said of, each once: those of the report come first."""

    report: Report
    estates: Sequence[Estate]

    @cached_property
    def all(self) -> tuple[Subject, ...]:
        """The services, in the order in which they are told."""
        keys = tuple(dict.fromkeys(self._keys()))
        times = Counter(name for _, name in keys)
        return tuple(Subject(key, self._label(key) if times[key[1]] > 1 else key[1]) for key in keys)

    def numbers(self, estate: int | None) -> Mapping[str, int]:
        """Return the place of each service of an estate, by its name."""
        return self._numbers.get(estate, {})

    def of(self, result: Result) -> tuple[Key, ...]:
        """Return the services that a result is about."""
        told = stacks(result)
        return tuple(self.key(name, told) for name in result.services)

    def links(self, result: Result) -> Mapping[str, int]:
        """Return the place of each service that a result is about, by its name."""
        return {name: self._numbers[home][name] for home, name in self.of(result)}

    @cached_property
    def _numbers(self) -> Mapping[int | None, Mapping[str, int]]:
        found: dict[int | None, dict[str, int]] = {}
        for number, subject in enumerate(self.all):
            found.setdefault(subject.key[0], {})[subject.name] = number
        return found

    def _keys(self) -> Iterator[Key]:
        yield from (self.key(service.id, service.stacks) for service in self.report.services)
        yield from sorted((key for result in self.report.results for key in self.of(result)), key=lambda key: key[1])
        yield from ((estate.number, name) for estate in self.estates for name in estate.services)

    def key(self, name: str, told: Sequence[str]) -> Key:
        """Return the service of this name in the estate of the stacks, or in the first that has it of all or of theirs."""
        theirs = [estate for estate in self.estates if not set(told).isdisjoint(estate.stacks)]
        if len(theirs) == 1:
            return theirs[0].number, name
        having = (estate.number for estate in theirs or self.estates if name in self._services[estate.number])
        return next(having, None), name

    @cached_property
    def _services(self) -> Mapping[int, frozenset[str]]:
        return {estate.number: frozenset(estate.services) for estate in self.estates}

    def _label(self, key: Key) -> str:
        home, name = key
        return name if home is None else f"{name} ({', '.join(self.estates[home].stacks)})"
