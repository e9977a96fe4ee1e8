"""Flows: how something at one place reaches something at another (SEMANTICS, section 2).

A flow is up if some route of up links joins its ends and each site left, entered or passed has a live firewall
of its perimeter; links and firewalls are read in the nature of the edge. What nobody declared is a fact of its
own: up in one completion, lost in the other.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

from resilience_checks.analysis.expressions import FALSE, TRUE, Expression, Ref, both, choice, either
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Fact
from resilience_checks.topology.gates import Nature, targets

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.topology.estate import Consumer, Estate, Site
    from resilience_checks.topology.gates import Gate

_UP, _LOST = "up", "lost"


class Compiler(Protocol):
    """What flows ask of the compiler that they are a part of."""

    @property
    def estate(self) -> Estate:
        """The estate that is compiled."""

    def add(self, key: tuple[str, ...], label: str, part: str | None = None) -> tuple[int, bool]:
        """Return the node under a key, and whether it is new."""

    def define(self, node: int, expression: Expression) -> None:
        """Say when a node is up."""

    def later(self, node: int, expression: Callable[[], Expression]) -> None:
        """Say when a node is up once all that is at hand is done: chains may be long."""

    def tell(self, node: int, lost: Reason, who: str = "") -> None:
        """Say what the loss of a node means."""

    def doubt(self, fact: Fact) -> str:
        """Take up a fact that the page itself implies."""

    def gate(self, gate: Gate, origin: str, serving: str = "", nature: Nature | None = None) -> Expression:
        """Return the gate as read from `origin`."""


class Flows:
    """Compiles flows; the sites reached from one origin are nodes, so that routes are shared."""

    def __init__(self, compiler: Compiler) -> None:
        """Index the declared links."""
        self._compiler, self._estate = compiler, compiler.estate
        self._neighbours: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for link in self._estate.links.values():
            if len(link.ends) == 2:  # noqa: PLR2004 a link joins two sites
                one, other = link.ends
                self._neighbours[one].append((other, link.part))
                self._neighbours[other].append((one, link.part))
        self._connected: dict[str, frozenset[str]] = {}
        self._borders: dict[str, frozenset[str]] = {}

    def between(self, origin: str, site: str, nature: Nature, why: Reason | None = None) -> Expression:
        """Return that traffic from `origin` (`site:ID`, `border:ID`, `consumer:ID` or nothing) reaches the site.

        `why` says what the traffic is for.
        """
        kind, _, name = origin.partition(":")
        if not kind or (kind != "consumer" and name == site):
            return TRUE
        if kind != "consumer":
            if site not in self._reachable(name):
                return self._unknown_link(origin, site, nature)
            return Ref(self._reached(origin, site, nature), nature, why)
        consumer = self._estate.consumers[name]
        if consumer.access is None:
            return self._unknown_access(consumer, site, nature)
        ends = self._access_ends(consumer)
        apart = [end for end in ends if site not in self._reachable(end)]
        if not apart:
            return Ref(self._reached(origin, site, nature), nature, why)
        onward = [
            both(Ref(self._reached(origin, end, nature), nature), self._unknown_link(f"site:{end}", site, nature))
            for end in dict.fromkeys(apart)
        ]
        if len(apart) < len(ends):
            onward.append(Ref(self._reached(origin, site, nature), nature, why))
        return either(*onward)

    def perimeter(self, site: str, nature: Nature) -> Expression:
        """Return that traffic can cross the border of the site."""
        found = self._estate.sites.get(site)
        if found is None or found.perimeter is None:
            return self._unstated(site, found)
        index, new = self._compiler.add(("border", site, str(nature)), f"the perimeter of {site}")
        if new:
            self._compiler.tell(index, Reason(f"nothing crosses the border of site {site}", location=found.location))
            gate = self._compiler.gate(found.perimeter, f"border:{site}", nature=nature)
            self._compiler.define(index, gate)
        return Ref(index, nature)

    def place(self, part: str, site: str) -> str:
        """Return the origin of what a placed part reads: a firewall of its own site's perimeter stands at the border.

        It does not need its own site's firewalls.
        """
        return f"border:{site}" if part in self._firewalls(site) else f"site:{site}"

    def _firewalls(self, site: str) -> frozenset[str]:
        """Return the parts of a site's perimeter, named there or reached through parts without a place."""
        if site not in self._borders:
            found = self._estate.sites.get(site)
            pending = list(targets(found.perimeter)) if found is not None and found.perimeter is not None else []
            seen: set[str] = set()
            while pending:
                part = pending.pop()
                if part in seen or part not in self._estate.parts:
                    continue
                seen.add(part)
                if self._estate.parts[part].site is None:
                    pending += targets(self._estate.parts[part].gate)
            self._borders[site] = frozenset(seen)
        return self._borders[site]

    def _reached(self, origin: str, site: str, nature: Nature) -> int:
        """Return the node 'the site is reached from the origin': directly, or over one more link from a site that is."""
        name = origin.partition(":")[2]
        index, new = self._compiler.add(("reached", origin, site, str(nature)), f"the way from {name} to {site}")
        if not new or origin == f"border:{site}":
            return index
        self._tell_way(index, origin, site)
        self._compiler.later(index, lambda: self._ways(origin, site, nature))
        return index

    def _ways(self, origin: str, site: str, nature: Nature) -> Expression:
        name = origin.partition(":")[2]
        ways: list[Expression] = []
        if origin == f"site:{site}":
            ways.append(TRUE)
        if origin.startswith("consumer:"):
            ways += [self._link(link, nature) for link in self._access(name, site)]
        for neighbour, part in sorted(self._neighbours[site]):
            ways.append(both(Ref(self._reached(origin, neighbour, nature), Nature.PATH), self._link(part, nature)))
        return both(either(*ways), self.perimeter(site, nature))

    def _tell_way(self, node: int, origin: str, site: str) -> None:
        kind, _, name = origin.partition(":")
        if kind == "consumer":
            text, location = f"no way from {{who}} to site {site} is left", self._estate.consumers[name].location
            self._compiler.tell(node, Reason(text, location=location), name)
        else:
            found = self._estate.sites.get(site)
            where = f"site {site} is cut off" if name == site else f"no way from site {name} to site {site} is left"
            self._compiler.tell(node, Reason(where, location=found.location if found else None))

    def _link(self, part: str, nature: Nature) -> Expression:
        """Return that the link itself is up: a link is where its ends are, so no flow leads to it."""
        found = self._estate.parts[part]
        why = Reason(f"traffic takes {found.label}", location=found.location)
        index, new = self._compiler.add(("part", part, "", ""), found.label, part)
        if new:
            self._compiler.define(index, self._compiler.gate(found.gate, ""))
        return Ref(index, nature, why)

    def _access(self, consumer: str, site: str) -> list[str]:
        names = self._estate.consumers[consumer].access or ()
        return [self._estate.links[name].part for name in names if site in self._estate.links[name].ends]

    def _access_ends(self, consumer: Consumer) -> list[str]:
        return [end for name in consumer.access or () for end in self._estate.links[name].ends]

    def _reachable(self, site: str) -> frozenset[str]:
        """Return the sites that declared links join with this one, whatever is up."""
        if site not in self._connected:
            found, pending = {site}, [site]
            while pending:
                for neighbour, _ in self._neighbours[pending.pop()]:
                    if neighbour not in found:
                        found.add(neighbour)
                        pending.append(neighbour)
            self._connected.update(dict.fromkeys(found, frozenset(found)))
        return self._connected[site]

    def _unknown_link(self, origin: str, other: str, nature: Nature) -> Expression:
        kind, _, one = origin.partition(":")
        first, second = sorted((one, other))
        why = f"no link between sites {first} and {second} is declared"
        fact = self._fact(
            f"link between {first} and {second}", why, "declare the links between the sites under `links`"
        )
        left = TRUE if kind == "border" else self.perimeter(one, nature)
        there = both(left, self.perimeter(other, nature))
        return choice(fact, {_UP: there, _LOST: FALSE})

    def _unknown_access(self, consumer: Consumer, site: str, nature: Nature) -> Expression:
        why = f"no link from {consumer.id} to site {site} is declared"
        fact = self._fact(f"access of {consumer.id} to {site}", why, f"declare `access` of {consumer.id}", consumer)
        return choice(fact, {_UP: self.perimeter(site, nature), _LOST: FALSE})

    def _unstated(self, site: str, found: Site | None) -> Expression:
        why = f"whether firewalls stand at the border of site {site} is not stated"
        fact = self._fact(f"perimeter of {site}", why, f"declare `perimeter` of {site}, or `perimeter: none`", found)
        return choice(fact, {_UP: TRUE, _LOST: FALSE})

    def _fact(self, key: str, why: str, remedy: str, about: Site | Consumer | None = None) -> str:
        location = about.location if about is not None else None
        return self._compiler.doubt(Fact(key, (_UP, _LOST), Reason(why, Basis.UNKNOWN, location), remedy))
