"""On what each result rests: how many of its facts stand in code, how many were declared, how many were assumed.

A fact is a place that the result names, in its chain or beside it; a pass names none, so that its facts are those of
what its services hang on. The line of a resource with `resilience:` tags is a fact of the code and a declaration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.model.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from resilience_checks.model.location import Location
    from resilience_checks.model.result import Result
    from resilience_checks.report.below import Below
    from resilience_checks.topology.estate import Estate

_TOLD = (Outcome.VIOLATION, Outcome.PASS, Outcome.UNKNOWN)
MAX_DECLARATIONS = 20_000
"""How many declared lines the report lists of all results together; all are counted."""

Line = tuple[str, int]


@dataclass
class Resting:
    """One estate, and what declares: `files` of declarations, `lines` of programs, `tagged` ones of resources.

    `changed` tells of a line who last changed it, on which day, and why that is not known.
    """

    estate: Estate
    below: Below
    files: Collection[str]
    lines: Collection[Line]
    tagged: Collection[Line]
    changed: Callable[[Line], tuple[str, str, str]]
    listed: int = 0
    _of_service: dict[str, frozenset[Line]] = field(default_factory=dict)

    def of(self, results: Sequence[Result]) -> dict[str, dict[str, Any]]:
        """Return by fingerprint what each result rests on; what does not apply rests on nothing."""
        return {result.fingerprint: self._one(result) for result in results if result.outcome in _TOLD}

    def _one(self, result: Result) -> dict[str, Any]:
        places = set(_named(result))
        if result.outcome is Outcome.PASS:
            places = places.union(*(self._hangs_on(name) for name in result.services))
        declared = sorted(place for place in places if self._is_declared(place))
        code = [place for place in places if place[0] not in self.files and place not in self.lines]
        room = max(0, MAX_DECLARATIONS - self.listed) if result.outcome is Outcome.PASS else len(declared)
        shown = declared[:room]
        self.listed += len(declared)
        return {
            "code": len(code),
            "declared": len(declared),
            "assumed": len(set(result.assumed)),
            "declarations": [self._declaration(place) for place in shown],
        }

    def _is_declared(self, place: Line) -> bool:
        return place[0] in self.files or place in self.lines or place in self.tagged

    def _declaration(self, place: Line) -> dict[str, Any]:
        author, day, why = self.changed(place)
        return {"path": place[0], "line": place[1], "author": author, "date": day, "why": why}

    def _hangs_on(self, name: str) -> frozenset[Line]:
        """Return the lines of a service, its consumers, all that it may hang on, and the sites where that stands."""
        service = self.estate.services.get(name)
        if service is None:
            return frozenset()
        if name not in self._of_service:
            parts = [self.estate.parts[part] for part in self.below.of(name)]
            consumers = [self.estate.consumers[each] for each in service.consumers if each in self.estate.consumers]
            sites = {part.site for part in parts if isinstance(part.site, str)} & self.estate.sites.keys()
            places = (
                service.location,
                *(each.location for each in consumers),
                *(each.location for each in parts),
                *(self.estate.sites[site].location for site in sites),
            )
            self._of_service[name] = frozenset(_line(place) for place in places if place is not None)
        return self._of_service[name]


def _named(result: Result) -> Iterator[Line]:
    """Yield each line that a result names."""
    places = (
        result.location,
        *(step.location for step in result.chain),
        *(related.location for related in result.related),
    )
    yield from (_line(place) for place in places if place is not None)


def _line(place: Location) -> Line:
    return place.path, place.line
