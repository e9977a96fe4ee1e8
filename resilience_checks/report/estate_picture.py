"""The picture of an estate as data: sites, what stands in them, what they share, and what services hang on.

Where a site is not declared, the zone or region of a provider plays its part.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from resilience_checks.report.json_report import location
from resilience_checks.report.tiers import tier
from resilience_checks.topology.gates import All, AnyOf, AtLeast, Case, Failover, Quorum, Up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.report.below import Below
    from resilience_checks.topology.estate import Domain, Estate, Part
    from resilience_checks.topology.gates import Gate

MAX_COMPONENTS = 1500
"""Beyond this a picture shows groups of components that are alike instead of each one."""


def picture(
    estate: Estate, below: Below, weakest: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the picture as JSON values, and what it leaves out; `weakest` is the smallest cut set of each service."""
    drawing = _Drawing(estate, below)
    shown = drawing.names
    components = list(drawing.components())
    services = [
        {
            "id": service.id,
            "components": sorted({shown[part] for part in drawing.below.of(service.id)}),
            "consumers": list(service.consumers),
            "weakest": list(weakest.get(service.id, ())),
        }
        for service in estate.services.values()
    ]
    found = {
        "sites": list(drawing.sites(components)),
        "components": components,
        "edges": list(drawing.edges()),
        "domains": list(drawing.domains()),
        "services": services,
    }
    return found, tuple(drawing.left_out())


@dataclass
class _Drawing:
    """One estate, and where its parts are drawn."""

    estate: Estate
    below: Below

    @cached_property
    def place(self) -> dict[str, str | None]:
        """The place of each part, by the id that it has among the sites: None where it has none or several."""
        inside = {kind: self._inside(kind) for kind in ("zone", "region")}
        return {part.id: self._place(part, inside) for part in self.estate.parts.values()}

    def _inside(self, kind: str) -> Mapping[str, list[str]]:
        """Return the places of a kind that each part is surely hit with; one of declared sites is drawn as these."""
        found: dict[str, list[str]] = defaultdict(list)
        for domain in self.estate.domains.values():
            of_sites = any(inner.startswith("site:") for inner in domain.encloses)
            if domain.kind == kind and not (domain.exists or domain.implied or of_sites):
                for part in _members(domain):
                    found[part].append(domain.id)
        return found

    @staticmethod
    def _place(part: Part, inside: Mapping[str, Mapping[str, list[str]]]) -> str | None:
        if part.site is not None:
            return part.site if isinstance(part.site, str) else None
        places = (of.get(part.id, ()) for of in inside.values())
        return next((found[0] for found in places if len(found) == 1), None)

    @cached_property
    def shown(self) -> list[Part]:
        """The parts that are drawn: all of a small estate, of a large one those that a service hangs on."""
        parts = list(self.estate.parts.values())
        if len(parts) <= MAX_COMPONENTS:
            return parts
        used = frozenset().union(*(self.below.of(name) for name in self.estate.services))
        return [part for part in parts if part.id in used]

    @cached_property
    def names(self) -> dict[str, str]:
        """The component that each part is drawn as."""
        if len(self.shown) <= MAX_COMPONENTS:
            return {part.id: part.id for part in self.shown}
        return {part: f"group {number}" for number, group in enumerate(self.groups, 1) for part in group}

    @cached_property
    def groups(self) -> list[list[str]]:
        """Parts that are alike to whoever looks at the picture: in role, place, stack and what they share."""
        shared: dict[str, list[str]] = defaultdict(list)
        for domain in self._crossing():
            for member in _members(domain):
                shared[member].append(domain.id)
        found: dict[object, list[str]] = defaultdict(list)
        for part in self.shown:
            found[part.role, self.place[part.id], part.stack, tuple(shared[part.id])].append(part.id)
        return list(found.values())

    @property
    def grouped(self) -> bool:
        """Whether components stand for several parts."""
        return len(self.shown) > MAX_COMPONENTS

    def components(self) -> Iterator[dict[str, Any]]:
        """Yield each part, or each group of parts."""
        if not self.grouped:
            yield from (self._component(part, part.id, part.label) for part in self.shown)
            return
        for number, group in enumerate(self.groups, 1):
            first = self.estate.parts[group[0]]
            name = first.label if len(group) == 1 else f"{len(group):,} x {_role(first) or 'component'}"
            yield self._component(first, f"group {number}", name)

    def _component(self, part: Part, identity: str, name: str) -> dict[str, Any]:
        role = _role(part)
        return {
            "id": identity,
            "name": name,
            "role": role,
            "tier": tier(role),
            "site": self.place[part.id],
            "stack": part.stack,
            "location": location(part.location),
        }

    def sites(self, components: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield each site, and each other place in which something stands; the id of such a one is `KIND:NAME`."""
        held: dict[str, list[str]] = {site: [] for site in self.estate.sites}
        for component in components:
            if component["site"] is not None:
                held.setdefault(component["site"], []).append(component["id"])
        for site, inside in held.items():
            kind, _, name = ("site", "", site) if site in self.estate.sites else site.partition(":")
            yield {
                "id": site,
                "name": name,
                "kind": kind,
                "region": self._regions.get(f"site:{site}" if kind == "site" else site),
                "components": inside,
            }

    @cached_property
    def _regions(self) -> dict[str, str]:
        regions = [domain for domain in self.estate.domains.values() if domain.kind == "region"]
        return {inner: domain.name for domain in regions for inner in domain.encloses}

    def _crossing(self) -> Iterator[Domain]:
        """Yield each failure domain that is sure, was declared or is shown, and hits more than one part."""
        for domain in self.estate.domains.values():
            if not domain.exists and not domain.implied and len(_members(domain)) > 1:
                yield domain

    def domains(self) -> Iterator[dict[str, Any]]:
        """Yield each failure domain of more than one component or more than one place."""
        for domain in self._crossing():
            inside = [part for part in _members(domain) if part in self.names]
            if len(inside) > 1:
                yield {
                    "id": domain.id,
                    "kind": domain.kind,
                    "name": domain.name,
                    "faults": [str(fault) for fault in domain.faults],
                    "components": list(dict.fromkeys(self.names[part] for part in inside)),
                    "sites": sorted({place for part in inside if (place := self.place[part]) is not None}),
                }

    def edges(self) -> Iterator[dict[str, str]]:
        """Yield what each component needs, and with which gate, once."""
        told: dict[tuple[str, str, str], None] = {}
        for part in self.shown:
            for target, gate in _named(part.gate, "requires"):
                for end in self.below.ends(target):
                    if end in self.names and self.names[end] != self.names[part.id]:
                        told[self.names[part.id], self.names[end], gate] = None
        yield from ({"from": start, "to": end, "gate": gate} for start, end, gate in told)

    def left_out(self) -> Iterator[str]:
        """Yield what the picture does not show, in words."""
        unused = len(self.estate.parts) - len(self.shown)
        if unused:
            yield f"{unused:,} components that no service is known to hang on are not drawn"
        if self.grouped:
            yield (
                f"{len(self.shown):,} components are drawn as {len(self.groups):,} groups of the same role, place, stack "
                "and failure domains"
            )
        domains = self.estate.domains.values()
        possible = sum(bool(domain.exists) for domain in domains)
        if possible:
            yield f"{possible:,} failure domains of which it is not known whether they exist are not drawn"
        implied = sum(domain.implied and not domain.exists for domain in domains)
        if implied:
            yield f"{implied:,} failure domains that nobody declared are not drawn"


def _members(domain: Domain) -> dict[str, None]:
    """Return the parts that surely are in a domain."""
    return {member.part: None for member in domain.members if not member.when}


def _role(part: Part) -> str:
    return part.role or " or ".join(role for role, _ in part.roles)


def _named(gate: Gate, word: str) -> Iterator[tuple[str, str]]:
    """Yield each target of a gate with what is asked of it; `word` is what is asked of the whole gate."""
    match gate:
        case Up(target=target):
            yield target, word
        case All(items=items):
            yield from (pair for item in items for pair in _named(item, word))
        case AnyOf(items=items):
            yield from (pair for item in items for pair in _named(item, word if len(items) == 1 else "any-of"))
        case AtLeast(k=k, items=items):
            all_of, some = k >= len(items), "any-of" if k == 1 else f"{k} of {len(items)}"
            yield from (pair for item in items for pair in _named(item, word if all_of else some))
        case Case(branches=branches):
            yield from dict.fromkeys(pair for item in branches.values() for pair in _named(item, "not known"))
        case Failover(primary=primary, standbys=standbys):
            yield from _named(primary, "primary")
            for standby in standbys:
                yield from _named(standby.gate, "standby")
                yield from _named(standby.mover, "mover")
        case Quorum(votes=votes):
            yield from ((vote.voter, "quorum") for vote in votes)
