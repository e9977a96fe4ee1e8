"""`borders`: the firewalls in front of each site, and what all of them share below the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.analysis.answers import Analysis
from resilience_checks.analysis.borders import borders
from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.policy.matter import Matter


def section(matter: Matter) -> Section:
    """Return every border of two firewalls or more by its site."""
    estate = matter.estate
    data, places = {}, {}
    for border in borders(estate, matter.answers.analysis or Analysis(estate)):
        parts = [estate.parts[name] for name in border.firewalls]
        data[border.site] = {
            "firewalls": [part.label for part in parts],
            "services": list(border.services),
            "shared": [
                {
                    "domain": one.domain.id,
                    "kind": one.domain.kind,
                    "name": one.domain.name,
                    "sure": "yes" if one.sure else "unknown",
                    "declared": "no" if one.domain.implied else "yes",
                    "at": [one.domain.id, *border.firewalls],
                }
                for one in border.shared
            ],
        }
        places.update({part.id: Step(part.label, part.location) for part in parts})
        places.update(
            {one.domain.id: Step(f"{one.domain.kind} {one.domain.name}", one.domain.primary) for one in border.shared}
        )
        site = estate.sites[border.site]
        places[border.site] = Step(f"site {site.id}", site.location)
    return Section(data, places)
