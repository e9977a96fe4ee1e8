"""On what each result rests: how many of its facts stand in code, how many were declared, how many were assumed.

A fact is a place that the result names, in its chain or beside it; a pass names none, so that its facts are those that
its policy's answers were worked out from, or at most all that its services may hang on where that is not known. The line
of a resource with `resilience:` tags is a fact of the code and a declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model.result import Outcome
from resilience_checks.report.grounds import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from resilience_checks.model.result import Result
    from resilience_checks.report.grounds import Grounds, Line

_TOLD = (Outcome.VIOLATION, Outcome.PASS, Outcome.UNKNOWN)
MAX_DECLARATIONS = 20_000
"""How many declared lines the report lists of all results together; all are counted."""


@dataclass
class Resting:
    """The grounds of passes, and what declares: `files` of declarations, `lines` of programs, `tagged` ones of resources.

    `changed` tells of a line who last changed it, on which day, and why that is not known.
    """

    grounds: Grounds
    files: Collection[str]
    lines: Collection[Line]
    tagged: Collection[Line]
    changed: Callable[[Line], tuple[str, str, str]]
    listed: int = 0

    def of(self, results: Sequence[Result]) -> dict[str, dict[str, Any]]:
        """Return by fingerprint what each result rests on; what does not apply, or names no place and no service, is left out."""
        told = (result for result in results if result.outcome in _TOLD)
        return {result.fingerprint: one for result in told if (one := self._one(result)) is not None}

    def _one(self, result: Result) -> dict[str, Any] | None:
        places = set(_named(result))
        at_most = False
        if result.outcome is Outcome.PASS:
            found = [self.grounds.of(result.policy, name) for name in result.services]
            places = places.union(*(ground.lines for ground in found))
            at_most = any(ground.at_most for ground in found)
        if not places and not result.assumed:
            return None
        declared = sorted(place for place in places if self._is_declared(place))
        code = [place for place in places if place[0] not in self.files and place not in self.lines]
        room = max(0, MAX_DECLARATIONS - self.listed) if result.outcome is Outcome.PASS else len(declared)
        shown = declared[:room]
        self.listed += len(declared)
        return {
            "code": len(code),
            "declared": len(declared),
            "assumed": len(set(result.assumed)),
            "at_most": at_most,
            "declarations": [self._declaration(place) for place in shown],
        }

    def _is_declared(self, place: Line) -> bool:
        return place[0] in self.files or place in self.lines or place in self.tagged

    def _declaration(self, place: Line) -> dict[str, Any]:
        author, day, why = self.changed(place)
        return {"path": place[0], "line": place[1], "author": author, "date": day, "why": why}


def _named(result: Result) -> Iterator[Line]:
    """Yield each line that a result names."""
    places = (
        result.location,
        *(step.location for step in result.chain),
        *(related.location for related in result.related),
    )
    yield from lines(places)
