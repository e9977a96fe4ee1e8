"""The definitions, word by word: up = μM. νX. μY, for many fault sets at once, one bit each.

Nothing here is clever: every state is evaluated again until nothing changes. A state is something read by someone
within some time; who reads it matters only for what has no place of its own, and is then read from where it is asked.
"""

from __future__ import annotations

import itertools
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from tests.properties.from_declarations.world import (
    STATEFUL,
    Completion,
    Doc,
    Spot,
    completions,
    ends,
    events,
    perimeter,
    seconds,
    section,
    spots,
    voters,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

Nature = Literal["path", "need", "mover"]
Reader = tuple[str, str] | None
"""Who reads: ("site", ID), ("border", ID) for a firewall of that site's border, ("consumer", ID), or nobody placed."""
State = tuple[Any, ...]
_NOTHING = 0


class Evaluation:
    """What is up of one document in one completion, under each of the fault sets (bit i: under the i-th)."""

    def __init__(
        self, doc: Doc, completion: Completion, sets: Sequence[Collection[str]], *, instant: bool, within_rpo: bool
    ) -> None:
        self.doc, self.completion, self.instant, self.within_rpo = doc, completion, instant, within_rpo
        self.everything = (1 << len(sets)) - 1
        hits = events(doc, completion)
        self.down: dict[str, int] = {}
        for number, faults in enumerate(sets):
            for thing in {thing for event in faults for thing in hits[event]}:
                self.down[thing] = self.down.get(thing, 0) | 1 << number
        self.components, self.links = section(doc, "components"), section(doc, "links")
        self.consumers, self.services = section(doc, "consumers"), section(doc, "services")
        self.rpo = 0.0
        self.seen: dict[State, None] = {}
        self.tables: dict[Nature, dict[State, int]] = {}
        self.routes: dict[tuple[str, str], list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}

    # -- what is asked -----------------------------------------------------------------------------------------------

    def outcome(self, service: str) -> tuple[int, int]:
        """Return under which fault sets the service is lost, and under which it is lost or degraded."""
        data = self.services[service]
        unsaid = float("inf") if self.completion.well(("rpo", service)) else 0.0
        self.rpo = seconds(data["rpo"]) if "rpo" in data else unsaid
        unsaid = float("inf") if self.completion.well(("rto", service)) else 0.0
        time = 0.0 if self.instant else seconds(data["rto"]) if "rto" in data else unsaid
        asked: list[State] = [("service", service, ("consumer", name), time) for name in data.get("consumers", ())]
        up = self._solved(asked or [("service", service, None, time)])
        lost = [self.everything & ~found for found in up]
        critical = [
            found
            for name, found in zip(data.get("consumers", ()), lost, strict=False)
            if self.consumers[name].get("critical")
        ]
        everyone = self._every(lost)
        return everyone | self._any(critical), self._any(lost)

    def _solved(self, wanted: list[State]) -> list[int]:
        self.seen = dict.fromkeys(wanted)
        moved: dict[State, int] = {}
        while True:
            steady: dict[State, int] = {}
            while True:
                carried: dict[State, int] = {}
                while True:
                    self.tables = {"mover": moved, "need": steady, "path": carried}
                    again = {state: self._value(state) for state in list(self.seen)}
                    if again == carried:
                        break
                    carried = again
                if carried == steady:
                    break
                steady = carried
            if steady == moved:
                return [moved[state] for state in wanted]
            moved = steady

    # -- one state ---------------------------------------------------------------------------------------------------

    def _read(self, state: State, nature: Nature) -> int:
        self.seen.setdefault(state)
        return self.tables[nature].get(state, self.everything if nature == "need" else _NOTHING)

    def _value(self, state: State) -> int:
        match state:
            case ("service", name, reader, time):
                entry = self._leaf(self.services[name]["entry"], "path", reader, time, name)
                return entry & self._needs(name, None, time)
            case ("name", name, reader, time, served):
                return self._fine(f"component {name}") & self._gates(name, reader, time, served)
            case ("spot", name, spot, time):
                return self._fine(spot.name) & self._gates(name, self._inside(name, spot), time, None)
        raise AssertionError(state)

    def _fine(self, thing: str) -> int:
        return self.everything & ~self.down.get(thing, 0)

    def _inside(self, name: str, spot: Spot) -> Reader:
        return ("border" if name in (perimeter(self.doc, spot.site) or ()) else "site", spot.site)

    def _leaf(self, name: str, nature: Nature, reader: Reader, time: float, served: str | None) -> int:
        """Return when a component is up and reached; where it serves a service, with what that needs from there."""
        found = spots(self.doc, name)
        if not found:
            return self._read(("name", name, reader, time, served), nature)
        return self._any(
            self._read(("spot", name, spot, time), nature)
            & self._flow(reader, self._inside(name, spot), nature, time)
            & self._needs(served, self._inside(name, spot), time)
            for spot in found
        )

    def _edge(self, edge: Any, reader: Reader, time: float, served: str | None, by: Nature = "need") -> int:
        data: dict[str, Any] = {"component": edge} if isinstance(edge, str) else edge
        nature: Nature = data.get("nature", by)
        name: str = data.get("component") or data["service"]
        if name in self.services:
            return self._read(("service", name, reader, time), nature)
        return self._leaf(name, nature, reader, time, served)

    def _needs(self, served: str | None, reader: Reader, time: float) -> int:
        needs = self.services[served].get("needs", ()) if served else ()
        return self._every(self._edge(need, reader, time, None) for need in needs)

    # -- gates -------------------------------------------------------------------------------------------------------

    def _gates(self, name: str, reader: Reader, time: float, served: str | None) -> int:
        data = self.components[name]
        up = self._every(
            self._edge(edge, reader, time, served if isinstance(edge, dict) and edge.get("nature") == "path" else None)
            for edge in data.get("requires", ())
        )
        if "any-of" in data:
            up &= self._any(self._edge(edge, reader, time, served) for edge in data["any-of"])
        if "at-least" in data:
            members = [self._edge(edge, reader, time, served) for edge in data["at-least"]["of"]]
            groups = itertools.combinations(members, data["at-least"]["k"])
            up &= self._any(self._every(group) for group in groups)
        if "quorum" in data:
            up &= self._quorum(name, reader, time, served)
        if "failover" in data:
            up &= self._failover(name, reader, time, served)
        return up

    def _failover(self, name: str, reader: Reader, time: float, served: str | None) -> int:
        failover = self.components[name]["failover"]
        up = self._edge(failover["primary"], reader, time, served)
        if self._move(name) > time or self._move(name) == float("inf") or not self._recent(name):
            return up
        left = time - self._move(name)
        needs = failover["mover"].get("needs", [])
        needs = needs if isinstance(needs, list) else [needs]
        mover = self._every(self._edge(need, reader, left, None, "mover") for need in needs)
        return up | mover & self._any(self._edge(to, reader, left, served) for to in failover["standby"])

    def _move(self, name: str) -> float:
        """Return how long a component's move takes: endless without a mover, or where it turns out not to work."""
        mover = self.components[name]["failover"].get("mover")
        if mover is None:
            return float("inf")
        steps = [seconds(mover[step]) for step in ("detect", "decide", "promote") if step in mover]
        if mover["mode"] == "manual":
            return sum(steps) if steps else float("inf")
        known = "detect" in mover and "promote" in mover
        return sum(steps) if known or self.completion.well(("move", name)) else float("inf")

    def _recent(self, name: str) -> bool:
        """Return whether the standby has the data that the question asks for."""
        data = self.components[name]
        replication = data["failover"].get("replication")
        if not self.within_rpo:
            return True
        if replication is None:
            return data.get("role") not in STATEFUL or self.completion.well(("lag", name))
        if replication["mode"] == "sync":
            return True
        if "lag" not in replication:
            return self.completion.well(("lag", name))
        return seconds(replication["lag"]) <= self.rpo

    def _quorum(self, name: str, reader: Reader, time: float, served: str | None) -> int:
        votes = [voter.get("votes", 1) for voter in self.components[name]["quorum"]["voters"]]
        found = list(zip(voters(self.doc, name), self.components[name]["quorum"]["voters"], votes, strict=True))
        up = 0
        for size in range(1, len(found) + 1):
            for group in itertools.combinations(found, size):
                if 2 * sum(count for _, _, count in group) > sum(votes):
                    up |= self._group([(there, voter) for there, voter, _ in group], reader, time, served)
        return up

    def _group(self, group: list[tuple[tuple[Spot, ...], Any]], reader: Reader, time: float, served: str | None) -> int:
        places: list[Reader] = []
        live = self.everything
        for there, voter in group:
            name = voter.get("component")
            if name is None:
                live &= self._fine(there[0].name)
                places.append(("site", there[0].site))
            else:
                live &= self._any(self._read(("spot", name, spot, time), "need") for spot in there)
                places.append(self._inside(name, there[0]))
        joined = self._every(self._flow(a, b, "need", time) for a, b in itertools.combinations(places, 2))
        reached = self._any(
            self._flow(reader, place, "need", time) & self._needs(served, place, time) for place in places
        )
        return live & joined & reached

    # -- flows -------------------------------------------------------------------------------------------------------

    def _flow(self, reader: Reader, to: Reader, nature: Nature, time: float) -> int:
        if reader is None or to is None:
            return self.everything
        if reader[0] != "consumer":
            free = {site for kind, site in (reader, to) if kind == "border"}
            return self.everything if reader[1] == to[1] else self._routed(reader[1], to[1], free, nature, time)
        access = self.consumers[reader[1]].get("access")
        if access is None:
            inside = self.everything if to[0] == "border" else self._border(to[1], nature, time)
            return inside if self.completion.well(("access", reader[1])) else 0
        access = access["any-of"] if isinstance(access, dict) else access
        names = [access] if isinstance(access, str) else access
        free = {to[1]} if to[0] == "border" else set()
        return self._any(
            self._fine(f"link {name}") & self._routed(ends(self.links[name])[0], to[1], free, nature, time)
            for name in names
        )

    def _routed(self, start: str, end: str, free: set[str], nature: Nature, time: float) -> int:
        """Return when some route of up links joins two sites, each border on it being passed but the free ones."""
        routes = [
            self._every(self._fine(f"link {link}") for link in links)
            & self._every(self._border(site, nature, time) for site in sites if site not in free)
            for sites, links in self._routes(start, end)
        ]
        if not routes:
            found = self.everything if self.completion.well(("link", *sorted((start, end)))) else 0
            return found & self._every(self._border(site, nature, time) for site in (start, end) if site not in free)
        return self._any(routes)

    def _routes(self, start: str, end: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        if (start, end) not in self.routes:
            self.routes[start, end] = list(self._walk(end, (start,), ()))
        return self.routes[start, end]

    def _walk(
        self, end: str, sites: tuple[str, ...], links: tuple[str, ...]
    ) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
        if sites[-1] == end:
            yield sites, links
            return
        for name, (one, other) in self._joins.items():
            after = other if one == sites[-1] else one if other == sites[-1] else None
            if after is not None and after not in sites:
                yield from self._walk(end, (*sites, after), (*links, name))

    @cached_property
    def _joins(self) -> dict[str, tuple[str, str]]:
        found = {name: ends(link) for name, link in self.links.items()}
        return {name: (two[0], two[1]) for name, two in found.items() if len(two) > 1}

    def _border(self, site: str, nature: Nature, time: float) -> int:
        names = perimeter(self.doc, site)
        if names is None:
            return self.everything if self.completion.well(("perimeter", site)) else 0
        if not names:
            return self.everything
        return self._any(
            self._read(("spot", name, spot, time), nature) for name in names for spot in spots(self.doc, name)
        )

    def _every(self, found: Iterable[int]) -> int:
        up = self.everything
        for each in found:
            up &= each
        return up

    @staticmethod
    def _any(found: Iterable[int]) -> int:
        up = 0
        for each in found:
            up |= each
        return up


def outcomes(
    doc: Doc, sets: Sequence[Collection[str]], *, instant: bool = False, within_rpo: bool = False
) -> dict[str, list[str]]:
    """Return for every service what each fault set does: `no` (surely lost), `yes` (surely kept) or `unknown`."""
    surely, possibly = (
        [
            Evaluation(doc, completion, sets, instant=instant, within_rpo=within_rpo)
            for completion in completions(doc, well=well)
        ]
        for well in (True, False)
    )
    found: dict[str, list[str]] = {}
    for service in section(doc, "services"):
        lost = kept = (1 << len(sets)) - 1
        for best, worst in zip(surely, possibly, strict=True):
            lost &= best.outcome(service)[0]
            kept &= ~worst.outcome(service)[0]
        found[service] = [
            "no" if lost >> number & 1 else "yes" if kept >> number & 1 else "unknown" for number in range(len(sets))
        ]
    return found
