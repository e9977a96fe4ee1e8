"""Every event and every larger set that some family of cut sets has, each once, and the limits of size, work and time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pyroaring import BitMap

from resilience_checks.analysis.algebra import TooManySets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from resilience_checks.analysis.cut_families import Family

MAX_SETS = 2_000_000
"""How many different sets of two and more events all families together may have: some 700 MB."""
MAX_FAMILY = 500_000
"""How many sets one family may have, candidates included."""
MAX_WORK = 20_000_000
"""How many sets may be joined or looked at for equations that wait for each other: some 20 seconds."""
MAX_TOTAL_WORK = 100_000_000
"""The same for all equations together."""
_NONE = BitMap()


class Interned:
    """Every event and every larger set that some family has, each once, by number; and the work done so far."""

    def __init__(self, until: float | None, max_sets: int) -> None:
        """Start empty; `until` is when the time is up, on the monotonic clock."""
        self.events: list[str] = []
        self.numbers: dict[str, int] = {}
        self.sets: list[frozenset[int]] = []
        self.until, self.max_sets = until, max_sets
        self._index: dict[frozenset[int], int] = {}
        self._containing: dict[int, BitMap] = {}
        self._larger: dict[int, BitMap] = {}
        self._listed = 0
        self.spent = 0
        """How many sets were joined or looked at for the equations at hand."""
        self._before = 0
        self._names: dict[int, tuple[str, ...]] = {}
        self.lists: dict[tuple[int, ...], list[tuple[Family, tuple[tuple[str, ...], ...]]]] = {}
        """Families that were named before, by what is cheap to compare."""

    def names(self, number: int) -> tuple[str, ...]:
        """Return a set as sorted ids of events."""
        found = self._names.get(number)
        if found is None:
            found = self._names[number] = tuple(sorted([self.events[event] for event in self.sets[number]]))
        return found

    def event(self, event: str) -> int:
        """Return the number of an event."""
        number = self.numbers.get(event)
        if number is None:
            number = self.numbers[event] = len(self.events)
            self.events.append(event)
        return number

    def fresh(self) -> None:
        """Begin with other equations; less is left for them when all together took too much."""
        self._before += self.spent
        self.spent = max(0, self._before + MAX_WORK - MAX_TOTAL_WORK)
        self._before -= self.spent

    def add(self, sets: Iterable[frozenset[int]]) -> list[int]:
        """Return the numbers of the sets; new ones get the next."""
        index, known, found = self._index, self.sets, []
        for one in sets:
            number = index.get(one)
            if number is None:
                number = index[one] = len(known)
                known.append(one)
            found.append(number)
        return found

    def find(self, events: frozenset[int]) -> int | None:
        """Return the number of a set that some family has."""
        return self._index.get(events)

    def containing(self, event: int) -> BitMap:
        """Return the sets that contain the event."""
        self._list()
        return self._containing.get(event, _NONE)

    def larger(self, size: int) -> BitMap:
        """Return the sets of more than `size` events."""
        self._list()
        return BitMap.union(_NONE, *(found for other, found in self._larger.items() if other > size))

    def _list(self) -> None:
        """Bring the lists of what contains what up to date."""
        events: dict[int, list[int]] = {}
        sizes: dict[int, list[int]] = {}
        for number in range(self._listed, len(self.sets)):
            found = self.sets[number]
            sizes.setdefault(len(found), []).append(number)
            for event in found:
                events.setdefault(event, []).append(number)
        self._listed = len(self.sets)
        for lists, news in ((self._containing, events), (self._larger, sizes)):
            for key, numbers in news.items():
                if key in lists:
                    lists[key].update(numbers)
                else:
                    lists[key] = BitMap(numbers)

    def room(self, kept: int, more: int, order: int) -> None:
        """Raise `TooManySets` before a family gets too large, or all together, or the work, or when the time is up.

        What there is too much of has `order` events and more.
        """
        if more and (more > min(MAX_FAMILY - kept, self.max_sets - len(self.sets)) or self.spent > MAX_WORK):
            raise TooManySets(order - 1)
        if more and self.late():
            raise TooManySets(1)

    def late(self) -> bool:
        """Return whether the time is up."""
        return self.until is not None and time.monotonic() > self.until
