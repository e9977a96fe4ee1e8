"""Where services may be entered, as far as the programs themselves show it: what stands for a service undeclared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.question import Holds
from resilience_checks.model.resource import Resource
from resilience_checks.topology.alike import alike
from resilience_checks.topology.gates import targets
from resilience_checks.topology.references import resolve
from resilience_checks.topology.things import PROVIDER, Thing, Things, holds, kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.topology.parts import Parts

_ALONE = (
    frozenset({"compute", "compute-group"}),
    frozenset({"database"}),
    frozenset({"storage", "cache", "queue"}),
)
"""Roles of what may serve without any entry before it, the likelier first."""

_STORES = _ALONE[1] | _ALONE[2]

_BEFORE = frozenset({"network", "gateway", "link"})
"""Roles of what traffic passes on its way to a machine."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A place where consumers may enter, what to call the service there, and why."""

    thing: Thing
    name: str
    why: str


def shown(things: Things, parts: Parts) -> Iterator[Shown]:
    """Yield each entry that nothing else in the programs refers to, in their order.

    A stack that shows none but stores has one for each machine too that stands alone in it; without these, and without
    any entry, one for each store that does.
    """
    used = {target for part in parts.all.values() for target in targets(part.gate)}
    names, further = _together(things, parts)
    free = [thing for thing in things.all if thing.id in parts.all and thing.id not in used]
    entries = {thing.id for thing in free if thing.id not in further and _is_entry(things, thing)}
    alone = set(_alone(things, parts, [thing for thing in free if thing.id in entries]))
    for thing in things.all:
        if thing.id in entries:
            yield Shown(thing, names.get(thing.id, thing.id), f"{thing.label} is where consumers enter")
        elif thing.id in alone:
            why = f"{thing.label} is behind no entry that was read, so consumers may use it"
            yield Shown(thing, thing.id, why)


def _is_entry(things: Things, thing: Thing) -> bool:
    """Return whether consumers surely find a service here."""
    entry = thing.entry
    if not entry.entry or (entry.entry_unless and holds(thing, entry.entry_unless) is Holds.YES):
        return False
    return not _proves(things, thing) and not _is_replica(things, thing)


def _proves(things: Things, thing: Thing) -> bool:
    """Return whether its name comes from a certificate: such a record only proves who owns a name."""
    behind = (
        things.at(thing.graph, reference)
        for path in thing.entry.named
        for at, _ in thing.values(path)
        for reference in thing.references(at)
    )
    return any(other is not None and other.entry.role == "certificate" for other in behind)


def _is_replica(things: Things, thing: Thing) -> bool:
    """Return whether it follows another of its own type, which is where data is written."""
    return any(
        isinstance(end.to, Thing) and end.to.entry.token == thing.entry.token
        for copies in thing.entry.copies
        if not copies.backup and copies.to is not None and copies.to.itself
        for end in resolve(things, thing, copies.of)
    )


def _together(things: Things, parts: Parts) -> tuple[dict[str, str], set[str]]:
    """Return the name of each first of several that are one thing, and all that are not the first."""
    names, further = {}, set()
    for first, *others in alike(things, parts):
        name = f"{kind(first.entry.token)} {first.natural or first.logical_name}"
        plain = (first.natural or first.logical_name, name, first.id)
        names[first.id] = next(each for each in plain if each == first.id or each not in parts.all)
        further |= {other.id for other in others}
    return names, further


def _alone(things: Things, parts: Parts, entries: Sequence[Thing]) -> Iterator[str]:
    """Yield what serves by itself in each stack: its machines beside stores alone, or, without any entry, what keeps data.

    An interface or address before a machine is no other user of it; what machines are made from is none itself.
    """
    used = {target for part in parts.all.values() if part.role not in _BEFORE for target in targets(part.gate)}
    entered = {id(thing.graph) for thing in entries}
    fronted = {id(thing.graph) for thing in entries if parts.all[thing.id].role not in _STORES}
    here: dict[int, list[Thing]] = defaultdict(list)
    for thing in things.all:
        if id(thing.graph) not in fronted and thing.id in parts.all and thing.id not in used and _stands(things, thing):
            here[id(thing.graph)].append(thing)
    for graph, free in here.items():
        sorts = ([thing.id for thing in free if parts.all[thing.id].role in roles] for roles in _ALONE)
        machines, *stores = sorts
        below = _below(machines, free) if machines else set()
        yield from (name for name in machines if name not in below)
        if not machines and graph not in entered:
            yield from next((sort for sort in stores if sort), ())


def _stands(things: Things, thing: Thing) -> bool:
    """Return whether it may serve by itself: a resource of its own that follows no other, and no provider instance."""
    own = thing.owner is None and not thing.entry.token.startswith(PROVIDER)
    return own and not _is_replica(things, thing)


def _below(machines: Sequence[str], free: Sequence[Thing]) -> set[str]:
    """Return the machines that others of them refer to in any way, such as the template that a group starts."""
    by_urn = {thing.urn: thing.id for thing in free if thing.id in machines}
    return {
        by_urn[target]
        for thing in free
        if thing.id in machines and isinstance(thing.source, Resource)
        for target in thing.source.dependencies
        if target in by_urn
    }
