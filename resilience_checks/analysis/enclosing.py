"""Which fault sets lose a service only because a place in them encloses what a smaller one hits."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from resilience_checks.topology.estate import Domain, Member

Events = tuple[str, ...]


class Enclosing:
    """The domains among the given events, and of each those that enclose it or have all its members and more."""

    def __init__(self, domains: Mapping[str, Domain], events: Iterable[str]) -> None:
        names = {event.rpartition("/")[0] for event in events}
        self._domains = {name: domains[name] for name in sorted(names) if name in domains}
        self._found: dict[str, tuple[str, ...]] = {}

    def around(self, event: str) -> tuple[str, ...]:
        """Return the same fault of the domains around the event's."""
        name, _, fault = event.rpartition("/")
        if name not in self._found:
            self._found[name] = tuple(sorted(self._outer(name)))
        return tuple(f"{outer}/{fault}" for outer in self._found[name])

    def by_inner(self, cuts: Collection[Events]) -> dict[Events, Events]:
        """Return the cuts of one service that enclose another of them, each with one that encloses none itself."""
        listed = set(cuts)
        inner: dict[Events, Events] = {}
        for cut in cuts:
            for index, event in enumerate(cut):
                for outer in self.around(event):
                    wider = tuple(sorted((*cut[:index], outer, *cut[index + 1 :])))
                    if wider in listed and wider != cut:
                        inner.setdefault(wider, cut)
        return {wider: _innermost(cut, inner) for wider, cut in inner.items()}

    def _outer(self, name: str) -> set[str]:
        found = set(self._enclosed_by[name])
        domain = self._domains.get(name)
        if domain is None or not domain.members:
            return found
        rarest = min((self._having[member] for member in domain.members), key=len)
        mine = self._members[name]
        return found | {other for other in rarest if mine < self._members[other]}

    @cached_property
    def _enclosed_by(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for domain in self._domains.values():
            for inner in domain.encloses:
                if inner in self._domains and domain.id not in self._domains[inner].encloses:
                    found[inner].append(domain.id)
        return found

    @cached_property
    def _members(self) -> dict[str, frozenset[Member]]:
        return {name: frozenset(domain.members) for name, domain in self._domains.items()}

    @cached_property
    def _having(self) -> dict[Member, list[str]]:
        found: dict[Member, list[str]] = defaultdict(list)
        for name, members in self._members.items():
            for member in members:
                found[member].append(name)
        return found


def _innermost(cut: Events, inner: Mapping[Events, Events]) -> Events:
    seen = {cut}
    while cut in inner and inner[cut] not in seen:
        cut = inner[cut]
        seen.add(cut)
    return cut
