"""What declarations say of resources whose types the catalogue does not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Entry
from resilience_checks.model.question import Holds
from resilience_checks.topology.candidates import candidate
from resilience_checks.topology.selectors import Select
from resilience_checks.topology.things import UNKNOWN_ROLE, Thing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.resource import Resource
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.selectors import Candidate
    from resilience_checks.topology.things import Things

Found = tuple["ResourceGraph", "Resource", Entry]


def described(things: Things, declarations: Declarations) -> Iterator[Found]:
    """Yield every resource of unknown type that a declaration is about, with the entry that stands for its type.

    A pattern is about such resources where it matches nothing that the catalogue knows: one that means servers does
    not also mean the password that is called like them. What a resource needs is only known where a component gives
    it a role. It stands where a placement rule says; without one it is in some region of a provider.
    """
    unknown = foreign(things)
    meant = (declarations.components, declarations.domains, declarations.services, declarations.backups)
    open_ = _open(things, [select for part in meant for select in _selects(part)], unknown)
    for (graph, resource), seen in zip(things.foreign, unknown, strict=True):
        named = resource.urn in declarations.resources
        if named or any(select.match(seen) is not Holds.NO for select in open_):
            yield graph, resource, _described(resource, seen, declarations, named=named)


def foreign(things: Things) -> list[Candidate]:
    """Return what patterns are held against, of each resource whose type the catalogue does not know."""
    return [_seen(things, graph, resource) for graph, resource in things.foreign]


def _open(things: Things, selects: Sequence[Select], unknown: Sequence[Candidate]) -> list[Select]:
    """Return the selects that match something of unknown type, and nothing else."""
    found = [select for select in selects if any(select.match(seen) is not Holds.NO for seen in unknown)]
    if not found:
        return []
    known = [candidate(thing) for thing in things.all if thing.entry.is_part and not thing.entry.configures]
    return [select for select in found if all(select.match(seen) is Holds.NO for seen in known)]


def _described(resource: Resource, seen: Candidate, declarations: Declarations, *, named: bool) -> Entry:
    role, counted = declarations.resources.get(resource.urn), False
    for component in declarations.components.values():
        if any(select.match(seen) is Holds.YES for select in component.select):
            role = role or component.role
            counted = counted or component.units is not None
    placed = any(rule.match.match(seen) is not Holds.NO for rule in declarations.placement)
    estate = "on-premises" if placed and not named else "cloud"
    entry = _entry(resource, role or UNKNOWN_ROLE)
    return replace(entry, estate=estate, counted=counted, entry=resource.urn in declarations.doors)


def _entry(resource: Resource, role: str) -> Entry:
    return Entry(resource.type, resource.type.partition(":")[0], "cloud", role=role)


def _seen(things: Things, graph: ResourceGraph, resource: Resource) -> Candidate:
    device = things.at(graph, resource.provider) if resource.provider else None
    thing = Thing(_entry(resource, UNKNOWN_ROLE), graph, resource, resource.inputs, logical_name=resource.name)
    thing.provider_names = device.provider_names if device else ()
    return candidate(thing)


def _selects(declared: object) -> Iterator[Select]:
    """Yield every select within a declaration."""
    if isinstance(declared, Select):
        yield declared
    elif isinstance(declared, Mapping):
        for value in declared.values():
            yield from _selects(value)
    elif isinstance(declared, tuple):
        for value in declared:
            yield from _selects(value)
    elif is_dataclass(declared):
        for field in fields(declared):
            yield from _selects(getattr(declared, field.name))
