"""Failure domains that are declared: carriers of links, and whatever else shares a fate that no program shows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from resilience_checks.model.question import Holds, Step
from resilience_checks.topology.components import part_id
from resilience_checks.topology.declared import Named, Sort
from resilience_checks.topology.estate import Member
from resilience_checks.topology.gates import targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.model.location import Location
    from resilience_checks.topology import declared
    from resilience_checks.topology.components import Components
    from resilience_checks.topology.drafts import Draft, Drafts
    from resilience_checks.topology.estate import Service
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.selection import Selection
    from resilience_checks.topology.things import Thing


class DeclaredDomains:
    """Draws every declared domain; the places are drawn before."""

    def __init__(
        self,
        declarations: declared.Declarations,
        selection: Selection,
        components: Components,
        parts: Parts,
        services: Mapping[str, Service],
        book: FactBook,
    ) -> None:
        """Remember where the members are found."""
        self._declarations, self._selection, self._components = declarations, selection, components
        self._parts, self._services, self._book = parts, services, book
        self._at_sites: dict[str, list[Member]] = defaultdict(list)

    def draw(self, drafts: Drafts) -> None:
        """Draw carriers, then the declared domains, what they contain first."""
        for part, place in self._parts.places.items():
            for name, when in place.sites:
                self._at_sites[name].append(Member(part, when))
        for link in self._declarations.links.values():
            if link.carrier is not None:
                draft = drafts.get("carrier", link.carrier, link.carrier)
                self._take_link(draft, link, link.at.get("carrier", link.location))
        drawn: dict[str, Draft] = {}
        for item in self._declarations.domains.values():
            self._draw(item, drafts, drawn)

    def _draw(self, item: declared.Domain, drafts: Drafts, drawn: dict[str, Draft]) -> Draft:
        if item.id in drawn:
            return drawn[item.id]
        draft = drawn[item.id] = drafts.get(item.kind, item.id, item.id, item.faults)
        draft.faults = tuple(dict.fromkeys((*draft.faults, *item.faults)))
        for member in item.members:
            self._take(draft, member, item, drafts, drawn)
        for site in self._declarations.sites.values():
            if item.id in site.domains:
                self._take_site(draft, site, site.at.get("domains", site.location))
        for link in self._declarations.links.values():
            if item.id in link.domains:
                self._take_link(draft, link, link.at.get("domains", link.location))
        draft.join(Step(f"{item.id} is declared", item.location))
        return draft

    def _take(
        self,
        draft: Draft,
        member: declared.Reference,
        item: declared.Domain,
        drafts: Drafts,
        drawn: dict[str, Draft],
    ) -> None:
        if not isinstance(member, Named):
            for thing, answer in self._selection.of(member):
                draft.members.update(dict.fromkeys(self._thing(item.id, thing, answer)))
            return
        match member.sort:
            case Sort.SITE:
                self._take_site(draft, self._declarations.sites[member.id], member.location)
            case Sort.LINK:
                self._take_link(draft, self._declarations.links[member.id], member.location)
            case Sort.DOMAIN:
                inner = self._draw(self._declarations.domains[member.id], drafts, drawn)
                draft.members.update(inner.members)
                draft.encloses[f"{inner.kind}:{member.id}"] = None
            case Sort.SERVICE:
                entry = (name for name in targets(self._services[member.id].entry) if name in self._parts.all)
                draft.members.update(dict.fromkeys(Member(name) for name in entry))
            case Sort.COMPONENT:
                draft.members.update(dict.fromkeys(self._component(item.id, member.id)))

    def _take_site(self, draft: Draft, site: declared.Site, location: Location) -> None:
        draft.members.update(dict.fromkeys(self._at_sites[site.id]))
        draft.encloses[f"site:{site.id}"] = None
        draft.join(Step(f"site {site.id} is in it", location))

    def _take_link(self, draft: Draft, link: declared.Link, location: Location) -> None:
        draft.members[Member(f"link {link.id}")] = None
        draft.encloses[self._parts.own_domain(f"link {link.id}")] = None
        how = "runs over it" if draft.kind == "carrier" else "is in it"
        draft.join(Step(f"link {link.id} {how}", location, part=f"link {link.id}"))

    def _component(self, domain: str, component: str) -> Iterator[Member]:
        """Yield the component itself, what it selects, and the units that only its declaration shows."""
        own = part_id(component)
        yield Member(own)
        for thing, answer in self._components.selected[component]:
            yield from self._thing(domain, thing, answer)
        yield from (Member(name) for name in self._parts.units_of(component))

    def _thing(self, domain: str, thing: Thing, answer: Holds) -> Iterator[Member]:
        names = [name for name in (thing.id, *self._parts.units_of(thing.id)) if name in self._parts.all]
        if answer is Holds.YES:
            yield from (Member(name) for name in names)
            return
        text = f"whether {thing.label} is in {domain} is not known, because what says so is not"
        remedy = "give the name or tag in the program or the stack's configuration"
        fact = self._book.doubt(f"{domain} has {thing.id}", ("yes", "no"), text, remedy, location=thing.location)
        yield from (Member(name, ((fact, "yes"),)) for name in names)
