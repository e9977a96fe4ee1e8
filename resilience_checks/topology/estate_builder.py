"""Builds the estate: the one function of this station that others call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.model.values import Reason
from resilience_checks.topology.aids import Aids
from resilience_checks.topology.backups import Backups
from resilience_checks.topology.capacities import Capacities
from resilience_checks.topology.collecting import collect
from resilience_checks.topology.components import Components, part_id
from resilience_checks.topology.control_planes import ControlPlanes
from resilience_checks.topology.declared_domains import DeclaredDomains
from resilience_checks.topology.devices import draw_devices
from resilience_checks.topology.domains import Domains
from resilience_checks.topology.estate import Coverage, Estate, Link, Part, Service, Site
from resilience_checks.topology.facts import FactBook
from resilience_checks.topology.gates import ALWAYS, AnyOf, Gate, Nature, Up
from resilience_checks.topology.likelihoods import stated
from resilience_checks.topology.parts import Parts
from resilience_checks.topology.placement import Placements
from resilience_checks.topology.places import Place
from resilience_checks.topology.program_declarations import join
from resilience_checks.topology.reach import reached
from resilience_checks.topology.region_replicas import region_replicas
from resilience_checks.topology.roles import settle
from resilience_checks.topology.selection import Selection
from resilience_checks.topology.services import Services
from resilience_checks.topology.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.topology.declared import Declarations


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
            selection.means_something(rule.match)
    parts = Parts(placements, book, frozenset(f"{domain.kind}:{domain.id}" for domain in declarations.domains.values()))
    parts.planes = ControlPlanes(catalogue)
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
    capacities = Capacities(declarations, components, parts, book)
    drawn = {name: _at_peak(service, declarations, capacities) for name, service in drawn.items()}
    copies = Backups(declarations, selection, components, things, parts, placements, book)
    backups = copies.draw()
    domains = Domains(things, parts, declarations, catalogue, book)
    domains.draw()
    DeclaredDomains(declarations, selection, components, parts, drawn, book).draw(domains.drafts)
    found = domains.drafts.finished()
    return Estate(
        parts=parts.all,
        domains=found,
        services=drawn,
        sites={
            site.id: Site(site.id, _perimeter(site), site.location, site.coordinates)
            for site in declarations.sites.values()
        },
        links=links,
        consumers=services.consumers(),
        backups=backups,
        without_backup=copies.without({*things.known, *things.unknown}),
        replicas=region_replicas(things, parts, placements, wiring.declared_lag),
        aids=Aids(declarations, components, book).draw(drawn),
        carriers=capacities.carriers(),
        facts=book.facts,
        contradictions=tuple(book.contradictions),
        coverage=Coverage(dict(sorted(things.known.items())), dict(sorted(things.unknown.items()))),
        assumptions=(*declarations.notes, *book.notes),
        anchors={graph.name: graph.project_file for graph in graphs},
        reach=reached(things, parts, catalogue),
        likelihoods=stated(declarations, components, parts, found),
    )


def _at_peak(service: Service, declarations: Declarations, capacities: Capacities) -> Service:
    declared = declarations.services.get(service.id)
    return service if declared is None else replace(service, peak=capacities.demands(declared))


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
