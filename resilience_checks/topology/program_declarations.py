"""Joins what the programs themselves declare, in tags and components, with what resilience.yaml declares.

A tag or a component says what an entry of resilience.yaml would say, with its own line, so both become the same
data, are held against the same schema, and are built into the same declarations.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError
from resilience_checks.topology import declaration_references, declaration_schema
from resilience_checks.topology.declaration_at import At
from resilience_checks.topology.declaration_components import Components
from resilience_checks.topology.declaration_merge import Merge, Statement
from resilience_checks.topology.declaration_objects import build, entry
from resilience_checks.topology.declaration_of_tags import Tagged
from resilience_checks.topology.declaration_problems import printable, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Reason
    from resilience_checks.topology.declaration_problems import Path, Problems
    from resilience_checks.topology.declaration_source import Data
    from resilience_checks.topology.declared import Component, Declarations, Domain, Entry, Service, Site

SERVICE_TAG = "resilience:service"
"""The key under which a selector finds the services of a resource's tags, however its provider writes it."""


def join(graphs: Sequence[ResourceGraph], declarations: Declarations) -> Declarations:
    """Return the declarations together with what the programs declare.

    Raises UsageError with everything that is wrong in the programs' declarations, each with its line, and with every
    id that is declared nowhere.
    """
    place = declarations.path or (graphs[0].project_file.path if graphs else "resilience.yaml")
    merge = Merge.of(declarations.source, place)
    read = _Read(merge)
    names = {graph.name: graph for graph in graphs}
    for graph in graphs:
        read.components(graph, names)
    for graph in graphs:
        read.tagged.read(graph)
    named = any(True for _ in _resources(merge.source.data, ()))
    if not (read.anything or named or merge.problems.found or declarations.dangling):
        return declarations
    read.finish(graphs)
    for source in (merge.source, *merge.variants()):
        declaration_schema.hold(source, merge.problems)
    declaration_references.hold(merge.source, merge.problems)
    if merge.problems.found:
        raise _error(merge.problems)
    return read.built(build(merge.source, declarations.digest), declarations)


class _Read:
    """What the programs declare while it is gathered."""

    def __init__(self, merge: Merge) -> None:
        self.merge = merge
        self.tagged = Tagged(merge, {})
        self.resources: dict[str, None] = {}
        self.notes: list[Reason] = []
        self.needs: list[tuple[str, Reason]] = []
        self.entries: list[tuple[str, Data, Location]] = []
        self.redundant: set[str] = set()
        self.others: dict[str, list[Entry]] = {}

    @property
    def anything(self) -> bool:
        """Whether any program declares anything."""
        tagged = self.tagged
        return bool(self.resources or self.notes or self.entries or tagged.resources or tagged.notes or self.said)

    said = False

    def components(self, graph: ResourceGraph, names: Mapping[str, ResourceGraph]) -> None:
        """Take up the declarations among a program's components."""
        found = Components(
            graph,
            names,
            self.merge.problems,
            self.notes,
            self.needs,
            self.entries,
            self.resources,
            self.tagged.doors,
            self.redundant,
        )
        for statement in found.statements():
            self.said = True
            self.merge.put(statement)

    def finish(self, graphs: Sequence[ResourceGraph]) -> None:
        """Declare the sites that only tags name, give each service its entry, and hold every URN."""
        source = self.merge.source
        rules = source.data.get("placement", []) if isinstance(source.data, dict) else []
        if not self.merge.has("sites") and isinstance(rules, list):
            for index, rule in enumerate(rules):
                if isinstance(rule, dict) and isinstance(rule.get("site"), str):
                    location = source.value(("placement", index))
                    self.merge.put(Statement(("sites", str(rule["site"])), None, location))
        declared: dict[str, list[tuple[Data, Location]]] = {}
        for service, given, location in self.entries:
            declared.setdefault(service, []).append((given, location))
        for service, said in declared.items():
            self._entry(service, _union([given for given, _ in said]), said[0][1])
        for service, location in self.tagged.entries.items():
            self._entry(service, [{"select": {"tag": {SERVICE_TAG: service}}}], location)
        self._hold(graphs)

    def _entry(self, service: str, entries: list[Data], location: Location) -> None:
        for given in entries:
            if self.merge.has("services", service, "entry"):
                self._other(service, given, location)
            else:
                self.merge.put(Statement(("services", service, "entry"), given, location))

    def _other(self, service: str, given: Data, location: Location) -> None:
        """Keep an entry besides one that is declared already, held like one that stands alone."""
        merge = Merge.of(None, location.path)
        merge.put(Statement(("services", service, "entry"), given, location))
        problems = len(self.merge.problems.found)
        declaration_schema.hold(merge.source, self.merge.problems)
        named = given if isinstance(given, str) else given.get("component") if isinstance(given, dict) else None
        if isinstance(named, str) and not self.merge.has("components", named):
            said = f"services.{service}.entry: no component {show(named)}"
            self.merge.problems.add(location, said)
        if len(self.merge.problems.found) == problems:
            at = At(merge.source, ("services", service, "entry"), given)
            self.others.setdefault(service, []).append(entry(at))

    def _hold(self, graphs: Sequence[ResourceGraph]) -> None:
        for path, urn in _resources(self.merge.source.data, ()):
            if not any(urn in graph.by_urn for graph in graphs):
                said = f"no checked program has the resource {printable(urn, 200)}; check its stack as well"
                self.merge.problems.add(self.merge.source.value(path), said)

    def built(self, declarations: Declarations, files: Declarations) -> Declarations:
        """Return the built declarations with all that the data cannot say; how stacks are held is said by files alone."""
        tagged = self.tagged
        return replace(
            declarations,
            path=files.path,
            stacks=files.stacks,
            placement=(*declarations.placement, *tagged.unplaced),
            sites={name: self._site(site) for name, site in declarations.sites.items()},
            components={name: self._component(item) for name, item in declarations.components.items()},
            domains={name: self._domain(item) for name, item in declarations.domains.items()},
            services={name: self._service(item) for name, item in declarations.services.items()},
            roles=tuple(tagged.roles),
            resources=self._roles(declarations),
            doors=frozenset(tagged.doors),
            disagreements=self.merge.disagreements(),
            notes=(*self.notes, *tagged.notes),
            dangling=False,
        )

    def _roles(self, declarations: Declarations) -> dict[str, str | None]:
        """Return every resource that a declaration names, with the role that one says it has."""
        named = (urn for _, urn in _resources(self.merge.source.data, ()))
        found = {**dict.fromkeys(self.resources), **dict.fromkeys(named), **self.tagged.resources}
        for component in declarations.components.values():
            for select in component.select:
                found.update((urn, component.role) for urn in select.resources if found.get(urn) is None)
        return found

    def _said(self, *path: str) -> list[Data]:
        return [value for value, _ in self.merge.disputed.get(path, ())]

    def _site(self, site: Site) -> Site:
        regions = self._said("sites", site.id, "region")
        return replace(site, regions=tuple(str(region) for region in regions))

    def _component(self, component: Component) -> Component:
        own = tuple(select for kind, select in self.tagged.perhaps if kind == "components") if component.select else ()
        return replace(
            component,
            select=(*component.select, *own),
            redundant=component.id in self.redundant,
            roles=tuple(str(role) for role in self._said("components", component.id, "role")),
            counts=tuple(int(n) for n in self._said("components", component.id, "units") if isinstance(n, int | float)),
        )

    def _domain(self, domain: Domain) -> Domain:
        return replace(
            domain, members=(*domain.members, *(select for kind, select in self.tagged.perhaps if kind == "domains"))
        )

    def _service(self, service: Service) -> Service:
        disputed = {key for key in ("scope", "rto", "rpo") if self._said("services", service.id, key)}
        return replace(
            service,
            scope=None if "scope" in disputed else service.scope,
            rto=None if "rto" in disputed else service.rto,
            rpo=None if "rpo" in disputed else service.rpo,
            entries=tuple(self.others.get(service.id, ())),
            unseen=tuple(reason for name, reason in self.needs if name == service.id),
        )


def _union(entries: list[Data]) -> list[Data]:
    """Return one entry for all that select resources without naming pools, and each other one as it is."""
    urns: list[Data] = []
    others: list[Data] = []
    for given in entries:
        select = given.get("select") if isinstance(given, dict) and "pools" not in given else None
        if isinstance(select, dict) and "resource" in select:
            more = select["resource"]
            urns += [urn for urn in (more if isinstance(more, list) else [more]) if urn not in urns]
        elif given not in others:
            others.append(given)
    shared: list[Data] = [{"select": {"resource": urns}}] if urns else []
    return [*shared, *others]


def _resources(data: Data, path: Path) -> Iterable[tuple[Path, str]]:
    """Yield every URN that a selector names, with its path."""
    if isinstance(data, dict):
        for key, value in data.items():
            if path == () and key == "policies":
                continue
            if key == "resource":
                found = value if isinstance(value, list) else [value]
                yield from (((*path, key), urn) for urn in found if isinstance(urn, str))
            else:
                yield from _resources(value, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _resources(item, (*path, index))


def _error(problems: Problems) -> UsageError:
    error = problems.error()
    return UsageError(
        error.what,
        location=error.location,
        why=error.why,
        remedy=f"{error.remedy.removesuffix('.')}, docs/declaring-in-programs.md every tag and component.",
    )
