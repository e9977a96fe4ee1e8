"""Redundant firewalls of a site's border, and which failure domains below the site hit all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.topology.gates import targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.analysis.answers import Analysis
    from resilience_checks.topology.estate import Domain, Estate
    from resilience_checks.topology.gates import Gate

_FIREWALL = "firewall"


@dataclass(frozen=True, slots=True)
class SharedDomain:
    """A domain that hits every firewall of a border; not `sure` where that hangs on something unknown."""

    domain: Domain
    sure: bool


@dataclass(frozen=True, slots=True)
class Border:
    """The firewalls of one site's perimeter, what they share below the site, and the services that pass them."""

    site: str
    firewalls: tuple[str, ...]
    shared: tuple[SharedDomain, ...]
    services: tuple[str, ...]


def borders(estate: Estate, analysis: Analysis) -> tuple[Border, ...]:
    """Return every border of two firewalls or more.

    A domain that hits all that stands at the site is none below it. A place that nobody declared may be shared.
    """
    found = {}
    for site in estate.sites.values():
        units = tuple(dict.fromkeys(_units(estate, site.perimeter))) if site.perimeter is not None else ()
        if len(units) > 1:
            found[site.id] = units
    passing = _passing(analysis, {unit for units in found.values() for unit in units}) if found else {}
    return tuple(
        Border(
            site,
            units,
            tuple(_shared(estate, site, units)),
            tuple(name for name in estate.services if passing.get(name, frozenset()) & set(units)),
        )
        for site, units in found.items()
    )


def _units(estate: Estate, gate: Gate, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the firewalls of a gate, each group and each address by its units.

    What has units has no fault of its own (SEMANTICS, section 1), so a firewall with one is not looked into:
    another firewall that it needs is no unit of it, and two may need each other.
    """
    for target in targets(gate):
        part = estate.parts.get(target)
        if part is None or target in seen:
            continue
        inside = [name for name in targets(part.gate) if name in estate.parts and estate.parts[name].role == _FIREWALL]
        if inside and f"device:{target}" not in estate.domains:
            yield from _units(estate, part.gate, seen | {target})
        elif part.role == _FIREWALL:
            yield target


def _shared(estate: Estate, site: str, units: tuple[str, ...]) -> Iterator[SharedDomain]:
    place = estate.domains.get(f"site:{site}")
    whole = {member.part for member in place.members} if place is not None else set()
    for domain in estate.domains.values():
        if domain is place or len(domain.members) < len(units):
            continue
        ways = {member.part: member.when for member in domain.members}
        below = domain.implied or not whole or not whole <= set(ways)
        if below and all(unit in ways for unit in units):
            sure = not domain.implied and not domain.exists and not any(ways[unit] for unit in units)
            yield SharedDomain(domain, sure)


def _passing(analysis: Analysis, units: set[str]) -> dict[str, frozenset[str]]:
    """Return for each service the firewalls that it may depend on."""
    tree, system = analysis.bounds.tree, analysis.bounds.system
    nodes = {number: node.part for number, node in enumerate(tree.nodes) if node.part in units}
    found = {}
    for name, root in tree.roots.items():
        below = system.reachable([root])
        found[name] = frozenset(part for number, part in nodes.items() if part is not None and number in below)
    return found
