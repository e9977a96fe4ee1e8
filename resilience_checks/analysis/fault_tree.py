"""Compiles an estate into one system of equations (SEMANTICS, section 2).

A node is a part as it is read from somewhere: `origin` is the site or consumer from which a part without a place
of its own is read; a placed part is read from its own site, so it is one node. `serving` names the service that
is being served on the way down from its entry: the first placed part there must reach what the service needs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from sys import intern
from typing import TYPE_CHECKING

from resilience_checks.analysis.expressions import (
    TRUE,
    Expression,
    Move,
    Ref,
    Threshold,
    both,
    choice,
    either,
    once_started,
    scan,
)
from resilience_checks.analysis.flows import Flows
from resilience_checks.analysis.majorities import Majorities
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Condition, Fact, PlacedWhen
from resilience_checks.topology.gates import (
    ALWAYS,
    All,
    AnyOf,
    AtLeast,
    Case,
    Failover,
    Gate,
    Nature,
    Quorum,
    Up,
    targets,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from resilience_checks.topology.estate import Aid, Domain, Estate, Part, Service

NOTHING = ""
"""The origin of what is read from no place in particular."""
_MAYBE = "?"
"""Before the name of a service that may be served along an edge of unknown nature."""


@dataclass(slots=True)
class Node:
    """One equation: up when no hit holds and the expression does."""

    label: str
    part: str | None
    expression: Expression = TRUE
    hits: tuple[tuple[str, Condition], ...] = ()
    lost: Reason | None = None
    """What its loss means, in words, where it is no part; `{who}` stands for the consumer from which it is read."""
    who: str = ""


@dataclass
class FaultTree:
    """The system of equations, the root of every service, and every fact that stands in it."""

    nodes: list[Node] = field(default_factory=list)
    roots: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    consumers: dict[str, dict[str, int]] = field(default_factory=dict)
    """For each service the node of every consumer's view of it."""
    each: dict[str, int] = field(default_factory=dict)
    """For each service with several consumers the node that is up while all of them have it."""
    beside: dict[tuple[str, bool, str], int] = field(default_factory=dict)
    """For a sort of aid, whether any one of them is enough, and a service: up while the service or these aids are."""
    _repeated: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def repeated(self, node: int) -> tuple[str, ...]:
        """Return the facts that stand more than once in the equation of a node, sorted."""
        found = self._repeated.get(node)
        if found is None:
            names = scan(self.nodes[node].expression).facts
            found = tuple(sorted({name for name in names if names.count(name) > 1}))
            self._repeated[node] = found
        return found


def compile_estate(estate: Estate) -> FaultTree:
    """Return the equations of all services of the estate."""
    return _Compiler(estate).tree()


class _Compiler:
    """Compiles parts on demand, starting at the services."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.system = FaultTree(facts=dict(estate.facts))
        self._nodes: dict[tuple[str, ...], int] = {}
        self._pending: list[tuple[int, Callable[[], Expression]]] = []
        self._fronts = _fronts(estate)
        self._hits = hits(estate.domains.values())
        self.flows = Flows(self)
        self.majorities = Majorities(self)

    def tree(self) -> FaultTree:
        for service in self.estate.services.values():
            self.system.roots[service.id] = self._root(service)
        self._beside()
        while self._pending:
            index, expression = self._pending.pop()
            self.define(index, expression())
        del self.flows, self.majorities  # each holds this: what only the way here needed goes at once
        return self.system

    def add(self, key: tuple[str, ...], label: str, part: str | None = None) -> tuple[int, bool]:
        """Return the node under a key, and whether it is new."""
        if key in self._nodes:
            return self._nodes[key], False
        index = self._nodes[key] = len(self.system.nodes)
        self.system.nodes.append(Node(label, part, hits=self._hits.get(part, ()) if part is not None else ()))
        return index, True

    def define(self, node: int, expression: Expression) -> None:
        """Say when a node is up."""
        self.system.nodes[node].expression = expression

    def later(self, node: int, expression: Callable[[], Expression]) -> None:
        """Say when a node is up once all that is at hand is done: chains may be long."""
        self._pending.append((node, expression))

    def tell(self, node: int, lost: Reason, who: str = "") -> None:
        """Say what the loss of a node means."""
        self.system.nodes[node].lost, self.system.nodes[node].who = lost, who

    def doubt(self, fact: Fact) -> str:
        """Take up a fact that the page itself implies."""
        self.system.facts.setdefault(fact.id, fact)
        return fact.id

    def values(self, fact: str) -> tuple[str, ...]:
        """Return the values of a fact."""
        return self.system.facts[fact].values

    def gate(self, gate: Gate, origin: str, serving: str = "", nature: Nature | None = None) -> Expression:
        """Return the gate as read from `origin`; `nature` overrides that of its leaves."""
        match gate:
            case Up(target=target, nature=own, why=why, serves=serves, start=start):
                found = self.read(target, origin, nature or own, why, serving, serves=serves)
                return found if start else once_started(found)
            case All(items=items, why=why, shares=shares):
                kept = [self.gate(item, origin, serving, nature) for item in items]
                found = both(*kept)
                if not isinstance(found, Threshold) or not found.k or not found.items:
                    return found
                return replace(found, why=why, shares=shares and sum(item != TRUE for item in kept) > 1)
            case AnyOf(items=items, why=why):
                return either(*(self.gate(item, origin, serving, nature) for item in items), why=why)
            case AtLeast(k=k, items=items, why=why):
                return Threshold(k, tuple(self.gate(item, origin, serving, nature) for item in items), why)
            case Case(fact=fact, branches=branches):
                return choice(
                    fact, {value: self.gate(item, origin, serving, nature) for value, item in branches.items()}
                )
            case Failover(primary=primary, standbys=standbys, why=why):
                moves = (
                    Move(
                        self.gate(standby.gate, origin, serving, nature),
                        self.gate(standby.mover, origin, "", nature),
                        standby.seconds,
                        standby.lag,
                        why,
                        standby.way,
                    )
                    for standby in standbys
                    if standby.moves
                )
                return either(self.gate(primary, origin, serving, nature), *moves, why=why)
            case Quorum():
                return self.majorities.of(gate, origin, serving)

    def read(
        self,
        target: str,
        origin: str,
        nature: Nature,
        why: Reason | None,
        serving: str = "",
        *,
        serves: bool = False,
    ) -> Expression:
        """Return that `target` is up and reached from `origin`."""
        if target.startswith("service:"):
            return Ref(self._service(self.estate.services[target.removeprefix("service:")], origin), nature, why)
        part = self.estate.parts[target]
        serving = serving if serves else _served_along(nature, serving)
        if isinstance(part.site, PlacedWhen):
            return choice(
                part.site.fact,
                {
                    value: self.read_at(part, site, origin, nature, why, serving)
                    for value, site in part.site.sites.items()
                },
            )
        return self.read_at(part, part.site, origin, nature, why, serving)

    def read_at(
        self, part: Part, site: str | None, origin: str, nature: Nature, why: Reason | None, serving: str
    ) -> Expression:
        """Return that a part is up at its site and reached from `origin`."""
        if site is None:
            return Ref(self._part_node(part, origin, serving), nature, why)
        found = Ref(self._part_node(part, self.flows.place(part.id, site), ""), nature, why)
        return both(self.flows.between(origin, site, nature, why), found, self._needs_from(part, site, serving))

    def _needs_from(self, part: Part, site: str, serving: str) -> Expression:
        """Return that what a service needs is reached from a part that serves it, or may serve it."""
        if not serving:
            return TRUE
        service = self.estate.services[serving.lstrip(_MAYBE)]
        needs = self._needs(service, f"site:{site}")
        if needs is TRUE or not serving.startswith(_MAYBE):
            return needs
        why = f"whether {part.label} serves {service.id}, or is only needed, is not known"
        reason = Reason(why, Basis.UNKNOWN, part.location)
        fact = Fact(f"{part.id} serves {service.id}", ("no", "yes"), reason, "declare the part's `role` and `path`")
        return choice(self.doubt(fact), {"no": TRUE, "yes": needs})

    def _part_node(self, part: Part, origin: str, serving: str) -> int:
        serving = serving if part.id in self._fronts else ""
        index, new = self.add(("part", part.id, origin, serving), part.label, part.id)
        if new and part.gate is not ALWAYS:
            self.later(index, lambda: self.gate(part.gate, origin, serving))
        return index

    def _needs(self, service: Service, origin: str) -> Expression:
        if not service.needs:
            return TRUE
        index, new = self.add(("needs", service.id, origin), f"the needs of {service.id}")
        if new:
            self.later(index, lambda: both(*(self.gate(need, origin) for need in service.needs)))
        return Ref(index, Nature.NEED)

    def _service(self, service: Service, origin: str) -> int:
        index, new = self.add(("service", service.id, origin), service.id)
        if new:
            serving = service.id if service.needs else ""
            self.later(index, lambda: both(self.gate(service.entry, origin, serving), self._needs(service, NOTHING)))
        return index

    def _root(self, service: Service) -> int:
        """Return the node of the top event: lost when all consumers lose it, or a critical one does."""
        views = {name: self._service(service, f"consumer:{name}") for name in service.consumers}
        self.system.consumers[service.id] = views
        if not views:
            return self._service(service, NOTHING)
        index, _ = self.add(("root", service.id), service.id)
        self.define(index, self._seen(views))
        if len(views) > 1:
            every, _ = self.add(("each", service.id), service.id)
            self.define(every, both(*(Ref(node, Nature.PATH) for node in views.values())))
            self.system.each[service.id] = every
        return index

    def _seen(self, views: Mapping[str, int]) -> Expression:
        """Return that some consumer's view is up, and that of each critical one."""
        refs = {name: Ref(node, Nature.PATH) for name, node in views.items()}
        critical = (ref for name, ref in refs.items() if self.estate.consumers[name].critical)
        return both(either(*refs.values()), *critical)

    def _beside(self) -> None:
        """Add for each service that has aids of a sort the node that is lost when both are."""
        found: dict[tuple[str, str], list[Ref]] = {}
        for key, aid in self.estate.aids.items():
            for service in aid.of:
                if service in self.system.roots:
                    consumers = self.estate.services[service].consumers if aid.consumers is None else aid.consumers
                    found.setdefault((aid.sort, service), []).append(self._aid(key, aid, consumers))
        for (sort, service), aids in found.items():
            for enough in (True, False):
                root, _ = self.add(("beside", sort, str(enough), service), service)
                up = either(*aids) if enough else both(*aids)
                self.define(root, either(Ref(self.system.roots[service], Nature.NEED), up))
                self.system.beside[sort, enough, service] = root

    def _aid(self, key: str, aid: Aid, consumers: Sequence[str]) -> Ref:
        """Return that an aid is up: reached by those who use it, as a service is."""
        index, new = self.add(("aid", key, *consumers), key)
        if new and not consumers:
            self.define(index, both(*(self._whole(item) for item in _items(aid.gate))))
        elif new:
            views = {name: self._aid_from(key, aid, f"consumer:{name}") for name in consumers}
            self.define(index, self._seen(views))
        return Ref(index, Nature.NEED)

    def _aid_from(self, key: str, aid: Aid, origin: str) -> int:
        index, new = self.add(("aid from", key, origin), key)
        if new:
            self.later(index, partial(self.gate, aid.gate, origin, nature=Nature.PATH))
        return index

    def _whole(self, gate: Gate) -> Expression:
        """Return that what is used where it stands is up; a service is up where its own consumers reach it."""
        if isinstance(gate, Up) and gate.target.startswith("service:"):
            return Ref(self.system.roots[gate.target.removeprefix("service:")], gate.nature, gate.why)
        return self.gate(gate, NOTHING)


def _items(gate: Gate) -> tuple[Gate, ...]:
    return gate.items if isinstance(gate, All) else (gate,)


def _served_along(nature: Nature, serving: str) -> str:
    """Return what is served past an edge: a path serves on, an edge of unknown nature may."""
    if nature is Nature.UNKNOWN and serving:
        return _MAYBE + serving.lstrip(_MAYBE)
    return serving if nature is Nature.PATH else ""


def _fronts(estate: Estate) -> frozenset[str]:
    """Return the parts without a place from which a placed part may be reached: only there it matters what is served."""
    users: dict[str, list[str]] = {}
    pending: list[str] = []
    for part in estate.parts.values():
        if part.site is not None:
            pending.append(part.id)
        if part.gate is not ALWAYS and not isinstance(part.site, str):
            for target in targets(part.gate):
                users.setdefault(target, []).append(part.id)
    found: set[str] = set()
    while pending:
        for user in users.get(pending.pop(), ()):
            if user not in found:
                found.add(user)
                pending.append(user)
    return frozenset(found)


def hits(domains: Iterable[Domain]) -> dict[str | None, tuple[tuple[str, Condition], ...]]:
    """Return for each part the events that take it down, each with the completions in which it does."""
    found: dict[str | None, list[tuple[str, Condition]]] = {}
    for domain in domains:
        events = [intern(f"{domain.id}/{fault}") for fault in domain.faults]
        alike: dict[Condition, list[tuple[str, Condition]]] = {}
        for member in domain.members:
            hit = alike.get(member.when)
            if hit is None:
                condition = (*domain.exists, *member.when) if member.when else domain.exists
                # One fact may have been given two values: then it never hits.
                never = len(condition) > 1 and len(dict(condition)) < len(set(condition))
                hit = alike[member.when] = [] if never else [(event, condition) for event in events]
            found.setdefault(member.part, []).extend(hit)
    return {part: tuple(dict.fromkeys(events) if len(events) > 1 else events) for part, events in found.items()}
