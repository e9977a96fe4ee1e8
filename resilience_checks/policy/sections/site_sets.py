"""`site_sets`: the sites over which services are redundant, and how far apart they are."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.distances import redundancy
from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.analysis.distances import SiteSet
    from resilience_checks.policy.matter import Matter
    from resilience_checks.topology.estate import Estate


def section(matter: Matter) -> Section:
    """Return the sets by id, each with the services that its loss surely (`lost`) or only possibly loses.

    `km` is given to 10 m, never too far. `of` names for each service its sets; `unfinished` has the services of which not all sets are known.
    """
    found = redundancy(matter.estate, matter.answers.analysis)
    sets = {" + ".join(one.sites): one for one in found.sets}
    of: dict[str, list[str]] = {service: [] for service in matter.estate.services}
    for key, one in sets.items():
        for service in one.services:
            of[service].append(key)
    unfinished = frozenset(found.unfinished)
    data = {
        "sets": {key: _set(matter.estate, one) for key, one in sets.items()},
        "of": of,
        "unfinished": {service: "yes" if service in unfinished else "no" for service in of},
    }
    sites = {site for one in found.sets for site in one.sites}
    places = {
        site: Step(
            f"{matter.estate.domains[site].kind} {matter.estate.domains[site].name}", _where(matter.estate, site)
        )
        for site in sorted(sites)
    }
    return Section(data, places)


def _set(estate: Estate, one: SiteSet) -> dict[str, Any]:
    return {
        "sites": list(one.sites),
        "names": [estate.domains[site].name for site in one.sites],
        "km": floor(one.km * 100) / 100,
        "without": list(one.without),
        "within": list(one.within),
        "lost": [service for service, surely in one.services.items() if surely],
        "possibly": [service for service, surely in one.services.items() if not surely],
    }


def _where(estate: Estate, site: str) -> Any:
    """Return where the site is declared, else where its first part is."""
    declared = estate.sites.get(site.removeprefix("site:"))
    return declared.location if declared is not None else estate.domains[site].primary
