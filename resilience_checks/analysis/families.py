"""Which events a question asks about: surely (𝓒⁻) or possibly (𝓒⁺) (SEMANTICS, section 3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from sys import intern
from typing import TYPE_CHECKING

from resilience_checks.model.question import Event, Members, Question
from resilience_checks.topology.estate import Member

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from resilience_checks.topology.estate import Condition, Domain, Estate


@dataclass(frozen=True, eq=False)
class Counted:
    """The events that may count, each with the ways in which it does: conjunctions of facts, an empty one: surely.

    The fault sets asked about are all sets of them, up to the order of the question, the empty one excepted. `whole`
    names the event of which an event is a part, `rest` the part of an event that must not lose the service by itself.
    """

    conditions: Mapping[str, tuple[Condition, ...]]
    whole: Mapping[str, str] = field(default_factory=dict)
    rest: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def events(self) -> frozenset[str]:
        """Every event that may count, or is looked at beside one."""
        return frozenset((*self.conditions, *self.rest.values()))

    def told(self, events: Iterable[str]) -> tuple[str, ...]:
        """Return the events as a reader knows them: a part of an event as the whole."""
        return tuple(sorted({self.whole.get(event, event) for event in events}))

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts on which it hangs whether an event counts."""
        return frozenset(fact for ways in self.conditions.values() for when in ways for fact, _ in when)

    def counts(self, event: str) -> bool:
        """Return whether the event may count, or is looked at beside one."""
        return event in self.conditions or event in self._rests

    @cached_property
    def _rests(self) -> frozenset[str]:
        return frozenset(self.rest.values())

    def asked(self) -> tuple[list[str], list[str]]:
        """Return the events that surely and possibly count when no fact is fixed."""
        surely = [event for event, ways in self.conditions.items() if () in ways]
        return surely, [event for event, ways in self.conditions.items() if ways]

    def fixed(self, known: Mapping[str, str]) -> tuple[set[str], set[str]]:
        """Return the events that surely count besides when these facts are fixed, and those that do not count any more."""
        surely: set[str] = set()
        never: set[str] = set()
        for event in {event for fact in known for event in self._by_fact.get(fact, ())}:
            ways = self.conditions[event]
            open_ = [when for when in ways if all(known.get(fact, value) == value for fact, value in when)]
            if not open_:
                never.add(event)
            if any(all(fact in known for fact, _ in when) for when in open_):
                surely.add(event)
        return surely, never

    @cached_property
    def _by_fact(self) -> Mapping[str, frozenset[str]]:
        """The events that hang on each fact: of thousands, few do on those that one service's answer fixes."""
        found: dict[str, set[str]] = {}
        for event, ways in self.conditions.items():
            for fact in {fact for when in ways for fact, _ in when} if ways and () not in ways else ():
                found.setdefault(fact, set()).add(event)
        return {fact: frozenset(events) for fact, events in found.items()}


def asks_about(question: Question) -> Question:
    """Return the question without all that does not decide which events it counts: questions that count alike are one."""
    return Question(
        "",
        question.faults,
        question.kinds,
        question.roles,
        except_kinds=question.except_kinds,
        except_roles=question.except_roles,
        declared_only=question.declared_only,
        members=question.members,
    )


def counted(estate: Estate, question: Question) -> Counted:
    """Return the events that the question counts."""
    conditions: dict[str, tuple[Condition, ...]] = {}
    whole: dict[str, str] = {}
    rest: dict[str, str] = {}
    for domain, ways in _asked(estate, question):
        own, other = (domain, domain) if question.members is Members.ANY else _divided(estate, question, domain)
        for fault in domain.faults:
            if fault not in question.faults:
                continue
            key = intern(f"{domain.id}/{fault}")  # one text with that of the equations, and of other questions
            if question.members is Members.ALONE and other.members:
                whole[f"{own.id}/{fault}"] = key
                key = f"{own.id}/{fault}"
            elif question.members is Members.NEEDED and other.members:
                rest[key] = f"{other.id}/{fault}"
            conditions[key] = ways
    return Counted(conditions, whole, rest)


def parts_of_faults(estate: Estate, questions: Iterable[Question]) -> dict[str, Domain]:
    """Return the failure domains whose events are parts of others' that the questions need, by their ids.

    Where all that a domain hits is of counted roles, its event is no part of another.
    """
    found: dict[str, Domain] = {}
    for question in questions:
        if question.members is Members.ANY:
            continue
        for domain, _ in _asked(estate, question):
            own, other = _divided(estate, question, domain)
            if other.members:
                part = own if question.members is Members.ALONE else other
                found[part.id] = part
    return found


def _asked(estate: Estate, question: Question) -> Iterator[tuple[Domain, tuple[Condition, ...]]]:
    """Yield the domains whose faults count, with the ways in which they do."""
    for domain in estate.domains.values():
        if (question.kinds or domain.implied) and domain.kind not in question.kinds:
            continue
        if domain.kind in question.except_kinds or (domain.implied and question.declared_only):
            continue
        if question.faults and any(fault in question.faults for fault in domain.faults):
            ways = _ways(estate, question, domain)
            if ways:
                yield domain, ways


def _divided(estate: Estate, question: Question, domain: Domain) -> tuple[Domain, Domain]:
    """Return the domain with nothing but its members of counted roles, and with the others alone."""
    own: list[Member] = []
    other: list[Member] = []
    for member in domain.members if question.members is not Members.ANY else ():
        part = estate.parts[member.part]
        for role, when in part.roles or ((part.role, ()),):
            (own if _counts(question, role) else other).append(Member(member.part, (*member.when, *when)))
    whose = f"{' '.join(question.roles)} not {' '.join(question.except_roles)}"
    return (
        replace(domain, id=f"{domain.id} only {whose}", members=tuple(own)),
        replace(domain, id=f"{domain.id} beside {whose}", members=tuple(other)),
    )


def _counts(question: Question, role: str) -> bool:
    return (not question.roles or role in question.roles) and role not in question.except_roles


def _ways(estate: Estate, question: Question, domain: Domain) -> tuple[Condition, ...]:
    """Return the ways in which the domain counts: by hitting some part of a counted role."""
    if not question.roles and not question.except_roles:
        if any(not member.when for member in domain.members):
            return (domain.exists,)
        return tuple((*domain.exists, *when) for when in dict.fromkeys(member.when for member in domain.members))
    ways: dict[Condition, None] = {}
    for member in domain.members:
        part = estate.parts[member.part]
        for role, when in part.roles or ((part.role, ()),):
            if _counts(question, role):
                if not member.when and not when:
                    return (domain.exists,)
                ways[*domain.exists, *member.when, *when] = None
    return tuple(ways)


def events_of(estate: Estate, ids: Collection[str]) -> dict[str, Event]:
    """Return the events with what a reader needs to know of them."""
    found = {}
    for domain in estate.domains.values():
        for fault in domain.faults:
            key = f"{domain.id}/{fault}"
            if key in ids:
                found[key] = Event(
                    key, domain.id, domain.kind, domain.name, fault, domain.primary, domain.urn, domain.joined
                )
    return found
