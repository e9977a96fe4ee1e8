"""An independent and deliberately naive evaluation of the semantics: which faults lose which service.

Written from the page of definitions and the estate alone. Every value is the time after which something is up, in
seconds, infinite when it is lost; `up = μM. νX. μY` is computed by three nested loops over all nodes from scratch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from resilience_checks.model.question import Horizon
from resilience_checks.topology.gates import (
    All,
    AnyOf,
    AtLeast,
    Case,
    Failover,
    Gate,
    Nature,
    Quorum,
    Standby,
    Up,
)
from tests.properties.completions import World, children, with_children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from resilience_checks.topology.estate import Estate

LOST = math.inf


@dataclass(frozen=True)
class Origin:
    """Where something is asked from: a site (`border` when its own perimeter is not in the way), or a consumer."""

    site: str | None = None
    consumer: str | None = None
    border: bool = False


NOWHERE = Origin()


@dataclass(frozen=True)
class PartNode:
    """A part as it is read from an origin, and the service whose entry is being read on the way to it."""

    part: str
    origin: Origin
    serves: str | None = None


@dataclass(frozen=True)
class ServiceNode:
    """A service's entry with its needs, read from an origin."""

    service: str
    origin: Origin


@dataclass(frozen=True)
class BorderNode:
    """A site's perimeter, all of its firewalls read in one nature."""

    site: str
    nature: Nature


Node = PartNode | ServiceNode | BorderNode
if TYPE_CHECKING:
    Values = Mapping[Node, float]
    Read = Callable[[Node, Nature], float]


def event_ids(estate: Estate) -> list[str]:
    return [f"{domain.id}/{fault}" for domain in estate.domains.values() for fault in domain.faults]


def lost(
    world: World,
    events: Sequence[str] | frozenset[str],
    service: str,
    horizon: Horizon = Horizon.INSTANT,
    *,
    within_rpo: bool = False,
) -> bool:
    """Return whether these events lose the service in a world in which nothing is open."""
    hit = frozenset(part for event in events for part in hit_by(world.estate, event))
    return lost_after(world, hit, service, horizon, within_rpo=within_rpo)


def lost_after(world: World, hit: frozenset[str], service: str, horizon: Horizon, *, within_rpo: bool = False) -> bool:
    """Return whether the service is lost when these parts are hit."""
    return _Evaluation(world, hit, service, horizon, within_rpo=within_rpo).lost()


def time_until_up(world: World, events: Sequence[str] | frozenset[str], service: str, lag: float) -> float:
    """Return the seconds until the service is up again, however long that takes, when moves may lose `lag` of data."""
    found = replace(world.estate.services[service], rto=math.inf, rpo=lag)
    estate = replace(world.estate, services={**world.estate.services, service: found})
    hit = frozenset(part for event in events for part in hit_by(estate, event))
    open_ended = replace(world, estate=estate)
    return _Evaluation(open_ended, hit, service, Horizon.RTO, within_rpo=True).time()


def hit_by(estate: Estate, event: str) -> frozenset[str]:
    """Return the parts that an event takes down in an estate without open facts."""
    domain = estate.domains.get(event.rpartition("/")[0])
    return frozenset(member.part for member in domain.members) if domain is not None else frozenset()


class _Evaluation:
    def __init__(self, world: World, hit: frozenset[str], service: str, horizon: Horizon, *, within_rpo: bool) -> None:
        self.world = world
        self.estate = world.estate
        self.hit = hit
        self.service = self.estate.services[service]
        assert self.service.rto is not None
        assert self.service.rpo is not None
        self.limit = 0.0 if horizon is Horizon.INSTANT else self.service.rto
        self.rpo = self.service.rpo if within_rpo else math.inf

    def lost(self) -> bool:
        origins = [Origin(consumer=consumer) for consumer in self.service.consumers] or [NOWHERE]
        roots: list[Node] = [ServiceNode(self.service.id, origin) for origin in origins]
        up = self.solve(roots)
        losing = [origin for root, origin in zip(roots, origins, strict=True) if up[root] == LOST]
        critical = any(
            origin.consumer is not None and self.estate.consumers[origin.consumer].critical for origin in losing
        )
        return critical or len(losing) == len(origins)

    def time(self) -> float:
        """Return when the first consumer is served again, and every critical one."""
        origins = [Origin(consumer=consumer) for consumer in self.service.consumers] or [NOWHERE]
        roots: list[Node] = [ServiceNode(self.service.id, origin) for origin in origins]
        up = self.solve(roots)
        critical = [
            up[root]
            for root, origin in zip(roots, origins, strict=True)
            if origin.consumer is not None and self.estate.consumers[origin.consumer].critical
        ]
        return max([min(up[root] for root in roots), *critical])

    # The fixpoint.

    def solve(self, roots: list[Node]) -> Values:
        nodes = self.reached(roots)
        if math.isinf(self.limit):
            # A chain of moves that never comes back to where it was takes less than this; what comes back never ends.
            self.limit = sum(seconds for node in nodes for seconds in _seconds(self.gate_of(node)))
        movers: Values = dict.fromkeys(nodes, LOST)
        while True:
            needs: Values = dict.fromkeys(nodes, 0.0)
            while True:
                paths: Values = dict.fromkeys(nodes, LOST)
                while (better := self.step(movers, needs, paths)) != paths:
                    paths = better
                if paths == needs:
                    break
                needs = paths
            if needs == movers:
                return movers
            movers = needs

    def step(self, movers: Values, needs: Values, paths: Values) -> Values:
        by_nature = {Nature.MOVER: movers, Nature.NEED: needs, Nature.PATH: paths}
        return {node: self.value(node, lambda other, nature: by_nature[nature][other]) for node in paths}

    def reached(self, roots: list[Node]) -> list[Node]:
        found = dict.fromkeys(roots)
        queue = list(roots)

        def note(node: Node, nature: Nature) -> float:
            assert nature is not Nature.UNKNOWN
            if node not in found:
                found[node] = None
                queue.append(node)
            return LOST

        while queue:
            self.value(queue.pop(), note)
        return list(found)

    # One node.

    def gate_of(self, node: Node) -> list[Gate]:
        match node:
            case PartNode(part=part):
                return [self.estate.parts[part].gate]
            case BorderNode(site=site):
                perimeter = self.estate.sites[site].perimeter
                return [] if perimeter is None else [perimeter]
            case ServiceNode(service=name):
                service = self.estate.services[name]
                return [service.entry, *service.needs]
            case _:
                assert_never(node)

    def value(self, node: Node, read: Read) -> float:
        match node:
            case PartNode(part=name, origin=origin, serves=serves):
                return LOST if name in self.hit else self.gate(self.estate.parts[name].gate, origin, serves, read)
            case BorderNode(site=site, nature=nature):
                (perimeter,) = self.gate_of(node)
                return self.gate(_in_nature(perimeter, nature), Origin(site, border=True), None, read)
            case ServiceNode(service=name, origin=origin):
                entry = self.gate(self.estate.services[name].entry, origin, name, read)
                return max(entry, self.needs(name, NOWHERE, read))
            case _:
                assert_never(node)

    def needs(self, service: str, origin: Origin, read: Read) -> float:
        return max((self.gate(need, origin, None, read) for need in self.estate.services[service].needs), default=0.0)

    # Gates.

    def gate(self, gate: Gate, origin: Origin, serves: str | None, read: Read) -> float:
        match gate:
            case Up(target=target, nature=nature):
                return self.up(target, nature, origin, serves if nature is Nature.PATH else None, read)
            case All(items=items):
                return max((self.gate(item, origin, serves, read) for item in items), default=0.0)
            case AnyOf(items=items):
                return min([self.gate(item, origin, serves, read) for item in items], default=LOST)
            case AtLeast(k=k, items=items):
                times = sorted([self.gate(item, origin, serves, read) for item in items])
                return times[k - 1] if k <= len(times) else LOST
            case Failover(primary=primary, standbys=standbys):
                moves = [self.move(standby, origin, serves, read) for standby in standbys]
                return min([self.gate(primary, origin, serves, read), *moves])
            case Quorum():
                return self.quorum(gate, origin, serves, read)
            case Case():
                raise AssertionError("nothing is open here")
            case _:
                assert_never(gate)

    def move(self, standby: Standby, origin: Origin, serves: str | None, read: Read) -> float:
        ready = max(self.gate(standby.gate, origin, serves, read), self.gate(standby.mover, origin, None, read))
        done = ready + standby.seconds
        return done if done <= self.limit and (standby.lag or 0) <= self.rpo else LOST

    def up(self, target: str, nature: Nature, origin: Origin, serves: str | None, read: Read) -> float:
        if target.startswith("service:"):
            return read(ServiceNode(target.removeprefix("service:"), origin), nature)
        site = self.site(target)
        if site is None:
            return read(PartNode(target, origin, serves), nature)
        itself = read(PartNode(target, Origin(site, border=self.in_border(target, site))), nature)
        needs = 0.0 if serves is None else self.needs(serves, Origin(site), read)
        return max(itself, needs, self.flow(origin, site, nature, read))

    def site(self, part: str) -> str | None:
        site = self.estate.parts[part].site
        assert site is None or isinstance(site, str)
        return site

    def in_border(self, part: str, site: str) -> bool:
        """Return whether a part is a firewall of its own site's perimeter, named there or through parts without place."""
        perimeter = self.estate.sites[site].perimeter
        queue, seen = [] if perimeter is None else list(_targets(perimeter)), set()
        while queue:
            target = queue.pop()
            if target in seen or target.startswith("service:"):
                continue
            seen.add(target)
            if self.site(target) is None:
                queue += _targets(self.estate.parts[target].gate)
        return part in seen

    def quorum(self, quorum: Quorum, origin: Origin, serves: str | None, read: Read) -> float:
        """Return when somebody reaches a spot where a voter is met from which more than half of the votes are reached."""
        needed = sum(vote.votes for vote in quorum.votes) // 2 + 1
        found = [LOST]
        for spot in {spot for vote in quorum.votes for spot in self.spots(vote.voter)}:
            site = self.site(spot)
            start = NOWHERE if site is None else Origin(site)
            times = sorted(
                self.up(vote.voter, quorum.nature, start, None, read)
                for vote in quorum.votes
                for _ in range(vote.votes)
            )
            if needed <= len(times):
                found.append(max(self.up(spot, quorum.nature, origin, serves, read), times[needed - 1]))
        return min(found)

    def spots(self, voter: str) -> set[str]:
        """Return where a voter is met: at its place, or where what it leads to stands; what leads nowhere is met itself."""
        queue, seen, found = [voter], {voter}, set()
        while queue:
            name = queue.pop()
            leads = [] if self.site(name) is not None else list(_stands_at(self.estate.parts[name].gate))
            parts = {target for target in leads if not target.startswith("service:")}
            if len(parts) < len(set(leads)) or not leads:
                found.add(name)
            queue += parts - seen
            seen |= parts
        return found or {voter}

    # Flows.

    def flow(self, origin: Origin, site: str, nature: Nature, read: Read) -> float:
        if origin.consumer is not None:
            return self.entering(origin.consumer, site, read)
        if origin.site is None or origin.site == site:
            return 0.0
        return min([self.along(route, origin, nature, read) for route in self.routes(origin.site, site)], default=LOST)

    def entering(self, consumer: str, site: str, read: Read) -> float:
        """Return when a consumer's traffic, which is a path, arrives at a site."""
        access = self.estate.consumers[consumer].access
        if access is None:
            border = self.border(site, Nature.PATH, read)
            return border if consumer in self.world.reaching else LOST
        ways = [LOST]
        for link in access:
            (end,) = self.estate.links[link].ends
            for route in self.routes(end, site) if end != site else [((site,), ())]:
                way = self.along(route, Origin(end), Nature.PATH, read)
                ways.append(max(way, self.link(link, Nature.PATH, read)))
        return min(ways)

    def along(
        self, route: tuple[tuple[str, ...], tuple[str, ...]], origin: Origin, nature: Nature, read: Read
    ) -> float:
        sites, links = route
        borders = [self.border(site, nature, read) for site in (sites[1:] if origin.border else sites)]
        return max([*borders, *(self.link(link, nature, read) for link in links)])

    def routes(self, start: str, end: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Yield each way from one site to another that passes no site twice: its sites, and its links."""
        if frozenset((start, end)) in self.world.direct:
            yield (start, end), ()
        yield from self.longer(((start,), ()), end)

    def longer(
        self, route: tuple[tuple[str, ...], tuple[str, ...]], end: str
    ) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        sites, links = route
        if sites[-1] == end:
            yield route
            return
        for link in self.estate.links.values():
            if len(link.ends) == 2 and sites[-1] in link.ends:
                (there,) = set(link.ends) - {sites[-1]}
                if there not in sites:
                    yield from self.longer(((*sites, there), (*links, link.id)), end)

    def border(self, site: str, nature: Nature, read: Read) -> float:
        return read(BorderNode(site, nature), nature)

    def link(self, link: str, nature: Nature, read: Read) -> float:
        return self.up(self.estate.links[link].part, nature, NOWHERE, None, read)


def _seconds(gates: list[Gate]) -> Iterator[float]:
    for gate in gates:
        if isinstance(gate, Failover):
            yield from (standby.seconds for standby in gate.standbys)
        yield from _seconds([child for _, child in children(gate)])


def _in_nature(gate: Gate, nature: Nature) -> Gate:
    if isinstance(gate, Up | Quorum):
        return replace(gate, nature=nature)
    return with_children(gate, {step: _in_nature(child, nature) for step, child in children(gate)})


def _targets(gate: Gate) -> Iterator[str]:
    if isinstance(gate, Up):
        yield gate.target
    for _, child in children(gate):
        yield from _targets(child)


def _stands_at(gate: Gate) -> Iterator[str]:
    match gate:
        case Up(target=target):
            yield target
        case Quorum(votes=votes):
            yield from (vote.voter for vote in votes)
        case Failover(primary=primary, standbys=standbys):
            for child in (primary, *(standby.gate for standby in standbys)):
                yield from _stands_at(child)
        case _:
            for _, child in children(gate):
                yield from _stands_at(child)
