"""What tells one zone from another: its name, and its region, as far as that is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from resilience_checks.topology.places import ELSEWHERE, NO_PLACE, region_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.topology.declared import Site
    from resilience_checks.topology.estate import Condition
    from resilience_checks.topology.places import Place

_FULL = re.compile(r"[a-z]+(-[a-z]+)+-?[0-9]+-?[a-z]|[a-z]+[0-9]+-[a-z]+[0-9]+")
"""Names and ids of zones that name their region too: eu-west-2a, europe-west2-a, euw2-az1."""


def regions_at(place: Place, sites: Mapping[str, Site]) -> tuple[tuple[str, Condition], ...]:
    """Return the regions whose zones those of a place are: what the program shows, else the regions of its sites."""
    if place.regions:
        return place.regions
    found = ((sites[name].region if name in sites else None, when) for name, when in place.sites)
    return tuple((ELSEWHERE if region is None else region_name(region), when) for region, when in found)


def zone_key(zone: str, root: str | None) -> str:
    """Return what tells a zone from others: in a region that is not known, whose region that is too.

    >>> zone_key("uksouth/1", "vm")
    'uksouth/1'
    >>> zone_key(f"{ELSEWHERE}/1", "vm")
    'a place that nobody named of vm/1'
    """
    region, _, name = zone.partition("/")
    if region not in {ELSEWHERE, NO_PLACE}:
        return zone
    if root is None or _FULL.fullmatch(name):
        return f"{ELSEWHERE}/{name}"
    return f"{ELSEWHERE} of {root.replace('/', ':')}/{name}"


def region_of(key: str) -> str:
    """Return the region of a zone, by the key of its domain."""
    region = key.removeprefix("zone:").rpartition("/")[0]
    return ELSEWHERE if region.startswith(ELSEWHERE) else region


def naming(zone: str) -> str:
    """Return by what a zone is told from others: a name, an id, or its place in the answer of a lookup.

    >>> naming("eu-west-2a"), naming("euw2-az1"), naming("names[0] of getAvailabilityZones()")
    ('name', 'id', 'getAvailabilityZones()')
    """
    lookup = zone.partition(" of ")[2]
    return lookup or ("id" if re.fullmatch(r"[a-z]+\d-az\d+", zone) else "name")
