"""Resources that are one thing together, such as the records of one name: each is up while their group is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Target
from resilience_checks.model.question import Holds
from resilience_checks.model.values import Reason, Unknown
from resilience_checks.topology.gates import All, AnyOf, Gate, Nature, Up
from resilience_checks.topology.movers import move, moved
from resilience_checks.topology.parts import every
from resilience_checks.topology.references import resolve
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import Thing, Things, holds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.catalogue.entries import OneBy
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts


def draw_alike(things: Things, parts: Parts, book: FactBook) -> None:
    """Let the gates of all that are one thing be the gate of their group; their own gates have been drawn."""
    for members in alike(things, parts):
        plan = members[0].entry.one_by
        if plan is not None:
            _draw(things, parts, book, members, plan)


def alike(things: Things, parts: Parts) -> list[list[Thing]]:
    """Return the groups of several that surely are one thing, in the order of the programs."""
    groups: dict[tuple[object, ...], list[Thing]] = defaultdict(list)
    for thing in things.all:
        if thing.entry.one_by is not None and thing.id in parts.all:
            groups[_key(things, thing, thing.entry.one_by)].append(thing)
    return [members for members in groups.values() if len(members) > 1]


def are_one(things: Things, found: Sequence[tuple[Thing, Holds]]) -> bool:
    """Return whether all of a selection surely are one thing together: what takes one down is down for each."""
    if any(thing.entry.one_by is None or answer is not Holds.YES for thing, answer in found):
        return False
    keys = {_key(things, thing, plan) for thing, _ in found if (plan := thing.entry.one_by) is not None}
    return len(keys) == 1


def _draw(things: Things, parts: Parts, book: FactBook, members: Sequence[Thing], plan: OneBy) -> None:
    ways = [_answer(parts, member) for member in members]
    first = [way for way, member in zip(ways, members, strict=True) if holds(member, plan.first) is Holds.YES]
    rest = every(first or ways)
    at_rest = replace(rest, shares=True) if isinstance(rest, All) else rest
    leader = next((member for member in members if plan.first and holds(member, plan.first) is Holds.YES), members[0])
    why = Reason(f"any answer of {leader.label} is enough", location=leader.location, source=leader.entry.source)
    gate: Gate = at_rest
    if leader.entry.mover is not None:
        how = move(things, parts, leader, leader.entry.mover)
        watched = [_watched(member, plan) for member in members if not plan.first or member is leader]
        works = Holds.NO if Holds.NO in watched else Holds.UNKNOWN if Holds.UNKNOWN in watched else how.works
        gate = moved(book, leader, at_rest, AnyOf(tuple(ways), why), replace(how, works=works))
    for member in members:
        parts.set_gate(member.id, gate)


def _answer(parts: Parts, member: Thing) -> Gate:
    """Take up what one member alone leads to as a part, and return the gate that it is up."""
    own = parts.all[member.id]
    answer = replace(own, id=f"{own.id}#answer", label=f"the answer of {own.label} at {member.logical_name}", urn=None)
    parts.add(answer, parts.places[member.id], None, unit_of=member.id)
    parts.set_gate(answer.id, own.gate)
    return Up(answer.id, Nature.PATH, Reason(f"{own.label} answers with it", location=member.location))


def _key(things: Things, thing: Thing, plan: OneBy) -> tuple[object, ...]:
    """Return what is equal for two that are surely one."""
    found: list[object] = [thing.entry.token]
    for path in plan.same:
        value = thing.value(path)
        ends = resolve(things, thing, Target(ref=path))
        if value is None:
            found.append(None)
        elif text(value) is not None:
            found.append(text(value))
        elif ends and isinstance(ends[0].to, Thing):
            found.append(id(ends[0].to))
        else:
            found.append(ends[0].to.key if ends and not isinstance(ends[0].to, Thing) else id(thing))
    return tuple(found)


def _watched(member: Thing, plan: OneBy) -> Holds:
    """Return whether something notices that what the member leads to is dead."""
    answer = Holds.NO
    for path in plan.watched:
        for at, value in member.values(path):
            if value is True or (text(value) not in {None, "", "false"}) or member.references(at):
                return Holds.YES
            if isinstance(value, Unknown):
                answer = Holds.UNKNOWN
    return answer
