"""From an input of one thing to the things that it refers to: by URN, by lookup, by name, by address."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Target
from resilience_checks.model.question import Holds
from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown
from resilience_checks.topology.labelled import selecting
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import OUTPUT, PROVIDER, STACK_REFERENCE, Thing, Things

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Value


@dataclass(frozen=True, slots=True)
class Loose:
    """An end that leads to nothing the catalogue knows.

    `key` is equal for two ends that surely lead to the same thing; `candidates` are the things that bear the
    name when several do.
    """

    key: str
    label: str
    why: str
    remedy: str
    location: Location | None
    candidates: tuple[Thing, ...] = ()
    unseen: bool = False
    """The value itself is not known, and `why` says why."""
    literal: bool = False
    """Whether the input names it outright: an id or a name that nothing in the checked programs bears."""


@dataclass(frozen=True, slots=True)
class End:
    """Where an input at the concrete path `at` leads; `sure` is false where it may lead elsewhere."""

    at: str
    to: Thing | Loose
    sure: bool = True


def resolve(things: Things, thing: Thing, target: Target, base: str = "") -> tuple[End, ...]:
    """Return every end of `target`, whose paths start at `base` within the thing; none when the input is absent."""
    if target.itself:
        return (End("", thing),)
    if target.referring is not None:
        return tuple(End(target.ref or "", other) for other in _referring(things, thing, target))
    if target.any_of:
        ends: tuple[End, ...] = ()
        for alternative in target.any_of:
            found = resolve(things, thing, alternative, base)
            if any(isinstance(end.to, Thing) for end in found):
                return found
            ends = ends or found
        return ends
    if target.selected is not None:
        found_ = selecting(things, thing, target)
        return tuple(End(target.labels or "", other, answer is Holds.YES) for other, answer in found_)
    if target.then is not None:
        first = resolve(things, thing, replace(target, then=None), base)
        further = Target(ref=target.then)
        return tuple(end for one in first if isinstance(one.to, Thing) for end in resolve(things, one.to, further))
    if target.ref is not None:
        values = _at(thing, base, target.ref)
        if not values:
            return ()
        return tuple(
            end
            for at, value in values
            for end in _by_reference(things, thing, at, value)
            if not (target.text and _written(end, value))
        )
    assert target.name is not None
    assert target.by is not None
    return tuple(end for at, value in _at(thing, base, target.by) for end in _by_name(things, thing, target, at, value))


def _written(end: End, value: Value) -> bool:
    """Return whether the program wrote the value itself, plainly or as a secret: then it comes from no resource."""
    loose = isinstance(end.to, Loose) and (end.to.literal or end.to.unseen)
    return loose and (text(value) is not None or isinstance(value, Secret))


def _referring(things: Things, thing: Thing, target: Target) -> list[Thing]:
    """Return the resources of a type that lead to `thing`; found once for all things."""
    assert target.referring is not None
    assert target.ref is not None
    key = (target.referring, target.ref)
    if key not in things.referring:
        found: dict[int, list[Thing]] = {}
        for other in things.all:
            if other.entry.token == target.referring and other.owner is None:
                for end in resolve(things, other, Target(ref=target.ref)):
                    if isinstance(end.to, Thing):
                        found.setdefault(id(end.to), []).append(other)
        things.referring[key] = found
    return things.referring[key].get(id(thing), [])


def _at(thing: Thing, base: str, path: str) -> tuple[tuple[str, Value], ...]:
    if not base:
        return thing.values(path)
    return thing.values(base if path == "." else f"{base}.{path}")


def _by_reference(things: Things, thing: Thing, at: str, value: Value) -> Iterator[End]:
    if isinstance(value, str) and not thing.depends(at):
        yield End(at, _literal(thing, at, value))
        return
    leading = [
        (graph, target)
        for graph, target in things.behind(thing.graph, *thing.references(at))
        if not _is_link(graph, target)
    ]
    for graph, target in leading:
        yield from _end(things, thing, at, graph, target)
    if leading:
        return
    possible = thing.possible(at)
    if possible:
        yield End(at, _one_of(things, thing, at, possible))
        return
    name = text(value)
    if name is not None:
        yield End(at, _literal(thing, at, name))
    elif isinstance(value, Unknown | Secret | LookupAnswer | StackOutput):
        yield End(at, _unseen(thing, at, value))


def _end(things: Things, thing: Thing, at: str, graph: ResourceGraph, target: str) -> Iterator[End]:
    found = things.at(graph, target)
    resource, lookup = graph.by_urn.get(target), graph.lookups_by_id.get(target)
    if found is not None:
        yield End(at, found)
    elif resource is not None and resource.custom and not resource.type.startswith(PROVIDER):
        yield End(at, _foreign(graph, target, f"{resource.type} {resource.name}", thing))
    elif lookup is not None:
        yield End(at, _foreign(graph, target, f"what {lookup.token} finds", thing))
    elif resource is None:
        yield End(at, _left_out(graph, thing, at, target))


def _is_link(graph: ResourceGraph, target: str) -> bool:
    """Return whether a dependency only leads to another stack, whose outputs then say more, or nothing is known."""
    resource = graph.by_urn.get(target)
    return target.startswith(OUTPUT) or (resource is not None and resource.type == STACK_REFERENCE)


def _by_name(things: Things, thing: Thing, target: Target, at: str, value: Value) -> Iterator[End]:
    name = text(value)
    if name is None:
        yield from _by_reference(things, thing, at, value)
        return
    name = re.sub(target.strip, "", name) if target.strip else name
    assert target.name is not None
    found = things.named(target.name, name, thing)
    if len(found) == 1:
        yield End(at, found[0])
    elif found:
        yield End(at, _ambiguous(thing, at, name, tuple(found)))
    else:
        yield End(at, _literal(thing, at, name))


def _foreign(graph: ResourceGraph, target: str, label: str, thing: Thing) -> Loose:
    return Loose(
        key=f"foreign:{id(graph)}:{target}",
        label=label,
        why=f"the catalogue does not know {label}",
        remedy="add a catalogue entry for its type, or declare the component in resilience.yaml",
        location=thing.location,
    )


def _literal(thing: Thing, at: str, name: str) -> Loose:
    scope = thing.device.id if thing.device else ""
    return Loose(
        key=f"outside:{scope}:{name}",
        label=f"{name!r}",
        why=f"{at} of {thing.label} names {name!r}, which nothing in the checked programs bears",
        remedy="check the program that makes it as well, or declare the component in resilience.yaml",
        location=thing.location,
        literal=True,
    )


def _unseen(thing: Thing, at: str, value: Value) -> Loose:
    if isinstance(value, StackOutput):
        why = f"it is output {value.path} of stack {value.stack}, and what that comes from is not shown"
    else:
        why = value.why if isinstance(value, Unknown) else "its value is not shown"
    return Loose(
        key=f"unseen:{thing.id}:{at}",
        label=f"what {at} of {thing.label} names",
        why=f"{at} of {thing.label} is not known: {why}",
        remedy="give the value in the stack's configuration, or declare the component in resilience.yaml",
        location=thing.location,
        unseen=True,
    )


def _left_out(graph: ResourceGraph, thing: Thing, at: str, target: str) -> Loose:
    return Loose(
        key=f"left out:{id(graph)}:{target}",
        label=target.rpartition("::")[2],
        why=f"{at} of {thing.label} refers to {target}, which the input leaves out",
        remedy="write the preview with `pulumi preview --json --show-sames`",
        location=thing.location,
    )


def _one_of(things: Things, thing: Thing, at: str, possible: tuple[str, ...]) -> Loose:
    found = tuple(other for target in possible if (other := things.at(thing.graph, target)) is not None)
    return Loose(
        key=f"one of:{thing.id}:{at}",
        label=f"what {at} of {thing.label} refers to",
        why=f"the input does not tell which of {len(possible)} resources {at} of {thing.label} refers to",
        remedy="check the program itself, which tells",
        location=thing.location,
        candidates=found if len(found) == len(possible) else (),
    )


def _ambiguous(thing: Thing, at: str, name: str, found: tuple[Thing, ...]) -> Loose:
    return Loose(
        key=f"ambiguous:{thing.id}:{at}",
        label=f"{name!r}",
        why=f"{at} of {thing.label} names {name!r}, which {len(found)} things bear",
        remedy="make the name unique, or declare the relation in resilience.yaml",
        location=thing.location,
        candidates=found,
    )
