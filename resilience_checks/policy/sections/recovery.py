"""`recovery`: after the loss of which places services come back too late, or with data that is too old."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.objectives import interrupted
from resilience_checks.analysis.recovery import Objective
from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section
from resilience_checks.topology.declaration_durations import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from resilience_checks.analysis.recovery import Bounds, Recovery
    from resilience_checks.policy.matter import Matter
    from resilience_checks.topology.estate import Estate
    from resilience_checks.topology.gates import Term


def section(matter: Matter) -> Section:
    """Return for each service its objectives and what is unknown of them, and the causes that miss them.

    A cause is one objective and the terms that add up, after the loss of whichever places; the services that it makes
    miss the same objective are in it together.
    """
    estate = matter.estate
    asked, found = interrupted(estate, matter.answers.analysis)
    services: dict[str, dict[str, Any]] = {
        service.id: {
            "rto": "declared" if service.rto is not None else "unknown",
            "rpo": "declared" if service.rpo is not None else "unknown",
            "asked": "yes" if asked else "no",
            "gone": [],
            "unknown": [],
        }
        for service in estate.services.values()
    }
    causes: dict[tuple[str, ...], _Cause] = {}
    for one in found:
        if not one.returns:
            services[one.service]["gone"].append(_place(estate, one))
        for objective, outcome in (("RTO", one.rto), ("RPO", one.rpo)):
            if outcome is Objective.BEYOND and one.returns:
                cause = _cause(estate, one, objective)
                causes.setdefault(cause.key, cause).add(estate, one)
            elif outcome is Objective.UNKNOWN and one.returns:
                services[one.service]["unknown"].append(_doubt(estate, one, objective))
    for service in services.values():
        service["returns"] = "yes" if len(service["gone"]) < len(asked) else "no"
    places = {at: step for cause in causes.values() for at, step in cause.steps().items()}
    return Section({"services": services, "causes": [cause.data() for cause in causes.values()]}, places)


@dataclass(frozen=True, slots=True)
class _Cause:
    """One objective and the terms that miss it, with the services and places that this is about."""

    objective: str
    takes: str
    limit: str
    terms: tuple[str, ...]
    names: tuple[str, ...]
    services: dict[str, None] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)
    lines: dict[tuple[float, str], Step] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        return (self.objective, self.takes, self.limit, *self.terms)

    def add(self, estate: Estate, one: Recovery) -> None:
        self.services[one.service] = None
        self.places[_place(estate, one)] = None
        for term in _of(one) if self.objective == "RTO" else ():
            if term.why.location is not None:
                step = Step(f"{term.name}: {term.why.text}", term.why.location, term.why.source)
                self.lines[-(term.seconds or 0.0), str(term.why.location)] = step

    def steps(self) -> dict[str, Step]:
        """Return the lines of the terms, the longest term first: that is where time can be won."""
        return {f"{'|'.join(self.key)}/{number}": self.lines[key] for number, key in enumerate(sorted(self.lines))}

    def data(self) -> dict[str, Any]:
        return {
            "id": f"{self.objective}: {' + '.join(self.names)}",
            "objective": self.objective,
            "takes": self.takes,
            "limit": self.limit,
            "terms": " + ".join(self.terms),
            "services": list(self.services),
            "places": list(self.places),
            "at": list(self.steps()),
        }


def _cause(estate: Estate, one: Recovery, objective: str) -> _Cause:
    service = estate.services[one.service]
    if objective == "RTO":
        terms, names = tuple(_terms(one)), tuple(term.name for term in _of(one))
        return _Cause(objective, _shown(one.time), duration(service.rto or 0), terms, names)
    terms = tuple(_losses(one))
    return _Cause(objective, _shown(one.loss), duration(service.rpo or 0), terms, terms)


def _doubt(estate: Estate, one: Recovery, objective: str) -> dict[str, Any]:
    doubts = [doubt.text for doubt in one.doubts]
    return {"place": _place(estate, one), "objective": objective, "hangs_on": doubts}


def _place(estate: Estate, one: Recovery) -> str:
    domains = [estate.domains[event.rpartition("/")[0]] for event in one.events]
    return " with ".join(f"{domain.kind} {domain.name}" for domain in domains)


def _shown(bounds: Bounds) -> str:
    return duration(bounds.low) if bounds.known else f"at least {duration(bounds.low)}"


def _terms(one: Recovery) -> Iterator[str]:
    for term in _of(one):
        yield f"{term.name} {duration(term.seconds) if term.seconds is not None else '?'}"


def _losses(one: Recovery) -> list[str]:
    ways = [move.way for move in (*one.moves, *one.meanwhile) if move.way is not None and move.lag == one.loss.high]
    return list(dict.fromkeys(way.loss.text for way in ways if way.loss is not None))


def _of(one: Recovery) -> Iterable[Term]:
    return (term for move in one.moves if move.way is not None for term in move.way.terms)
