"""How far apart the sites are over which services are redundant: those whose loss together loses a service."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

from resilience_checks.analysis.answers import Analysis
from resilience_checks.model.question import FaultKind, Horizon, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.analysis.cut_lists import CutSets
    from resilience_checks.topology.estate import Estate

_EARTH_KM = 6371.0088
"""The mean radius of the Earth, (2a + b) / 3 of WGS 84."""
_SITE = "site:"
ORDER = 3
"""How many sites may be lost together: two sites and one of a witness, or three that stand close by."""


@dataclass(frozen=True, slots=True)
class SiteSet:
    """Sites whose loss together, and not that of fewer of them, loses services.

    `km` is the largest distance of two of them that is known (0: none is), `without` the sites of which no
    coordinates are declared, `within` the declared domains that enclose all of them. `services` says of each whether
    it surely is lost.
    """

    sites: tuple[str, ...]
    km: float
    without: tuple[str, ...]
    within: tuple[str, ...]
    services: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Redundancy:
    """The sets of sites over which services are redundant, and the services of which not all sets are known."""

    sets: tuple[SiteSet, ...]
    unfinished: tuple[str, ...] = field(default=())


def great_circle(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance in km of two places in degrees north and east (haversine; Sinnott, Sky & Telescope, 1984).

    >>> round(great_circle((51.774, -3.086), (51.463, -3.164)), 1), round(great_circle((0, 0), (0, 180)))
    (35.0, 20015)
    """
    (north, east), (to_north, to_east) = map(_radians, (one, other))
    half = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


def redundancy(estate: Estate, analysis: Analysis | None = None) -> Redundancy:
    """Return the sets of up to `ORDER` sites over which each service is redundant, within its RTO and RPO.

    An `analysis` of this estate that was made before saves compiling it again.
    """
    question = Question(
        "sites", (FaultKind.OUTAGE,), kinds=("site",), order=ORDER, horizon=Horizon.RTO, within_rpo=True
    )
    found = (analysis or Analysis(estate)).cut_sets(question)
    services: dict[tuple[str, ...], dict[str, bool]] = {}
    for service, cuts in found.items():
        for events, surely in _jointly(cuts):
            services.setdefault(events, {})[service] = surely
    enclosing = _enclosing(estate)
    sets = tuple(_site_set(estate, events, services[events], enclosing) for events in sorted(services))
    return Redundancy(sets, tuple(service for service, cuts in found.items() if not cuts.complete))


def _jointly(cuts: CutSets) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the minimal cuts of several sites, and whether each surely is one."""
    sure = {events for events in cuts.sure if len(events) > 1}
    yield from ((events, True) for events in sorted(sure))
    yield from ((events, False) for events in cuts.possible if len(events) > 1 and events not in sure)


def _site_set(
    estate: Estate, events: tuple[str, ...], services: Mapping[str, bool], enclosing: Mapping[str, frozenset[str]]
) -> SiteSet:
    places = sorted(event.rpartition("/")[0] for event in events)
    names = [place.removeprefix(_SITE) for place in places]
    at = {
        name: found.coordinates
        for name in names
        if (found := estate.sites.get(name)) is not None and found.coordinates is not None
    }
    km = max((great_circle(one, other) for one, other in combinations(at.values(), 2)), default=0.0)
    within = frozenset.intersection(*(enclosing.get(place, frozenset()) for place in places))
    missing = tuple(name for name in names if name not in at)
    return SiteSet(tuple(places), km, missing, tuple(sorted(within)), services)


def _enclosing(estate: Estate) -> dict[str, frozenset[str]]:
    """Return for each site the declared domains that it wholly is in."""
    found: dict[str, set[str]] = {}
    for domain in estate.domains.values():
        for inner in () if domain.implied else domain.encloses:
            if inner.startswith(_SITE):
                found.setdefault(inner, set()).add(domain.id)
    return {site: frozenset(domains) for site, domains in found.items()}


def _radians(place: tuple[float, float]) -> tuple[float, float]:
    return radians(place[0]), radians(place[1])
