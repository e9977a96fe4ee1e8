"""Builds the estate: the one function of this station that others call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.model.question import FaultKind, Holds, Step
from resilience_checks.model.values import Reason
from resilience_checks.topology.collecting import collect
from resilience_checks.topology.components import Components, part_id
from resilience_checks.topology.declared import Named
from resilience_checks.topology.devices import draw_devices
from resilience_checks.topology.domains import Domains
from resilience_checks.topology.estate import Coverage, Estate, Link, Member, Part, Site
from resilience_checks.topology.facts import FactBook
from resilience_checks.topology.gates import ALWAYS, AnyOf, Gate, Nature, Up
from resilience_checks.topology.likelihoods import stated
from resilience_checks.topology.parts import Parts
from resilience_checks.topology.placement import Place, Placements
from resilience_checks.topology.program_declarations import join
from resilience_checks.topology.roles import settle
from resilience_checks.topology.selection import Selection
from resilience_checks.topology.services import Services
from resilience_checks.topology.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.things import Thing


def build(graphs: Sequence[ResourceGraph], declarations: Declarations, catalogue: Catalogue) -> Estate:
    """Return the estate that the stacks and the declarations describe together.

    Raises UsageError, with its line, for a declaration that cannot be about these stacks.
    """
    declarations = join(graphs, declarations)
    book = FactBook()
    for item in declarations.disagreements:
        book.contradict(item.subject, item.text, *item.locations)
    things = collect(graphs, catalogue, declarations)
    placements = Placements(things, declarations, catalogue, book)
    selection = Selection(things)
    for rule in declarations.placement:
        if not rule.match.resources:
            selection.of(rule.match)
    parts = Parts(placements, book, frozenset(f"{domain.kind}:{domain.id}" for domain in declarations.domains.values()))
    components = Components(declarations, selection, parts, placements, book)
    wiring = Wiring(things, parts, placements, book)
    draw_devices(things, parts, placements, book, components.by_device())
    components.declare_lags(wiring)
    services = Services(declarations, selection, components, parts, book)
    links = _links(declarations, parts)
    components.draw()
    settle(declarations, components, selection, parts, book)
    services.declare_pools(things, wiring)
    wiring.draw()
    drawn = services.draw(things)
    domains = Domains(things, parts, declarations, catalogue, book)
    _carriers(declarations, domains)
    _declared_domains(declarations, selection, domains, book)
    found = domains.draw()
    return Estate(
        parts=parts.all,
        domains=found,
        services=drawn,
        sites={site.id: Site(site.id, _perimeter(site), site.location) for site in declarations.sites.values()},
        links=links,
        consumers=services.consumers(),
        facts=book.facts,
        contradictions=tuple(book.contradictions),
        coverage=Coverage(dict(sorted(things.known.items())), dict(sorted(things.unknown.items()))),
        assumptions=declarations.notes,
        anchors={graph.name: graph.project_file for graph in graphs},
        likelihoods=stated(declarations, components, parts, found),
    )


def _links(declarations: Declarations, parts: Parts) -> dict[str, Link]:
    """Take up each link as a part that stands at every site where it ends."""
    links = {}
    for link in declarations.links.values():
        part = Part(f"link {link.id}", f"link {link.id}", "link", location=link.location)
        parts.add(part, Place(sites=tuple((end, ()) for end in link.ends)), "link")
        if len(link.ends) == 1:
            parts.all[part.id] = replace(parts.all[part.id], site=None)
        links[link.id] = Link(link.id, part.id, link.ends)
    return links


def _perimeter(site: object) -> Gate | None:
    from resilience_checks.topology import declared

    assert isinstance(site, declared.Site)
    if site.perimeter is None:
        return None
    if not site.perimeter.components:
        return ALWAYS
    reason = Reason(f"traffic of site {site.id} passes its perimeter", location=site.perimeter.location)
    gates = tuple(Up(part_id(named.id), Nature.PATH, reason) for named in site.perimeter.components)
    return gates[0] if len(gates) == 1 else AnyOf(gates, reason)


def _carriers(declarations: Declarations, domains: Domains) -> None:
    for link in declarations.links.values():
        if link.carrier is not None:
            draft = domains.draft("carrier", link.carrier, link.carrier, (FaultKind.OUTAGE,))
            draft.members[Member(f"link {link.id}")] = None
            draft.joined.append((Step(f"link {link.id} runs over it", link.at.get("carrier", link.location)), None))


def _member(domain: str, thing: Thing, answer: Holds, book: FactBook) -> Member:
    if answer is Holds.YES:
        return Member(thing.id)
    text = f"whether {thing.label} is in {domain} is not known, because what says so is not"
    remedy = "give the name or tag in the program or the stack's configuration"
    fact = book.doubt(f"{domain} has {thing.id}", ("yes", "no"), text, remedy, location=thing.location)
    return Member(thing.id, ((fact, "yes"),))


def _declared_domains(declarations: Declarations, selection: Selection, domains: Domains, book: FactBook) -> None:
    for declared in declarations.domains.values():
        draft = domains.draft(declared.kind, declared.id, declared.id, declared.faults)
        for member in declared.members:
            if isinstance(member, Named):
                draft.members[Member(part_id(member.id))] = None
            else:
                for thing, answer in selection.of(member):
                    draft.members[_member(declared.id, thing, answer, book)] = None
        for link in declarations.links.values():
            if declared.id in link.domains:
                draft.members[Member(f"link {link.id}")] = None
        draft.joined.append((Step(f"{declared.id} is declared", declared.location), None))
