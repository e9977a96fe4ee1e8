"""Which events a question asks about: surely (𝓒⁻) or possibly (𝓒⁺) (SEMANTICS, section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from resilience_checks.model.question import Event

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from resilience_checks.model.question import Question
    from resilience_checks.topology.estate import Condition, Domain, Estate


@dataclass(frozen=True, eq=False)
class Counted:
    """The events that may count, each with the ways in which it does: conjunctions of facts, an empty one: surely.

    The fault sets asked about are all sets of them, up to the order of the question, the empty one excepted.
    """

    conditions: Mapping[str, tuple[Condition, ...]]

    @cached_property
    def events(self) -> frozenset[str]:
        """Every event that may count."""
        return frozenset(self.conditions)

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts on which it hangs whether an event counts."""
        return frozenset(fact for ways in self.conditions.values() for when in ways for fact, _ in when)

    @cached_property
    def _plain(self) -> frozenset[str]:
        return frozenset(event for event, ways in self.conditions.items() if () in ways)

    def asked(self, known: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
        """Return the events that surely and possibly count when these facts are fixed."""
        if not self.facts:
            return self.events, self.events
        surely, possibly = set(self._plain), set(self._plain)
        for event, ways in self.conditions.items():
            if event in self._plain:
                continue
            open_ = [when for when in ways if all(known.get(fact, value) == value for fact, value in when)]
            if open_:
                possibly.add(event)
            if any(all(fact in known for fact, _ in when) for when in open_):
                surely.add(event)
        return frozenset(surely), frozenset(possibly)


def counted(estate: Estate, question: Question) -> Counted:
    """Return the events that the question counts."""
    conditions: dict[str, tuple[Condition, ...]] = {}
    for domain in estate.domains.values():
        if (question.kinds or domain.implied) and domain.kind not in question.kinds:
            continue
        if domain.kind in question.except_kinds or (domain.implied and question.declared_only):
            continue
        ways = _ways(estate, question, domain)
        for fault in domain.faults if ways else ():
            if fault in question.faults:
                conditions[f"{domain.id}/{fault}"] = ways
    return Counted(conditions)


def _ways(estate: Estate, question: Question, domain: Domain) -> tuple[Condition, ...]:
    """Return the ways in which the domain counts: by hitting some part of a counted role."""
    ways: dict[Condition, None] = {}
    for member in domain.members:
        part = estate.parts[member.part]
        for role, when in part.roles or ((part.role, ()),):
            if (not question.roles or role in question.roles) and role not in question.except_roles:
                by_role = question.roles or question.except_roles
                ways[*domain.exists, *member.when, *(when if by_role else ())] = None
    return (domain.exists,) if domain.exists in ways else tuple(ways)


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
