"""Redundant firewalls at one site, and which failure domains below the site hit all of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from resilience_checks.topology.estate import PlacedWhen
from resilience_checks.topology.gates import All, AnyOf, AtLeast, Case, Failover, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from resilience_checks.analysis.answers import Analysis
    from resilience_checks.topology.estate import Domain, Estate, Part
    from resilience_checks.topology.gates import Gate

_FIREWALL = "firewall"
_OWN_FAULTS = ("device", "cluster", "host")


@dataclass(frozen=True, slots=True)
class SharedDomain:
    """A domain that hits every firewall of a group; not `sure` where that hangs on something unknown."""

    domain: Domain
    sure: bool


@dataclass(frozen=True, slots=True)
class Border:
    """Firewalls that stand in for each other, what they share below their site, and the services that pass them.

    They are all those of a site's perimeter (`border`), or some that are redundant elsewhere: `site` is then None where
    they stand at none, or it is not known at which.
    """

    site: str | None
    firewalls: tuple[str, ...]
    shared: tuple[SharedDomain, ...]
    services: tuple[str, ...]
    border: bool = True


def borders(estate: Estate, analysis: Analysis) -> tuple[Border, ...]:
    """Return every border of two firewalls or more, and every other group of them that may stand at one site.

    A domain that hits all that stands at the site is none below it. A place that nobody declared may be shared.
    """
    found: list[tuple[str | None, tuple[str, ...], bool]] = []
    for site in estate.sites.values():
        units = tuple(dict.fromkeys(_units(estate, site.perimeter))) if site.perimeter is not None else ()
        if len(units) > 1:
            found.append((site.id, units, True))
    found += _elsewhere(estate, [set(units) for _, units, _ in found])
    if not found:
        return ()
    every = {unit for _, units, _ in found for unit in units}
    passing, hitting = _passing(analysis, every), _hitting(estate, every)
    return tuple(
        Border(
            site,
            units,
            tuple(_shared(estate, site, units, hitting)),
            tuple(name for name in estate.services if passing.get(name, frozenset()) & set(units)),
            border,
        )
        for site, units, border in found
    )


def _elsewhere(estate: Estate, known: list[set[str]]) -> Iterator[tuple[str | None, tuple[str, ...], bool]]:
    """Yield the groups of redundant firewalls that are in no border, and may stand at one site."""
    seen: set[frozenset[str]] = set()
    gates = [part.gate for part in estate.parts.values() if not _fails_itself(estate, part.id)]
    gates += [gate for service in estate.services.values() for gate in (service.entry, *service.needs)]
    for gate in gates:
        for members in _alternatives(gate):
            units = tuple(dict.fromkeys(unit for member in members for unit in _units(estate, member)))
            group = frozenset(units)
            if len(units) < 2 or group in seen or any(group <= border for border in known):  # noqa: PLR2004 no pair
                continue
            seen.add(group)
            sites = [_sites(estate.parts[unit]) for unit in units]
            common = frozenset.intersection(*sites)
            if common:
                yield (next(iter(common)) if all(len(one) == 1 for one in sites) else None), units, False


def _sites(part: Part) -> frozenset[str | None]:
    return frozenset(part.site.sites.values()) if isinstance(part.site, PlacedWhen) else frozenset((part.site,))


def _fails_itself(estate: Estate, part: str) -> bool:
    return any(f"{kind}:{part}" in estate.domains for kind in _OWN_FAULTS)


def _alternatives(gate: Gate) -> Iterator[tuple[Gate, ...]]:
    """Yield the members of each group in a gate of which not all must be up."""
    match gate:
        case AnyOf(items=items):
            yield items
        case AtLeast(k=k, items=items) if k < len(items):
            yield items
        case AtLeast(items=items) | All(items=items):
            for item in items:
                yield from _alternatives(item)
        case Case(branches=branches):
            for item in branches.values():
                yield from _alternatives(item)
        case Failover(primary=primary, standbys=standbys):
            yield (primary, *(standby.gate for standby in standbys if standby.moves))
        case _:
            return


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


def _hitting(estate: Estate, units: set[str]) -> Mapping[str, list[str]]:
    """Return the domains that hit each of the firewalls, in the order of the estate."""
    found: dict[str, list[str]] = defaultdict(list)
    for domain in estate.domains.values():
        for part in {member.part for member in domain.members if member.part in units}:
            found[part].append(domain.id)
    return found


def _shared(
    estate: Estate, site: str | None, units: tuple[str, ...], hitting: Mapping[str, Iterable[str]]
) -> Iterator[SharedDomain]:
    place = estate.domains.get(f"site:{site}")
    whole = {member.part for member in place.members} if place is not None else set()
    others = [set(hitting[unit]) for unit in units[1:]]
    for name in hitting[units[0]]:
        domain = estate.domains[name]
        if domain is place or not all(name in other for other in others):
            continue
        ways = {member.part: member.when for member in domain.members}
        if not _meet(domain, units):
            continue
        if domain.implied or not whole or not whole <= set(ways):
            sure = not domain.implied and not domain.exists and not any(ways[unit] for unit in units)
            yield SharedDomain(domain, sure)


def _meet(domain: Domain, units: tuple[str, ...]) -> bool:
    """Return whether in some completion all of them are in the domain: what is kept apart never is."""
    whens = [[member.when for member in domain.members if member.part == unit] for unit in units]
    return any(
        len(dict(facts := {fact for when in chosen for fact in when})) == len(facts) for chosen in product(*whens)
    )


def _passing(analysis: Analysis, units: set[str]) -> dict[str, frozenset[str]]:
    """Return for each service the firewalls that it may depend on."""
    tree, system = analysis.bounds.tree, analysis.bounds.system
    nodes = {number: node.part for number, node in enumerate(tree.nodes) if node.part in units}
    found = {}
    for name, root in tree.roots.items():
        below = system.reachable([root])
        found[name] = frozenset(part for number, part in nodes.items() if part is not None and number in below)
    return found
