"""A place: the sites and regions where something may stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.topology.estate import Condition, PlacedWhen

if TYPE_CHECKING:
    from resilience_checks.topology.enclosures import Spot

ELSEWHERE = "a place that nobody named"
"""No site or region can bear this name by accident."""
NO_PLACE = "no place of its own"
"""Nothing that one place's loss would take down."""


@dataclass(frozen=True, slots=True)
class Place:
    """The sites and regions where something may stand, each with the completions in which it does.

    No site at all: it has no place of its own. `ELSEWHERE` stands for a place that nobody named; `root` tells
    whose unknown place it is, so that all that stands inside shares it. `within` are rooms, racks and hosts.
    """

    sites: tuple[tuple[str, Condition], ...] = ()
    regions: tuple[tuple[str, Condition], ...] = ()
    root: str | None = None
    within: tuple[Spot, ...] = ()
    zones: tuple[tuple[str, Condition], ...] = ()

    @property
    def site(self) -> str | PlacedWhen | None:
        """The site as analysis reads it; None for a link, which stands at both of its ends."""
        sure = [site for site, when in self.sites if not when]
        if sure or not self.sites:
            return sure[0] if len(sure) == 1 else None
        fact = self.sites[0][1][0][0]
        return PlacedWhen(
            fact, {when[0][1]: None if site in {ELSEWHERE, NO_PLACE} else site for site, when in self.sites}
        )

    @property
    def sure_site(self) -> str | None:
        """The site where it surely stands, None where that is not known."""
        return self.site if isinstance(self.site, str) else None


NOWHERE = Place()


def region_name(name: str) -> str:
    """Return a region's name in the one form that is compared.

    >>> region_name("UK South")
    'uksouth'
    """
    return name.replace(" ", "").lower()
