"""The words of a catalogue file about its provider: regions and zones, control planes, spellings of tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from resilience_checks.model.question import Holds


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
class ControlPlane:
    """What performs moves and changes for all users of a provider; `region` None: it stands in no one region."""

    label: str
    region: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ZonalRegions:
    """Which of a provider's regions have zones; `having` None: all have. What is in neither list is not known."""

    source: str
    having: frozenset[str] | None = None
    without: frozenset[str] = frozenset()

    def has(self, region: str) -> Holds:
        """Return whether the region, by its short name, has zones."""
        if region in self.without:
            return Holds.NO
        return Holds.YES if self.having is None or region in self.having else Holds.UNKNOWN


@dataclass(frozen=True, slots=True)
class Spelling:
    """How tokens of older or dated modules are turned into those that the catalogue has."""

    match: str
    to: str
