"""Services: where consumers reach them and what they need, declared or, where nothing is declared, inferred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError
from resilience_checks.model.question import Holds
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.declared import Named
from resilience_checks.topology.estate import Consumer, Service
from resilience_checks.topology.gates import ALWAYS, NEVER, AnyOf, Case, Gate, Nature, Up, targets
from resilience_checks.topology.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.topology import declared
    from resilience_checks.topology.components import Components
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.selection import Selection
    from resilience_checks.topology.things import Thing, Things
    from resilience_checks.topology.wiring import Wiring

_REMEDIES = {
    "preview": "write the preview with `pulumi preview --json --show-sames`",
    "state": "write the state again when no operation is under way (`pulumi stack export`)",
}
"""What makes a file whole that leaves resources out."""


def _name(to: declared.Reference) -> str:
    return to.id if isinstance(to, Named) else str(to)


def _left_out(graph: ResourceGraph, inside: list[str]) -> tuple[str, str]:
    """Return what a run of the stack could not see, and what shows it; `inside` are components of unknown types."""
    if graph.skipped:
        what = f"{len(graph.skipped)} callbacks on values that are not known yet"
        return what, _REMEDIES.get(graph.source, "make resources outside of `apply`")
    if inside:
        remedy = "check a preview or a state of it, or add a catalogue entry for their types"
        return f"those in {', '.join(inside)}, whose plugin makes them", remedy
    if graph.source in _REMEDIES:
        return "steps that the input leaves out", _REMEDIES[graph.source]
    return "how many hangs on answers that are not known yet", "give the answers of its lookups with --lookups"


@dataclass(frozen=True, slots=True)
class _Unshown:
    """A stack whose run could not see everything that it would make, and what a reader is told of that."""

    graph: ResourceGraph
    text: str
    remedy: str
    location: Location


def _unshown(things: Things) -> Iterator[_Unshown]:
    for graph in things.graphs:
        inside = [resource.name for resource in graph.hidden if resource.type in things.unknown]
        if not graph.skipped and graph.capabilities.complete and not inside:
            continue
        first = next((callback.location for callback in graph.skipped if callback.location), None)
        what, remedy = _left_out(graph, inside)
        text = f"stack {graph.name} may make more resources than this run shows: {what}"
        yield _Unshown(graph, text, remedy, first or graph.project_file)


def _leaves_out(graph: ResourceGraph) -> bool:
    """Return whether the stack is read from a file that does not hold all of it."""
    return graph.source in _REMEDIES and not graph.capabilities.complete


class Services:
    """Draws every service of the estate."""

    def __init__(
        self,
        declarations: declared.Declarations,
        selection: Selection,
        components: Components,
        parts: Parts,
        book: FactBook,
    ) -> None:
        """Remember where the answers are."""
        self._declarations, self._selection, self._components = declarations, selection, components
        self._parts, self._book = parts, book
        self._unshown: tuple[_Unshown, ...] = ()
        self._partial: tuple[ResourceGraph, ...] = ()

    def declare_pools(self, things: Things, wiring: Wiring) -> None:
        """Tell the wiring which pools stand behind an entry whose own type has no way to say so."""
        for service in self._declarations.services.values():
            if not service.entry.pools or isinstance(service.entry.to, Named):
                continue
            for thing, _ in self._selection.of(service.entry.to, entries=True):
                group = next((edge.group for edge in thing.entry.edges if edge.incomplete), None)
                if group is None:
                    raise UsageError(
                        f"{thing.label} has no pools to be declared",
                        location=service.entry.location,
                        why="its own inputs already say what stands behind it",
                        remedy="remove `pools`, or select the wide IP",
                    )
                for pool in service.entry.pools:
                    wiring.declared_members[(thing.id, group)].append(self._pool(things, thing, pool, service))

    def draw(self, things: Things) -> dict[str, Service]:
        """Return every declared service, or, where none is, one for each place where consumers may enter."""
        self._unshown, self._partial = tuple(_unshown(things)), tuple(filter(_leaves_out, things.graphs))
        declared = {service.id: self._declared(service) for service in self._declarations.services.values()}
        return declared or {service.id: service for service in self._inferred(things)}

    def consumers(self) -> dict[str, Consumer]:
        """Return the declared consumers."""
        return {
            consumer.id: Consumer(consumer.id, consumer.kind, consumer.access, consumer.critical, consumer.location)
            for consumer in self._declarations.consumers.values()
        }

    def _pool(self, things: Things, thing: Thing, pool: str, service: declared.Service) -> Gate:
        found = [
            other
            for other in things.all
            if other.natural == pool
            and any(name.kind.endswith("pool") for name in other.entry.names)
            and other.id in self._parts.all
        ]
        near = [other for other in found if other.device is thing.device] or found
        if not near:
            raise UsageError(
                f"no checked program has a pool named {pool!r}",
                location=service.entry.location,
                why="the service would be checked without what stands behind its entry",
                remedy="correct the name under `pools`",
            )
        reason = Reason(f"{thing.label} answers with {near[0].label}", location=service.entry.location)
        gates = tuple(Up(other.id, Nature.PATH, reason) for other in near)
        return gates[0] if len(gates) == 1 else AnyOf(gates, reason)

    def _declared(self, service: declared.Service) -> Service:
        entry = service.entry.to
        reason = Reason(f"{service.id} is reached through its entry", location=service.entry.location)
        if isinstance(entry, Named):
            gate = self._components.reference(entry, Nature.PATH, reason)
            stack = None
        else:
            found = self._selection.of(entry, entries=True)
            gate = self._components.all_or_any(f"the entry of {service.id}", found, Nature.PATH, reason)
            stack = found[0][0].graph.name if found[0][1] is Holds.YES else None
        gate = self._agreed(service, gate, reason)
        needs = [
            self._components.reference(
                need, Nature.NEED, Reason(f"{service.id} needs {_name(need)}", location=need.location)
            )
            for need in service.needs
        ]
        needs += [*self._unseen(service), *self._hidden(service.id)]
        return Service(
            id=service.id,
            entry=self._or_unseen(gate, service.id),
            scope=service.scope,
            tier=service.tier,
            rto=service.rto,
            rpo=service.rpo,
            consumers=service.consumers,
            needs=tuple(needs),
            location=service.location,
            stack=stack,
            purpose=service.purpose,
            copied=service.copied,
        )

    def _agreed(self, service: declared.Service, gate: Gate, reason: Reason) -> Gate:
        """Return the entry on which all declarations agree, else a doubt which of them is right."""
        gates = {service.entry.location: gate}
        for other in service.entries:
            to, what = other.to, f"the entry of {service.id}"
            if isinstance(to, Named):
                gates[other.location] = self._components.reference(to, Nature.PATH, reason)
            else:
                found = self._selection.of(to, entries=True)
                gates[other.location] = self._components.all_or_any(what, found, Nature.PATH, reason)
        apart = {frozenset(targets(found)): (str(at), found) for at, found in reversed(gates.items())}
        if len(apart) == 1:
            return gate
        text = f"entry of service {service.id} is declared differently"
        self._book.contradict(service.id, text, *gates)
        cases = dict(sorted(apart.values()))
        fact = self._book.doubt(
            f"entry of {service.id}", tuple(cases), text, "make the declarations agree", location=service.location
        )
        return Case(fact, cases)

    def _unseen(self, service: declared.Service) -> Iterator[Gate]:
        """Yield a doubtful need for each that only deployment will show."""
        for number, reason in enumerate(service.unseen, start=1):
            key, remedy = f"unknown need {number} of {service.id}", "pass the resource itself, or give the value"
            fact = self._book.doubt(key, ("harmless", "harmful"), reason.text, remedy, location=reason.location)
            yield Case(fact, {"harmless": ALWAYS, "harmful": NEVER})

    def _hidden(self, service: str) -> Iterator[Gate]:
        """Yield a doubt for each stack whose run could not see everything that it would make.

        Each service has its own: nothing is decided by what these doubts share, and no case has to be split for it.
        """
        for one in self._unshown:
            fact = self._book.doubt(
                f"more resources of {one.graph.name} for {service}",
                ("harmless", "harmful"),
                one.text,
                one.remedy,
                location=one.location,
            )
            yield Case(fact, {"harmless": ALWAYS, "harmful": NEVER})

    def _or_unseen(self, gate: Gate, service: str) -> Gate:
        """Return the gate, or what a file that leaves resources out does not show may stand in for it.

        A partial preview may lack just the other half of a pair: what it shows alone violates nothing.
        """
        unseen = [
            Case(
                self._book.doubt(
                    f"unseen redundancy of {graph.name} for {service}",
                    ("none", "enough"),
                    f"the {graph.source} of {graph.name} leaves resources out, which may be what makes it redundant",
                    _REMEDIES[graph.source],
                    location=graph.project_file,
                ),
                {"none": NEVER, "enough": ALWAYS},
            )
            for graph in self._partial
        ]
        return AnyOf((gate, *unseen)) if unseen else gate

    def _inferred(self, things: Things) -> Iterator[Service]:
        """Yield a service for each place where the programs show that consumers may enter."""
        for entry in shown(things, self._parts):
            thing = entry.thing
            reason = Reason(entry.why, Basis.ASSUMED, thing.location)
            gate = self._or_unseen(Up(thing.id, Nature.PATH, reason), entry.name)
            needs = (*self._hidden(entry.name), *self._bordering(things))
            yield Service(
                entry.name, gate, needs=needs, declared=False, location=thing.location, stack=thing.graph.name
            )

    def _bordering(self, things: Things) -> Iterator[Gate]:
        """Yield a doubtful need for each firewall: without declared sites nobody says whose traffic it carries."""
        if self._declarations.sites:
            return
        for thing in things.all:
            if thing.id in self._parts.all and self._parts.all[thing.id].role == "firewall":
                reason = Reason(f"{thing.label} may carry the traffic of the service", Basis.UNKNOWN, thing.location)
                yield self._parts.doubtful(
                    f"traffic passes {thing.id}",
                    Up(thing.id, Nature.PATH, reason),
                    f"nothing says whether traffic passes {thing.label}",
                    "declare `sites` with their `perimeter` in resilience.yaml",
                    reason,
                )
