"""Small random estates: a few sites, parts, domains and facts, joined in every way that the estate can express."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

from resilience_checks.model.question import FaultKind, Horizon, Members, Question
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import (
    Condition,
    Consumer,
    Domain,
    Estate,
    Fact,
    Link,
    Member,
    Part,
    PlacedWhen,
    Service,
    Site,
)
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
    Standby,
    Up,
    Vote,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
Draw = st.DrawFn

SITES = ("north", "south", "third")
KINDS = ("site", "device", "management-plane")
ROLES = ("firewall", "compute")
NATURES = (Nature.NEED, Nature.PATH, Nature.PATH, Nature.MOVER, Nature.UNKNOWN)
NEED_NATURES = (Nature.NEED, Nature.NEED, Nature.MOVER)
SECONDS = (0, 2, 5)


def some(things: Sequence[T], low: int, high: int) -> st.SearchStrategy[list[T]]:
    """Return a strategy of a few different ones of `things`, in order."""
    if not things:
        return st.just([])
    chosen = st.lists(st.sampled_from(range(len(things))), min_size=min(low, len(things)), max_size=high, unique=True)
    return chosen.map(lambda numbers: [things[number] for number in sorted(numbers)])


def seldom(draw: Draw, one_in: int) -> bool:
    return draw(st.integers(0, one_in - 1)) == one_in - 1


class _Drawing:
    """What has been drawn so far, and what everything else may refer to."""

    def __init__(self, draw: Draw, *, facts: int, monotone_groups: bool, settled: bool) -> None:
        self.draw = draw
        self.settled = settled
        self.quorums = not monotone_groups
        self.sites = SITES[: draw(st.integers(0, 3))]
        self.parts = [f"part {number}" for number in range(1, draw(st.integers(1, 6)) + 1)]
        self.services = ["record", "mail"][: draw(st.integers(1, 2))]
        self.facts = {
            name: Fact(name, ("x", "y", "z")[: draw(st.integers(2, 3))], Reason(name, Basis.UNKNOWN), "say it")
            for name in ["a", "b", "c"][: draw(st.integers(0, facts))]
        }
        self.natures: tuple[Nature, ...] = self.known(NATURES)
        self.places = {name: self.place() for name in self.parts}

    def known(self, values: tuple[T, ...]) -> tuple[T, ...]:
        """Return the values that leave nothing open, all of them where that may be."""
        return tuple(one for one in values if one is not None and one is not Nature.UNKNOWN) if self.settled else values

    def condition(self, one_in: int) -> Condition:
        if not self.facts or not seldom(self.draw, one_in):
            return ()
        fact = self.draw(st.sampled_from(list(self.facts.values())))
        return ((fact.id, self.draw(st.sampled_from(fact.values))),)

    def place(self) -> str | PlacedWhen | None:
        if not self.sites:
            return None
        if self.facts and seldom(self.draw, 6):
            fact = self.draw(st.sampled_from(list(self.facts.values())))
            return PlacedWhen(
                fact.id, {value: self.draw(st.sampled_from((*self.sites, None))) for value in fact.values}
            )
        return self.draw(st.sampled_from((None, *self.sites)))

    # Gates.

    def up(self, *, services: bool) -> Up:
        named = [f"service:{name}" for name in self.services] if services and seldom(self.draw, 4) else self.parts
        return Up(self.draw(st.sampled_from(named)), self.draw(st.sampled_from(self.natures)))

    def ups(self, low: int, high: int, *, services: bool) -> tuple[Gate, ...]:
        return tuple(self.up(services=services) for _ in range(self.draw(st.integers(low, high))))

    def gate(self, depth: int = 2, *, services: bool = True) -> Gate:
        kinds = ["up", "up", "any", "all", "at-least", "failover"]
        kinds += ["quorum"] if self.quorums else []
        kinds += ["case"] if self.facts else []
        match self.draw(st.sampled_from(kinds)) if depth else "up":
            case "any":
                return AnyOf(self.items(depth, services=services))
            case "all":
                return All(self.items(depth, services=services))
            case "at-least":
                items = self.items(depth, services=services)
                return AtLeast(self.draw(st.integers(1, max(1, len(items)))), items)
            case "failover":
                return self.failover(depth, services=services)
            case "quorum":
                return self.quorum()
            case "case":
                fact = self.draw(st.sampled_from(list(self.facts.values())))
                return Case(fact.id, {value: self.branch(depth, services=services) for value in fact.values})
            case _:
                return self.up(services=services)

    def items(self, depth: int, *, services: bool) -> tuple[Gate, ...]:
        size = self.draw(st.integers(0, 3)) if seldom(self.draw, 8) else self.draw(st.integers(2, 3))
        return tuple(self.gate(depth - 1, services=services) for _ in range(size))

    def branch(self, depth: int, *, services: bool) -> Gate:
        return (
            self.draw(st.sampled_from((ALWAYS, AnyOf(()))))
            if seldom(self.draw, 3)
            else self.gate(depth - 1, services=services)
        )

    def failover(self, depth: int, *, services: bool) -> Failover:
        standbys = []
        for _ in range(self.draw(st.integers(1, 2))):
            gate = self.gate(depth - 1, services=services)
            mover: Gate = ALWAYS
            if self.draw(st.booleans()):
                mover = Up(self.draw(st.sampled_from(self.parts)), Nature.MOVER)
            seconds = self.draw(st.sampled_from(SECONDS))
            lag = self.draw(st.sampled_from((None, None, 1, 9)))
            standbys.append(Standby(gate, mover, float(seconds), lag))
        return Failover(self.gate(depth - 1, services=services), tuple(standbys))

    def quorum(self) -> Quorum:
        # Who votes has a place, or nobody has: the definitions do not say how a voter without a place is connected.
        voters = self.draw(some(self.draw(st.sampled_from(self.electorates())), 1, 4))
        votes = tuple(Vote(voter, self.draw(st.sampled_from((1, 1, 2))), self.condition(5)) for voter in voters)
        return Quorum(votes, self.draw(st.sampled_from(self.natures)))

    def electorates(self) -> list[list[str]]:
        nowhere = [name for name, place in self.places.items() if place is None]
        placed = [
            name
            for name, place in self.places.items()
            if isinstance(place, str) or (isinstance(place, PlacedWhen) and None not in place.sites.values())
        ]
        return [voters for voters in (placed, nowhere) if voters] or [self.parts[:0]]

    # What an estate is made of.

    def part(self, name: str) -> Part:
        gate = self.gate() if self.draw(st.booleans()) else ALWAYS
        return Part(name, name, self.draw(st.sampled_from(ROLES)), self.places[name], gate)

    def domain(self, number: int, parts: list[str]) -> Domain:
        kind = self.draw(st.sampled_from(KINDS))
        faults = self.draw(some((FaultKind.OUTAGE, FaultKind.BAD_CHANGE), 1, 2))
        members = [Member(part, self.condition(6)) for part in self.draw(some(parts, 1, 3))]
        return Domain(f"{kind}:{number}", kind, f"{kind} {number}", tuple(faults), tuple(members), self.condition(8))

    def site(self, name: str, parts: dict[str, Part]) -> Site:
        match self.draw(st.integers(0, 3)):
            case 0:
                return Site(name, ALWAYS)
            case 1 if not self.settled:
                return Site(name, None)
            case _:
                near = [part.id for part in parts.values() if part.site is None or part.site == name] or self.parts
                walls = tuple(Up(part, Nature.PATH) for part in self.draw(some(near, 1, 2)))
                return Site(name, AnyOf(walls) if len(walls) > 1 else walls[0])

    def links(self) -> dict[str, Link]:
        found: dict[str, Link] = {}
        if not self.sites:
            return found
        for number in range(self.draw(st.integers(0, 2 * len(self.sites)))):
            ends = tuple(self.draw(some(self.sites, 1, 2)))
            found[f"line {number}"] = Link(f"line {number}", f"link line {number}", ends)
        for ends in pairwise(self.sites) if self.settled else ():
            if not any(set(ends) <= set(link.ends) for link in found.values()):
                found[f"line {len(found)}"] = Link(f"line {len(found)}", f"link line {len(found)}", ends)
        return found

    def consumer(self, name: str, links: dict[str, Link]) -> Consumer:
        wires = [link.id for link in links.values() if len(link.ends) == 1]
        unsaid = not self.settled and seldom(self.draw, 4)
        access = None if unsaid or not wires else tuple(self.draw(some(wires, 1, 2)))
        return Consumer(name, "practice", access, critical=seldom(self.draw, 4))

    def service(self, name: str, consumers: Sequence[str]) -> Service:
        self.natures = NEED_NATURES
        needs = tuple(self.gate(1) for _ in range(self.draw(st.sampled_from((0, 0, 1, 2)))))
        self.natures = self.known(NATURES)
        return Service(
            name,
            self.gate(services=False) if seldom(self.draw, 3) else self.up(services=False),
            rto=self.draw(st.sampled_from(self.known((None, 0.0, 4.0, 7.0)))),
            rpo=self.draw(st.sampled_from(self.known((None, 0.0, 5.0)))),
            consumers=tuple(self.draw(some(consumers, 0, 2))),
            needs=needs,
        )


@st.composite
def estates(draw: Draw, *, facts: int = 2, monotone_groups: bool = False, settled: bool = False) -> Estate:
    """Draw an estate of up to 3 sites, 6 parts, 4 domains and `facts` facts; without quorums if `monotone_groups`.

    With `settled` there are no facts, and nothing else is left open.
    """
    drawing = _Drawing(draw, facts=0 if settled else facts, monotone_groups=monotone_groups, settled=settled)
    links = drawing.links()
    reached = bool(drawing.sites) and not (settled and all(len(link.ends) > 1 for link in links.values()))
    parts = {name: drawing.part(name) for name in drawing.parts}
    lines = {link.part: Part(link.part, link.part, "link") for link in links.values()}
    consumers = {
        name: drawing.consumer(name, links) for name in ("powys", "gwent")[: draw(st.integers(0, 2)) if reached else 0]
    }
    domains = [drawing.domain(number, [*parts, *lines]) for number in range(1, draw(st.integers(1, 4)) + 1)]
    return Estate(
        parts={**parts, **lines},
        domains={domain.id: domain for domain in domains},
        services={name: drawing.service(name, list(consumers)) for name in drawing.services},
        sites={name: drawing.site(name, parts) for name in drawing.sites},
        links=links,
        consumers=consumers,
        facts=drawing.facts,
    )


@st.composite
def questions(draw: Draw) -> Question:
    """Draw a question of order 1 to 3."""
    return Question(
        id="asked",
        faults=tuple(draw(some((FaultKind.OUTAGE, FaultKind.BAD_CHANGE), 1, 2))),
        kinds=tuple(draw(st.sampled_from(((), (), ("device", "site"))))),
        roles=tuple(draw(st.sampled_from(((), (), ("firewall",))))),
        order=draw(st.integers(1, 3)),
        horizon=draw(st.sampled_from(Horizon)),
        within_rpo=draw(st.booleans()),
        members=draw(st.sampled_from((Members.ANY, *Members))),
    )
