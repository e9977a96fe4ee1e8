"""`borders`: firewalls that stand in for each other at one site, and what all of them share below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.answers import Analysis
from resilience_checks.analysis.borders import borders
from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.analysis.borders import Border
    from resilience_checks.policy.matter import Matter
    from resilience_checks.topology.estate import Estate


def section(matter: Matter) -> Section:
    """Return every border of two firewalls or more by its site, every other group by the ids of its firewalls."""
    estate = matter.estate
    data: dict[str, Any] = {}
    places: dict[str, Step] = {}
    for border in borders(estate, matter.answers.analysis or Analysis(estate)):
        parts = [estate.parts[name] for name in border.firewalls]
        site = estate.sites.get(border.site) if border.border and border.site is not None else None
        key = site.id if site is not None else " + ".join(sorted(border.firewalls))
        data[key] = {
            "target": f"site:{site.id}" if site is not None else key,
            "whose": f"of site {site.id}" if site is not None else "that stand in for each other",
            "firewalls": [part.label for part in parts],
            "services": list(border.services),
            "shared": _shared(border),
            "at": [site.id] if site is not None else list(border.firewalls),
        }
        places |= _places(estate, border)
        if site is not None:
            places[site.id] = Step(f"site {site.id}", site.location)
    return Section(data, places)


def _shared(border: Border) -> list[dict[str, object]]:
    return [
        {
            "domain": one.domain.id,
            "kind": one.domain.kind,
            "name": one.domain.name,
            "sure": "yes" if one.sure else "unknown",
            "declared": "no" if one.domain.implied else "yes",
            "at": [one.domain.id, *border.firewalls],
        }
        for one in border.shared
    ]


def _places(estate: Estate, border: Border) -> dict[str, Step]:
    parts = [estate.parts[name] for name in border.firewalls]
    domains = [one.domain for one in border.shared]
    return {
        **{part.id: Step(part.label, part.location) for part in parts},
        **{domain.id: Step(f"{domain.kind} {domain.name}", domain.primary) for domain in domains},
    }
