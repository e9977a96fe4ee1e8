"""Turns tags into statements: what a resource says of itself and of the service or component that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.declaration_merge import Merge, Statement
from resilience_checks.topology.declaration_problems import hint, listing, nearest, printable, show
from resilience_checks.topology.declaration_schema import schema
from resilience_checks.topology.declaration_tags import SURE, Tag, tags, unseen, words
from resilience_checks.topology.declared import Placement, Role
from resilience_checks.topology.selectors import Select

if TYPE_CHECKING:
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.model.resource import Resource

OF_SERVICE = ("scope", "tier", "rto", "rpo", "needs", "consumers")
OF_SITE = ("room", "rack", "host")
OF_COMPONENT = ("role", "units")
WORDS = ("service", *OF_SERVICE, "site", *OF_SITE, "component", *OF_COMPONENT, "domain")
"""Every word that a tag may say after its prefix."""

_LISTS = {"needs", "consumers"}
_WHOLE = {"tier", "units"}
_OWNERS = (("service", OF_SERVICE), ("site", OF_SITE), ("component", ("units",)))


@dataclass(slots=True)
class Tagged:
    """What the tags of all programs say that no data of the file's form can."""

    merge: Merge
    resources: dict[str, str | None]
    notes: list[Reason] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    unplaced: list[Placement] = field(default_factory=list)
    perhaps: list[tuple[str, Select]] = field(default_factory=list)
    """For `components` and `domains` the resources that may belong to any of them."""
    entries: dict[str, Location] = field(default_factory=dict)
    doors: set[str] = field(default_factory=set)

    def read(self, graph: ResourceGraph) -> None:
        """Take up the tags of a program's resources."""
        hidden: list[Location] = []
        found = False
        for resource in graph.resources:
            if not resource.custom:
                continue
            own = tags(graph, resource)
            found = found or bool(own)
            location = resource.location or graph.project_file
            if own:
                _Reading(self, resource, location, {}).run(own)
            elif unseen(resource):
                hidden.append(location)
        if found and hidden:
            said = f"the tags of {len(hidden)} resources of {graph.name} are not known before deployment: taken to declare nothing"
            self.notes.append(Reason(said, Basis.ASSUMED, min(hidden)))


@dataclass(slots=True)
class _Reading:
    """The tags of one resource."""

    of: Tagged
    resource: Resource
    location: Location
    known: dict[str, Tag]

    def run(self, own: tuple[Tag, ...]) -> None:
        for tag in own:
            if tag.word in WORDS:
                self.known[tag.word] = tag
            else:
                self._misspelt(tag)
        for owner, owned in _OWNERS:
            for word in owned:
                if word in self.known and owner not in self.known:
                    self._idle(self.known.pop(word), owner)
        if not self.known:
            return
        self.of.resources.setdefault(self.resource.urn, None)
        self._service()
        self._site()
        self._component()
        self._domain()

    def _idle(self, tag: Tag, owner: str) -> None:
        said = f"the tag {show(tag.key)} of {self.resource.name} says nothing without {owner}"
        if tag.mark in SURE:
            self.of.merge.problems.add(self.location, f"{said}, expected a tag with {owner} beside it")
        else:
            self.of.notes.append(Reason(f"{said}: taken to be no declaration", Basis.ASSUMED, self.location))

    def _misspelt(self, tag: Tag) -> None:
        """Refuse a key that is surely ours; one that only looks like it may be somebody else's."""
        near = nearest(tag.word, WORDS)
        said = f"the tag {show(tag.key)} of {self.resource.name} is no declaration"
        if tag.mark in SURE:
            expected = hint(tag.word, WORDS, f"expected one of {listing(WORDS, limit=len(WORDS))}")
            self.of.merge.problems.add(self.location, f"{said}; {expected}")
        elif near is not None:
            self.of.notes.append(Reason(f'{said}; did you mean "{near}"?', Basis.ASSUMED, self.location))

    def _text(self, word: str) -> str | None:
        """Return a tag's text; one that is not known is noted, and None."""
        tag = self.known.get(word)
        if tag is None:
            return None
        if tag.text is None:
            said = f"the tag {printable(tag.key)} of {self.resource.name} is not known before deployment: {tag.why}"
            self.of.notes.append(Reason(said, Basis.UNKNOWN, self.location))
        return tag.text

    def _put(self, *path: str, value: object = None) -> None:
        self.of.merge.put(Statement(path, value, self.location))  # type: ignore[arg-type]

    def _service(self) -> None:
        if "service" not in self.known:
            return
        self.of.doors.add(self.resource.urn)
        values = {word: self._text(word) for word in OF_SERVICE}
        if self._text("service") is None:
            return
        for service in words(self.known["service"]):
            self._put("services", service)
            self.of.entries.setdefault(service, self.location)
            for word, value in values.items():
                if value is not None:
                    listed = list(words(self.known[word])) if word in _LISTS else None
                    self._put("services", service, word, value=listed if listed is not None else _whole(word, value))

    def _site(self) -> None:
        if "site" not in self.known:
            return
        site = self._text("site")
        match: dict[str, object] = {"resource": self.resource.urn}
        if site is None:
            why = f"the tag that says where {self.resource.name} stands is not known: {self.known['site'].why}"
            select = Select(self.location, resources=(self.resource.urn,))
            self.of.unplaced.append(Placement(self.location, select, None, why=why))
            return
        inside = {word: text for word in OF_SITE if (text := self._text(word)) is not None}
        self._put("placement", value={"match": match, "site": site, **inside})

    def _component(self) -> None:
        role = self._text("role")
        if role is not None:
            self._role(role)
        if "component" not in self.known:
            return
        units = self._text("units")
        if self._text("component") is None:
            self.of.perhaps.append(("components", Select(self.location, resources=(self.resource.urn,), sure=False)))
            return
        for component in words(self.known["component"]):
            self._put("components", component, "select", value=[{"resource": self.resource.urn}])
            if units is not None:
                self._put("components", component, "units", value=_whole("units", units))

    def _role(self, role: str) -> None:
        known = schema()["$defs"]["role"]["enum"]
        if role not in known:
            said = f"the tag {show(self.known['role'].key)} of {self.resource.name}: found {show(role)}"
            self.of.merge.problems.add(
                self.location, f"{said}, expected a role: {hint(role, known, listing(known, limit=99))}"
            )
            return
        self.of.resources[self.resource.urn] = role
        self.of.roles.append(Role(Select(self.location, resources=(self.resource.urn,)), role, self.location))

    def _domain(self) -> None:
        if "domain" not in self.known:
            return
        if self._text("domain") is None:
            self.of.perhaps.append(("domains", Select(self.location, resources=(self.resource.urn,), sure=False)))
            return
        for domain in words(self.known["domain"]):
            self._put("domains", domain, "members", value=[{"select": {"resource": self.resource.urn}}])


def _whole(word: str, text: str) -> object:
    return int(text) if word in _WHOLE and text.isascii() and text.isdigit() and len(text) < 10 else text  # noqa: PLR2004 longer is no count
