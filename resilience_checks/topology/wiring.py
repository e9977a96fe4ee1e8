"""From catalogue entries to gates: what each thing in the programs needs in order to be up."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import IN_ORDER, Target
from resilience_checks.catalogue.modelled import modelled
from resilience_checks.model import paths
from resilience_checks.model.question import Holds
from resilience_checks.model.values import LookupAnswer, Reason, Secret, StackOutput, Unknown
from resilience_checks.topology.alike import draw_alike
from resilience_checks.topology.estate import Part
from resilience_checks.topology.gates import ALWAYS, NEVER, All, Case, Gate, Nature, Up
from resilience_checks.topology.movers import lagging, move, moved
from resilience_checks.topology.parts import Parts, at_least, every
from resilience_checks.topology.references import resolve
from resilience_checks.topology.scheduled import take_up_instances
from resilience_checks.topology.things import PROVIDER, UNKNOWN_ROLE, Thing, Things, holds, number, whole
from resilience_checks.topology.units import take_up_units
from resilience_checks.topology.zones import Zoned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.catalogue.entries import Condition, Edge, Entry, Join
    from resilience_checks.model.values import Value
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.placement import Placements


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One member of a group, and its rank where the group has an order; None: not known."""

    gate: Gate
    rank: float | None = 0.0


class Wiring:
    """Draws the gates of all things; declared additions are told to it first."""

    def __init__(self, things: Things, parts: Parts, placements: Placements, book: FactBook) -> None:
        """Take up every thing that can be up or lost as a part."""
        self._things, self._parts, self._placements, self._book = things, parts, placements, book
        self._joined: dict[tuple[str, str], list[GroupMember]] = defaultdict(list)
        self.declared_members: dict[tuple[str, str], list[Gate]] = defaultdict(list)
        self.declared_lag: dict[str, tuple[float, Reason]] = {}
        self._touched: dict[str, str] = {}
        self._read: dict[int, tuple[str, ...]] = {}
        self._spread: dict[str, Gate] = {}
        self._zoned = Zoned(things, parts, book, placements)
        for thing in things.all:
            if thing.entry.is_part and not thing.entry.configures and not thing.entry.token.startswith(PROVIDER):
                self._take_up(thing)

    def draw(self) -> None:
        """Set the gate of every thing that is not a device; devices are drawn from their units."""
        self._join_members()
        self._note_foreign()
        for thing in self._things.all:
            if thing.id in self._parts.all and not thing.entry.token.startswith(PROVIDER):
                self._parts.set_gate(thing.id, every(self._needs(thing)))
        draw_alike(self._things, self._parts, self._book)

    def _take_up(self, thing: Thing) -> None:
        fault = None if thing.entry.logical or self._whole(thing) is not None else thing.entry.fault
        part = Part(
            thing.id,
            thing.label,
            thing.entry.role or "",
            urn=thing.urn,
            stack=thing.graph.name,
            location=thing.location,
        )
        place, zones = self._placements.of(thing), thing.entry.placement.zones if thing.entry.placement else None
        if thing.entry.units is not None:
            units = take_up_units(thing, thing.entry.units, part, place, self._parts, self._book)
            if units is not None:
                self._spread[thing.id] = units
                return
        spread = None
        if zones is None or (thing.entry.estate != "cloud" and not place.regions):
            self._parts.add(part, place, fault, thing)
        else:
            spread = self._zoned.take_up(thing, part, place, fault)
        placed = take_up_instances(thing, part, place, self._parts, self._book)
        kept = [gate for gate in (spread, placed) if gate is not None]
        if kept:
            self._spread[thing.id] = every(kept)

    def _whole(self, thing: Thing) -> Thing | None:
        """Return what a resource is only the settings of, where that is a resource of its own."""
        path = thing.entry.settings_of
        ends = resolve(self._things, thing, Target(ref=path)) if path is not None else ()
        return next((end.to for end in ends if isinstance(end.to, Thing) and end.to.entry.is_part), None)

    def _needs(self, thing: Thing) -> Iterator[Gate]:
        whole = self._whole(thing)
        if whole is not None:
            yield self._parts.up(whole, Nature.PATH, self._because(thing, f"are the settings of {whole.label}"))
        if thing.id in self._spread:
            yield self._spread[thing.id]
        if thing.entry.runs_on is not None and thing.device is not None and thing.device.id in self._parts.all:
            yield Up(
                thing.device.id, Nature(thing.entry.runs_on), self._because(thing, f"runs on {thing.device.label}")
            )
        if thing.owner is not None and thing.owner.entry.runs_on is not None and thing.device is not None:
            yield Up(
                thing.device.id,
                Nature(thing.owner.entry.runs_on),
                self._because(thing, f"runs on {thing.device.label}"),
            )
        for edge in thing.entry.edges:
            applies = _applies(thing, edge)
            if applies is not Holds.NO:
                gate = every(self._edge(thing, edge))
                yield gate if applies is Holds.YES else self._perhaps_needed(thing, edge, gate)
        if thing.entry.role == UNKNOWN_ROLE:
            why = f"the catalogue does not know {thing.entry.token}, so nobody says what {thing.label} needs"
            remedy = "add a catalogue entry for its type, or declare a component that selects it, with its `role`"
            values = ("nothing more", "something lost")
            fact = self._book.doubt(f"what {thing.id} needs", values, why, remedy, location=thing.location)
            yield Case(fact, {"nothing more": ALWAYS, "something lost": NEVER})
        if thing.owner is None:
            yield from self._unmodelled(thing)

    def _edge(self, thing: Thing, edge: Edge) -> Iterator[Gate]:
        if edge.gate == "requires" and edge.to is None:
            yield from (member.gate for member in self._joined[thing.id, edge.group])
        elif edge.gate == "requires":
            yield from self._required(thing, edge)
        elif edge.gate == "failover":
            yield self._failover(thing, edge)
        else:
            yield self._group(thing, edge)

    def _perhaps_needed(self, thing: Thing, edge: Edge, gate: Gate) -> Gate:
        """Return a need of which an input decides that is not known."""
        inputs = " and ".join(path for path, _ in (*edge.when, *edge.unless))
        fact = self._book.doubt(
            f"{inputs} of {thing.id}, for its {edge.group}",
            ("absent", "present"),
            f"{inputs} of {thing.label} is not known, and decides what it needs",
            f"give {inputs} in the stack's configuration",
            location=thing.location,
        )
        return Case(fact, {"absent": ALWAYS, "present": gate})

    def _required(self, thing: Thing, edge: Edge) -> Iterator[Gate]:
        assert edge.to is not None
        near = self._placements.of(thing) if edge.local else None
        kept = [at for at, value in thing.values(edge.each) if not _any_holds(value, edge.skip)] if edge.each else [""]
        for at in kept:
            for end in resolve(self._things, thing, edge.to, at):
                why = self._because(thing, f"needs {end.to.label} ({end.at})")
                yield self._parts.meant(end.to, Nature(edge.nature), why, near)

    def _failover(self, thing: Thing, edge: Edge) -> Gate:
        assert edge.primary is not None
        assert edge.standby is not None
        nature = Nature(edge.nature)
        primary = every(
            self._parts.up(end.to, nature, self._because(thing, f"is served by {end.to.label}"))
            for end in resolve(self._things, thing, edge.primary)
        )
        standbys = [
            self._parts.up(end.to, nature, self._because(thing, f"can move to {end.to.label}"))
            for end in resolve(self._things, thing, edge.standby)
        ]
        if not standbys:
            return primary
        standby = at_least(1, standbys)
        how = move(self._things, self._parts, thing, thing.entry.mover) if thing.entry.mover else None
        if edge.lag == "declared":
            declared = self.declared_lag.get(thing.id)
            if declared is None:
                return lagging(self._book, thing, primary, standby, how)
            return moved(self._book, thing, primary, standby, how, *declared, replica=True)
        lag = float(edge.lag) if edge.lag is not None else None
        loss = self._because(thing, "replicates so by itself") if lag is not None else None
        return moved(self._book, thing, primary, standby, how, lag, loss, replica=lag is not None)

    def _group(self, thing: Thing, edge: Edge) -> Gate:
        joined = self._joined[(thing.id, edge.group)]
        last = [replace(member, rank=float("inf")) for member in joined] if edge.first_by == IN_ORDER else joined
        members = [*self._own_members(thing, edge), *last]
        declared = self.declared_members.get((thing.id, edge.group))
        members += [GroupMember(gate) for gate in declared or ()]
        hidden = self._touched.get(thing.id)
        open_ended = edge.incomplete and declared is None
        if hidden or open_ended or not members:
            members.append(GroupMember(self._perhaps_another(thing, edge, hidden, empty=not members)))
        gates = [member.gate for member in members]
        if edge.gate == "all-or-any":
            return self._all_or_any(thing, edge, gates)
        standby = self._enough(thing, edge, gates)
        if thing.entry.mover is None or len(gates) == 1:
            return standby
        how = move(self._things, self._parts, thing, thing.entry.mover)
        return moved(self._book, thing, self._at_rest(thing, edge, members), standby, how, hidden=hidden is not None)

    def _all_or_any(self, thing: Thing, edge: Edge, gates: list[Gate]) -> Gate:
        """Return that one of several members is enough, or that all are needed, which nobody says."""
        plain = [replace(gate, why=None) if isinstance(gate, Up) else gate for gate in gates]
        if all(gate == plain[0] for gate in plain):
            return gates[0]
        fact = self._book.doubt(
            f"how many {edge.group} of {thing.id}",
            ("all", "any"),
            f"{thing.label} has {len(gates)} {edge.group}, and nothing says whether one of them is enough",
            f"let the service enter at one of the {edge.group}, or declare a component with `any-of` or `requires`",
            location=thing.location,
        )
        why = self._because(thing, f"needs one of its {len(gates)} {edge.group}")
        return Case(fact, {"all": every(gates), "any": at_least(1, gates, why)})

    def _at_rest(self, thing: Thing, edge: Edge, members: list[GroupMember]) -> Gate:
        """Return what must be up before anything moves: all members, or the first where the group has an order."""
        if edge.first_by is not None and _any_holds(thing.inputs, edge.first_when):
            unknown = [member.gate for member in members if member.rank is None]
            least = min((member.rank for member in members if member.rank is not None), default=None)
            members = [member for member in members if member.rank == least and least is not None]
            if unknown:
                return self._perhaps_first(thing, edge, [*([_shared(members)] if members else []), *unknown])
        return _shared(members)

    def _perhaps_first(self, thing: Thing, edge: Edge, gates: list[Gate]) -> Gate:
        """Return that one of several members is up, and nobody knows which of them is the first."""
        told = f"which of its {edge.group} {thing.label} uses first is not known"
        remedy = f"give {edge.first_by} in the program"
        values = tuple(f"candidate {number}" for number in range(1, len(gates) + 1))
        fact = self._book.doubt(f"first {edge.group} of {thing.id}", values, told, remedy, location=thing.location)
        return Case(fact, dict(zip(values, gates, strict=True)))

    def _own_members(self, thing: Thing, edge: Edge) -> Iterator[GroupMember]:
        if edge.each is None or edge.to is None:
            return
        near = self._placements.of(thing) if edge.local else None
        for position, (at, value) in enumerate(thing.values(edge.each)):
            if _any_holds(value, edge.skip):
                continue
            ends = resolve(self._things, thing, edge.to, at)
            gate = every(
                self._parts.meant(
                    end.to, Nature(edge.nature), self._because(thing, f"uses {end.to.label} ({end.at})"), near
                )
                for end in ends
            )
            if ends or isinstance(value, Unknown):
                yield GroupMember(gate, float(position) if edge.first_by == IN_ORDER else _rank(value, edge))

    def _enough(self, thing: Thing, edge: Edge, gates: list[Gate]) -> Gate:
        """Return that as many members are up as are needed; where that number is not known, one or all of them."""
        k = self._threshold(thing, edge)
        if k is not None:
            return at_least(k, gates, self._because(thing, f"needs {k} of its {len(gates)} {edge.group}"))
        told = f"how many of its {len(gates)} {edge.group} {thing.label} needs is not known"
        remedy = f"give {edge.k_from} in the program"
        fact = self._book.doubt(
            f"{edge.group} needed by {thing.id}", ("one", "all"), told, remedy, location=thing.location
        )
        why = self._because(thing, f"needs some of its {len(gates)} {edge.group}")
        return Case(fact, {"one": at_least(1, gates, why), "all": every(gates)})

    @staticmethod
    def _threshold(thing: Thing, edge: Edge) -> int | None:
        """Return how many members are needed, None where that is not known."""
        applies = holds(thing, edge.k_when)
        value = thing.value(edge.k_from) if edge.k_from and applies is not Holds.NO else None
        if value is None:
            return edge.k_default
        known = whole(value)
        if applies is Holds.UNKNOWN or known is None or (edge.k_unless and holds(thing, edge.k_unless) is not Holds.NO):
            return None
        return max(1, known)

    def _perhaps_another(self, thing: Thing, edge: Edge, hidden: str | None, *, empty: bool) -> Gate:
        if hidden:
            why = (
                f"{hidden} refers to {thing.label}, and the catalogue does not know whether it adds to its {edge.group}"
            )
        elif empty:
            why = f"no checked program shows a member of the {edge.group} of {thing.label}"
        else:
            why = f"the {edge.group} of {thing.label} may hold more than code shows"
        remedy = "check the program that adds them as well, or declare them in resilience.yaml"
        fact = self._book.doubt(
            f"more {edge.group} of {thing.id}", ("none", "one more"), why, remedy, location=thing.location
        )
        return Case(fact, {"none": NEVER, "one more": ALWAYS})

    def _join_members(self) -> None:
        for thing in self._things.all:
            for join in thing.entry.joins:
                if not _any_holds(thing.inputs, join.skip):
                    self._join(thing, join)

    def _join(self, thing: Thing, join: Join) -> None:
        ends = resolve(self._things, thing, join.to)
        for at in resolve(self._things, thing, join.at) if ends else ():
            if isinstance(at.to, Thing):
                whole = at.to.label
                gate = every(
                    self._parts.up(
                        end.to, Nature.PATH, self._because(thing, f"{whole} uses {end.to.label}", subject=False)
                    )
                    for end in ends
                )
                self._joined[(at.to.id, join.group)].append(
                    GroupMember(gate if at.sure else self._unsure(thing, at.to, gate))
                )

    def _unsure(self, thing: Thing, whole: Thing, gate: Gate) -> Gate:
        """Return a member of which it is not known whether it is one: its labels, or their place, are not known."""
        fact = self._book.doubt(
            f"{thing.id} is selected by {whole.id}",
            ("yes", "no"),
            f"whether {whole.label} selects {thing.label} is not known: labels or namespace are not",
            "give them in the program or the stack's configuration",
            location=thing.location,
        )
        return Case(fact, {"yes": gate, "no": NEVER})

    def _note_foreign(self) -> None:
        """Note which groups a resource of unknown type touches: it may be one more member or mover."""
        for graph, resource in self._things.foreign:
            linked = {target for targets in resource.element_dependencies.values() for target in targets}
            for there, target in self._things.behind(graph, *sorted({*resource.dependencies, *linked})):
                touched = self._things.at(there, target)
                if touched is not None and any(edge.gate != "requires" for edge in touched.entry.edges):
                    self._touched.setdefault(touched.id, f"{resource.type} {resource.name}")

    def _unmodelled(self, thing: Thing) -> Iterator[Gate]:
        """Yield a doubtful need for each reference that the entry says nothing about."""
        if thing.source is None:
            return
        spoken_of = self._modelled(thing.entry)
        found: dict[tuple[str, str], str] = {}
        for at, targets in thing.source.element_dependencies.items():
            plain = re.sub(r"\[\d+\]", "[]", at)
            if not any(paths.within(path, plain) or paths.within(plain, path) for path in spoken_of):
                found.update({(re.split(r"[.\[]", at, maxsplit=1)[0], target): at for target in targets})
        ends = {
            (top, id(there), end): (at, self._things.at(there, end))
            for (top, target), at in sorted(found.items())
            for there, end in self._things.behind(thing.graph, target)
        }
        for (top, _, _), (at, other) in ends.items():
            if other is None or other is thing or other.id not in self._parts.all or other is thing.device:
                continue
            reason = self._because(thing, f"refers to {other.label} ({at})")
            yield self._parts.doubtful(
                f"{top} of {thing.id} needs {other.id}",
                Up(other.id, Nature.UNKNOWN, reason),
                f"{thing.label} refers to {other.label} in {at}, and the catalogue does not say whether it needs it to run",
                "add the property to the type's catalogue entry, as an edge or under `ignore`",
                reason,
            )

    def _modelled(self, entry: Entry) -> tuple[str, ...]:
        if id(entry) not in self._read:
            self._read[id(entry)] = modelled(entry)
        return self._read[id(entry)]

    @staticmethod
    def _because(thing: Thing, what: str, *, subject: bool = True) -> Reason:
        return Reason(f"{thing.label} {what}" if subject else what, location=thing.location, source=thing.entry.source)


def _applies(thing: Thing, edge: Edge) -> Holds:
    """Return whether a need is there with the inputs that the program gives."""
    if not edge.when and not edge.unless:
        return Holds.YES
    when, against = holds(thing, edge.when), holds(thing, edge.unless) if edge.unless else Holds.NO
    if Holds.NO is when or against is Holds.YES:
        return Holds.NO
    return Holds.YES if when is Holds.YES and against is Holds.NO else Holds.UNKNOWN


def _shared(members: Sequence[GroupMember]) -> Gate:
    """Return that all members are up, which share what is asked of them."""
    gate = every(member.gate for member in members)
    return replace(gate, shares=True) if isinstance(gate, All) else gate


def _rank(value: Value, edge: Edge) -> float | None:
    """Return the rank that a member's input gives, the last where it gives none, None where that is not known."""
    given = paths.first(value, edge.first_by) if edge.first_by is not None else None
    if isinstance(given, Unknown | Secret | LookupAnswer | StackOutput):
        return None
    return float("inf") if (found := number(given)) is None else found


def _any_holds(value: Value, condition: Condition) -> bool:
    return any(paths.first(value, path) in allowed for path, allowed in condition)
