"""Joins the members of two families of cut sets pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyroaring import BitMap

    from resilience_checks.analysis.interned import Interned


class Join:
    """Joins members of two families pair by pair, within the limits."""

    def __init__(self, interned: Interned, order: int, kept: int) -> None:
        """Join to sets of at most `order` events, for a family that has `kept` members already."""
        self._interned, self._order, self._kept = interned, order, kept
        self._found: set[frozenset[int]] = set()

    def of(self, left: BitMap, right: BitMap, above: BitMap, below: BitMap) -> set[frozenset[int]]:
        """Return all unions of a member on the left and one on the right that are not too large."""
        sets, order = self._interned.sets, self._order
        if left and right:
            self._room(len(left) * len(right), 2)
            theirs = [frozenset((event,)) for event in right]
            for event in left:
                self._found.update([other | {event} for other in theirs])
        if order > 2:  # noqa: PLR2004 a single and a pair have three events
            larger = [[sets[number] for number in found] for found in (above, below)]
            self._singles(left, larger[1])
            self._singles(right, larger[0])
            if above and below:
                self._larger(*larger)
        return self._found

    def _singles(self, singles: BitMap, others: Sequence[frozenset[int]]) -> None:
        """Join single events with larger sets."""
        short = [other for other in others if len(other) < self._order]
        if singles and short:
            self._room(len(singles) * len(short), 3)
            for event in singles:
                self._found.update([other | {event} for other in short])

    def _larger(self, mine: list[frozenset[int]], theirs: list[frozenset[int]]) -> None:
        """Join sets of two and more events: those with an event in common, and all where that is not needed."""
        order = self._order
        by_event: dict[int, list[frozenset[int]]] = {}
        for other in theirs:
            for event in other:
                by_event.setdefault(event, []).append(other)
        shortest = min(map(len, theirs))
        for one in mine:
            if len(one) + shortest <= order:
                partners = theirs
            else:
                partners = [other for event in one for other in by_event.get(event, ())]
            self._interned.spent += len(partners)
            self._found.update([union for other in partners if len(union := one | other) <= order])
            self._room(0, 3)

    def _room(self, more: int, order: int) -> None:
        """Make sure that as many more sets may be joined."""
        self._interned.spent += more
        self._interned.room(self._kept, len(self._found) + more, order)
