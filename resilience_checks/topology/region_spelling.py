"""One spelling of each region, whether a program or a declaration names it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.topology.places import ELSEWHERE, NO_PLACE, region_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.places import Place


class RegionSpelling:
    """Spells regions that differ only in case or spaces alike: as programs do, else as the first declared site does."""

    def __init__(self, places: Iterable[Place], declarations: Declarations) -> None:
        """Index what places and sites name."""
        shown = [name for place in places for name, _ in place.regions if name not in {ELSEWHERE, NO_PLACE}]
        sites = declarations.sites.values()
        said = [name for site in sites for name in (site.region, *site.regions) if name is not None]
        found: dict[str, str] = {}
        for name in (*(name for name in shown if name == region_name(name)), *said, *shown):
            found.setdefault(region_name(name), name)
        self._found: Mapping[str, str] = found

    def of(self, region: str) -> str:
        """Return the region in its one spelling."""
        return self._found.get(region_name(region), region)

    def sites(self, declarations: Declarations) -> Declarations:
        """Return the declarations with the regions of their sites in one spelling."""
        sites = {
            name: replace(
                site,
                region=None if site.region is None else self.of(site.region),
                regions=tuple(self.of(region) for region in site.regions),
            )
            for name, site in declarations.sites.items()
        }
        return replace(declarations, sites=sites)
