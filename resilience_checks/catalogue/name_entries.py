"""How a package names its places, and how things find each other by labels; schema.json defines the words."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Locations:
    """How a provider names its zones and regions: expressions whose first group is the region."""

    zone: str
    region: str

    def region_of(self, name: str) -> str | None:
        """Return the region that a zone or region's name tells, None for what is no one region.

        >>> places = Locations("^([a-z]+-[a-z]+[0-9])-[a-z]$", "^([a-z]+-[a-z]+[0-9])$")
        >>> places.region_of("europe-west2-a"), places.region_of("europe-west2"), places.region_of("EU")
        ('europe-west2', 'europe-west2', None)
        """
        found = re.search(self.zone, name) or re.search(self.region, name)
        return None if found is None else found[1]

    def zone_of(self, name: str) -> str | None:
        """Return the name of a zone alone, None for what is none."""
        return name.rpartition("/")[2] if re.search(self.zone, name) else None


@dataclass(frozen=True, slots=True)
class Selects:
    """Members by labels: all that bear each of those at `labels`, and agree in the input `within`."""

    kind: str
    labels: str
    within: str | None = None
