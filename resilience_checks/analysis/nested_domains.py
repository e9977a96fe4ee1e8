"""Which failure domains are smaller ones in others, by what places enclose and by their members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.question import FaultKind, Holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.topology.estate import Domain

_NESTED = ("device", "host", "rack", "room", "site", "building", "campus", "zone", "hazard", "region")
"""Kinds of domain, each of which can stand in the later ones."""


class NestedDomains:
    """Compares the domains of an estate, each pair once."""

    def __init__(self, domains: Mapping[str, Domain]) -> None:
        """Compare none yet."""
        self._domains = domains
        self._within: dict[tuple[str, str], bool] = {}
        self._members: dict[str, frozenset[str]] = {}

    def inside(self, name: str, taken: Mapping[str, Holds]) -> Iterator[str]:
        """Yield the domains of `taken` that are smaller ones in the named one of them, and as surely taken."""
        for other, holds in taken.items():
            if other != name and (holds is Holds.YES or taken[name] is not Holds.YES) and self.within(other, name):
                yield other

    def within(self, small: str, big: str) -> bool:
        """Return whether a domain is a smaller one in another, with the same kind of fault."""
        key = (small, big)
        if key not in self._within:
            one, other = self._domains[small], self._domains[big]
            alike = (FaultKind.OUTAGE in one.faults) is (FaultKind.OUTAGE in other.faults)
            self._within[key] = small in other.encloses or (alike and self._smaller(one, other))
        return self._within[key]

    def _smaller(self, one: Domain, other: Domain) -> bool:
        """Return whether all members are among the other's; with the same members, the smaller kind of place counts."""
        members, others = self._of(one), self._of(other)
        if members != others:
            return members < others
        if one.kind not in _NESTED or other.kind not in _NESTED:
            return False
        return _NESTED.index(one.kind) < _NESTED.index(other.kind)

    def _of(self, domain: Domain) -> frozenset[str]:
        if domain.id not in self._members:
            self._members[domain.id] = frozenset(member.part for member in domain.members)
        return self._members[domain.id]
