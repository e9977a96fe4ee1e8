"""Declared components: roles, units and relations that no program shows, drawn as parts with gates."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError
from resilience_checks.model.question import Holds
from resilience_checks.model.values import Reason
from resilience_checks.topology.alike import are_one
from resilience_checks.topology.bounded import recounted
from resilience_checks.topology.declared import Component, Edge, Named, ReplicationMode, Sort
from resilience_checks.topology.estate import Part
from resilience_checks.topology.gates import (
    ALWAYS,
    NEVER,
    AnyOf,
    Case,
    Failover,
    Gate,
    Nature,
    Quorum,
    Standby,
    Up,
    Vote,
    Way,
    once_started,
    serving,
)
from resilience_checks.topology.parts import Parts, at_least, every
from resilience_checks.topology.replication import loss, with_lag
from resilience_checks.topology.steps import mover_terms, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.topology import declared
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.placement import Placements
    from resilience_checks.topology.places import Place
    from resilience_checks.topology.selection import Selection
    from resilience_checks.topology.selectors import Select
    from resilience_checks.topology.things import Thing
    from resilience_checks.topology.wiring import Wiring


def part_id(name: str) -> str:
    """Return the id of a declared component's part."""
    return f"component {name}"


class Components:
    """Draws every declared component."""

    def __init__(
        self,
        declarations: declared.Declarations,
        selection: Selection,
        parts: Parts,
        placements: Placements,
        book: FactBook,
    ) -> None:
        """Select what each component is about."""
        self._declarations, self._selection, self._parts = declarations, selection, parts
        self._placements, self._book = placements, book
        self.selected = {c.id: selection.of_any(c.select) if c.select else () for c in declarations.components.values()}
        border = [
            named.id for site in declarations.sites.values() if site.perimeter for named in site.perimeter.components
        ]
        self._perimeters = frozenset(border)
        self._standing: set[str] = set()
        """The components that are things or have units or a site of their own; any other is a mere name."""

    def by_device(self) -> dict[int, Component]:
        """Return for each surely selected thing the component that was declared for it."""
        return {
            id(thing): self._declarations.components[name]
            for name, found in self.selected.items()
            for thing, answer in found
            if answer is Holds.YES
        }

    def declare_lags(self, wiring: Wiring) -> None:
        """Tell the wiring how far the standbys lag of things that fail over by themselves."""
        for component in self._declarations.components.values():
            replication = component.replication
            if replication is None:
                continue
            lag = 0.0 if replication.mode is ReplicationMode.SYNC else replication.lag
            for thing, answer in self.selected[component.id]:
                if lag is not None and answer is Holds.YES:
                    wiring.declared_lag[thing.id] = (lag, loss(replication))

    def draw(self) -> None:
        """Add a part for every component, then its gate."""
        for component in self._declarations.components.values():
            self._take_up(component)
        for component in self._declarations.components.values():
            self._parts.set_gate(part_id(component.id), every(self._gates(component)))

    def reference(self, to: declared.Reference, nature: Nature, why: Reason) -> Gate:
        """Return the gate that what a declaration refers to is up."""
        if isinstance(to, Named) and to.sort is Sort.CONTROL_PLANE:
            return self._parts.control_plane(to.id, nature, why, to.location)
        if isinstance(to, Named):
            return Up(part_id(to.id) if to.sort is Sort.COMPONENT else f"service:{to.id}", nature, why)
        return self.all_or_any(f"{to}", self._selection.of(to), nature, why)

    def all_or_any(
        self,
        what: str,
        found: Sequence[tuple[Thing, Holds]],
        nature: Nature,
        why: Reason,
        relations: Gate = ALWAYS,
    ) -> Gate:
        """Return the gate of a selection: one thing, or several of which nobody says whether one is enough.

        `relations` is what each of them needs besides, from where it stands.
        """
        gates = [self._member(thing, answer, what, nature, why, relations) for thing, answer in found]
        if len(gates) == 1:
            return gates[0]
        if are_one(self._selection.things, found):
            return AnyOf(tuple(gates), why)
        sure = any(answer is Holds.YES for _, answer in found)
        needed = [_not_asked(gate) if sure and isinstance(gate, Case) else gate for gate in gates]
        text = f"{what} selects {len(gates)} things, and nothing says whether one of them is enough"
        fact = self._book.doubt(
            f"how many of {what}", ("all", "any"), text, "say `any-of`, `at-least` or `requires`", location=why.location
        )
        return Case(fact, {"all": every(needed), "any": AnyOf(tuple(gates), why)})

    def _member(
        self,
        thing: Thing,
        answer: Holds,
        what: str,
        nature: Nature,
        why: Reason | None,
        relations: Gate = ALWAYS,
    ) -> Gate:
        up = self._parts.up(thing, nature, why)
        if relations != ALWAYS:
            up = self._related(what, thing, up, relations)
        if answer is Holds.YES:
            return up
        text = f"whether {what} matches {thing.label} is not known, because what names it is not"
        fact = self._book.doubt(
            f"{what} matches {thing.id}",
            ("yes", "no"),
            text,
            "give the name in the program or the stack's configuration",
            location=thing.location,
        )
        return Case(fact, {"yes": up, "no": NEVER})

    def _take_up(self, component: Component) -> None:
        related = component.any_of or component.requires or component.at_least or component.quorum or component.failover
        alone = not component.select and component.units is None
        stands = alone and (component.site is not None or not related)
        if stands or not alone:
            self._standing.add(component.id)
        place = self._own_place(component) if stands else self._placements.nowhere
        part = Part(part_id(component.id), component.id, component.role or "", location=component.location)
        self._parts.add(part, place, "device" if stands else None)
        if component.roles:
            text = f"the role of {component.id} is declared as {' and as '.join(component.roles)}"
            fact = self._book.doubt(f"role of {part.id}", component.roles, text, "make the declarations agree")
            self._parts.dispute_role(part.id, fact, component.roles)

    def _own_place(self, component: Component) -> Place:
        if component.site is not None:
            return self._placements.at_spot(part_id(component.id), component.id, component)
        if not self._declarations.sites:
            return self._placements.nowhere
        return self._placements.unknown(part_id(component.id), component.id, component.location)

    def _gates(self, component: Component) -> Iterator[Gate]:
        found = self.selected[component.id]
        why = Reason(f"{component.id} is declared", location=component.location)
        relations = every(self._relations(component))
        if found:
            gates = [self._member(thing, answer, component.id, Nature.PATH, None, relations) for thing, answer in found]
            redundant = bool(component.redundant or component.any_of or component.id in self._perimeters)
            redundant = redundant or component.units == len(found)
            if len(gates) == 1:
                yield gates[0]
            elif redundant:
                yield AnyOf(tuple(gates), Reason(f"any unit of {component.id} is enough", location=component.location))
            else:
                yield self.all_or_any(component.id, found, Nature.PATH, why, relations)
        elif component.units is not None:
            yield self._own_units(component, relations)
        else:
            yield relations

    def _related(self, what: str, thing: Thing, up: Gate, relations: Gate) -> Gate:
        """Return that a selected thing is up with all relations of its component, from where the thing stands."""
        if thing.id not in self._parts.places:
            return every((up, relations))
        part = Part(f"{what} on {thing.id}", thing.label, "", gate=every((up, relations)), location=thing.location)
        self._parts.add(part, self._parts.places[thing.id], None)
        return Up(part.id, Nature.PATH)

    def _own_units(self, component: Component, relations: Gate) -> Gate:
        """Return that any unit is up; each has all relations of its component, from where it stands."""
        why = Reason(f"any unit of {component.id} is enough", location=component.location)
        if isinstance(component.units, tuple):
            placed = [
                (
                    unit.name or str(n),
                    self._placements.at_spot(f"{component.id}#{unit.name or n}", component.id, unit),
                    unit.location,
                )
                for n, unit in enumerate(component.units, 1)
            ]
        else:
            place = self._own_place(component)
            placed = [(str(n), place, component.location) for n in range(1, (component.units or 0) + 1)]
        gates: list[Gate] = []
        for name, place, location in placed:
            unit = Part(
                f"{component.id}#{name}", f"{component.id} unit {name}", component.role or "", location=location
            )
            self._parts.add(unit, place, "device", unit_of=component.id)
            self._parts.set_gate(unit.id, relations)
            gates.append(Up(unit.id, Nature.PATH, why))
        if component.counts:
            text = f"{component.id} is declared with {' and with '.join(map(str, component.counts))} units"
            fact = self._book.doubt(
                f"units of {part_id(component.id)}", ("more", "no more"), text, "make the declarations agree"
            )
            gates.append(Case(fact, {"more": relations, "no more": NEVER}))
        return AnyOf(tuple(gates), why)

    def _relations(self, component: Component) -> Iterator[Gate]:
        """Yield what the component needs, and what it is made of: where it is a mere name, its members serve for it."""
        for edge in component.requires:
            yield every(self._edge(component, edge, absent=ALWAYS))
        name = component.id not in self._standing
        yield from (serving(gate) if name else gate for gate in self._groups(component))

    def _groups(self, component: Component) -> Iterator[Gate]:
        if component.any_of:
            location = component.at.get("any-of", component.location)
            why = Reason(f"{component.id} needs any one of these", location=location)
            yield AnyOf(tuple(self._edges(component, component.any_of)), why)
        if component.at_least is not None:
            yield self._at_least(component, component.at_least)
        if component.quorum is not None:
            yield self._quorum(component, component.quorum)
        if component.failover is not None:
            yield self._failover(component, component.failover)

    def _at_least(self, component: Component, wanted: declared.AtLeast) -> Gate:
        """Return the gate that k are up; each selected thing counts as one."""
        items = list(self._edges(component, wanted.of))
        if wanted.k > len(items):
            raise UsageError(
                f"{component.id} needs at least {wanted.k} of {len(items)}",
                location=wanted.location,
                why="it could never be up, and every service that needs it would be lost with nothing failed",
                remedy="correct `k`, or add what is missing under `of`",
            )
        return at_least(wanted.k, items, Reason(f"{component.id} needs {wanted.k} of these", location=wanted.location))

    def _edges(self, component: Component, edges: Sequence[Edge]) -> Iterator[Gate]:
        for edge in edges:
            yield from self._edge(component, edge, absent=NEVER)

    def _edge(self, component: Component, edge: Edge, absent: Gate, why: Reason | None = None) -> Iterator[Gate]:
        """Yield what an edge of a group leads to: a declared id, or each thing that is selected.

        `absent` stands for a thing of which it turns out that it was not selected.
        """
        if isinstance(edge.to, Named):
            because = why or Reason(f"{component.id} needs {edge.to.id}", location=edge.to.location)
            gate = self.reference(edge.to, edge.nature, because)
            yield gate if edge.start else once_started(gate)
            return
        for thing, answer in self._selection.of(edge.to):
            because = why or Reason(f"{component.id} needs {thing.label}", location=edge.to.location)
            gate = self._member(thing, answer, str(edge.to), edge.nature, because)
            gate = gate if edge.start else once_started(gate)
            yield Case(gate.fact, {**gate.branches, "no": absent}) if isinstance(gate, Case) else gate

    def _quorum(self, component: Component, quorum: declared.Quorum) -> Gate:
        votes: list[Vote] = []
        for number, voter in enumerate(quorum.voters, start=1):
            if isinstance(voter.to, Named):
                votes.append(
                    Vote(
                        part_id(voter.to.id) if voter.to.sort is Sort.COMPONENT else f"service:{voter.to.id}",
                        voter.votes,
                    )
                )
            elif voter.to is not None:
                votes += self._selected_votes(component, voter.to, voter.votes)
            elif voter.site is not None:
                part = Part(
                    f"{component.id} voter {number}",
                    f"voter of {component.id} at {voter.site}",
                    component.role or "",
                    location=voter.location,
                )
                self._parts.add(part, self._placements.at_site(voter.site), "device")
                votes.append(Vote(part.id, voter.votes))
        why = Reason(f"{component.id} needs more than half of its votes", location=quorum.location)
        fixed = Quorum(tuple(votes), why=why)
        return recounted(component.id, fixed, why, self._book) if quorum.recounted else fixed

    def _selected_votes(self, component: Component, select: Select, votes: int) -> Iterator[Vote]:
        for thing, answer in self._selection.of(select):
            when: tuple[tuple[str, str], ...] = ()
            if answer is not Holds.YES:
                text = f"whether {thing.label} votes in {component.id} is not known, because what names it is not"
                key = f"{component.id} matches {thing.id}"
                fact = self._book.doubt(
                    key,
                    ("yes", "no"),
                    text,
                    "give the name in the program or the stack's configuration",
                    location=thing.location,
                )
                when = ((fact, "yes"),)
            yield Vote(thing.id, votes, when)

    def _failover(self, component: Component, failover: declared.Failover) -> Gate:
        why = Reason(f"{component.id} runs on its primary", location=failover.location)
        primary = self.reference(failover.primary, Nature.NEED, why)
        mover = failover.mover
        if mover is None:
            return primary
        terms = mover_terms(mover)
        moves = Reason(f"{component.id} moves to its standby", location=mover.location)
        needs = every(
            self.reference(
                need, Nature.MOVER, Reason(f"the mover of {component.id} needs this", location=mover.location)
            )
            for need in mover.needs
        )
        standbys = [
            up for standby in failover.standby for up in self._edge(component, Edge(standby), absent=NEVER, why=moves)
        ]

        def after(seconds: float) -> Gate:
            def moved(lag: float | None, loss: Reason | None) -> Gate:
                tried = (component.id, mover.at.get("tested", mover.location))
                way = Way(moves.text, terms, loss, tested=mover.tested, never_tested=mover.never_tested, declared=tried)
                return Failover(primary, tuple(Standby(gate, needs, seconds, lag, way) for gate in standbys), moves)

            return with_lag(component, part_id(component.id), failover.replication, moved, self._book)

        if not terms:
            return after(inf)
        if all(term.seconds is not None for term in terms):
            return after(total(terms))
        text = f"how long {component.id} takes to move is not declared"
        fact = self._book.doubt(
            f"move of {part_id(component.id)}",
            ("in time", "too late"),
            text,
            "declare `detect` and `promote` of its mover",
            location=mover.location,
        )
        return Case(fact, {"in time": after(total(terms)), "too late": after(inf)})


def _not_asked(member: Case) -> Gate:
    """Return the gate of a member that is needed only if it is one."""
    return Case(member.fact, {**member.branches, "no": ALWAYS}) if "no" in member.branches else member
