"""Families of minimal cut sets, truncated to an order: the algebra that finds the cut sets of all services at once.

A family stands for every fault set that contains one of its members. Union and intersection of what families stand
for act on each fault set by itself, so that leaving out members of more than `order` events is exact for fault sets
of up to `order` events, in cycles too. Sets of two and more events are interned: a family is a Roaring bitmap of
their numbers (Lemire et al., "Roaring Bitmaps: Implementation of an Optimized Software Library", 2018), so that
families that share members cost next to nothing to unite or compare.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from pyroaring import BitMap

from resilience_checks.analysis.interned import MAX_SETS, Interned
from resilience_checks.analysis.joins import Join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_NONE = BitMap()


class Family:
    """An antichain of cut sets: single events, numbers of interned larger sets, and the events in those.

    `support` may hold events that no longer occur in `rest`. The family of the empty set alone is `EVERYTHING`.
    """

    __slots__ = ("ones", "rest", "support")
    __hash__ = None  # type: ignore[assignment] # compared, never looked up

    def __init__(self, ones: BitMap, rest: BitMap = _NONE, support: BitMap = _NONE) -> None:
        self.ones, self.rest, self.support = ones, rest, support

    def __eq__(self, other: object) -> bool:
        """Return whether both stand for the same fault sets."""
        if self is other:
            return True
        if not isinstance(other, Family) or self is EVERYTHING or other is EVERYTHING:
            return False
        return bool(self.ones == other.ones and self.rest == other.rest)

    def __len__(self) -> int:
        return len(self.ones) + len(self.rest) if self is not EVERYTHING else 1


NOTHING = Family(_NONE)
EVERYTHING = Family(BitMap())


class CutFamilies:
    """The algebra of families of minimal cut sets of at most `order` events out of `events` (None: any).

    Raises `TooManySets` where a limit would be passed; at order 1 none ever is.
    """

    nothing, everything = NOTHING, EVERYTHING

    def __init__(
        self,
        order: int,
        events: frozenset[str] | None = None,
        *,
        until: float | None = None,
        max_sets: int = MAX_SETS,
        interned: Interned | None = None,
    ) -> None:
        """Start with nothing interned."""
        self.order, self._events = order, events
        self.interned = interned or Interned(until, max_sets)
        self._singles: dict[str, Family] = {}

    def event(self, event: str) -> Family:
        """Return the fault sets that contain the event."""
        found = self._singles.get(event)
        if found is None:
            counted = self._events is None or event in self._events
            found = Family(BitMap((self.interned.event(event),))) if counted else NOTHING
            self._singles[event] = found
        return found

    def limited(self, order: int) -> CutFamilies:
        """Return the algebra of a lower order over the same interned sets."""
        return CutFamilies(order, self._events, interned=self.interned)

    def restricted(self, item: Family) -> Family:
        """Return the family without its members of more than `order` events."""
        if not item.rest:
            return item
        rest = item.rest - self.interned.larger(self.order)
        return Family(item.ones, rest, item.support) if rest else _of_ones(item.ones)

    def among(self, item: Family, events: BitMap) -> Family:
        """Return the family without members of other events; all of them, each alone, where everything is lost."""
        if item is EVERYTHING:
            return _of_ones(events)
        rest = item.rest
        if rest and not item.support.issubset(events):
            sets, counted = self.interned.sets, set(events)
            rest = BitMap([number for number in rest if sets[number] <= counted])
        ones = item.ones & events
        return Family(ones, rest, item.support) if rest else _of_ones(ones)

    def without(self, item: Family, other: Family, parts: Mapping[str, str]) -> Family:
        """Return the family without the members of whose events these parts alone lose in another family."""
        if not parts or item is EVERYTHING:
            return item
        kept = [number for number in item.ones if not self._lost_by((number,), other, parts)]
        rest = [number for number in item.rest if not self._lost_by(self.interned.sets[number], other, parts)]
        return Family(BitMap(kept), BitMap(rest), item.support) if rest else _of_ones(BitMap(kept))

    def _lost_by(self, events: Iterable[int], other: Family, parts: Mapping[str, str]) -> bool:
        names = (self.interned.events[number] for number in events)
        found = [parts[name] for name in names if name in parts]
        return bool(found) and self.loses(other, found)

    def common(self, items: Sequence[Family]) -> Family:
        """Return the members that all of the families have."""
        if any(item is EVERYTHING for item in items):
            return NOTHING
        ones = BitMap.intersection(*[item.ones for item in items])
        rest = BitMap.intersection(*[item.rest for item in items])
        return Family(ones, rest, items[0].support) if rest else _of_ones(ones)

    def named(self, item: Family) -> tuple[tuple[str, ...], ...]:
        """Return the members as sorted ids of events, the smallest first; equal families share one list."""
        if item is EVERYTHING:
            return ((),)
        key = (len(item.ones), len(item.rest), *item.ones[:1], *item.rest[:1])
        alike = self.interned.lists.setdefault(key, [])
        for other, names in alike:
            if item == other:
                return names
        found = (*((event,) for event in sorted(map(self.interned.events.__getitem__, item.ones))), *self._large(item))
        alike.append((item, found))
        return found

    def _large(self, item: Family) -> list[tuple[str, ...]]:
        found = [self.interned.names(number) for number in item.rest]
        return sorted(found, key=lambda cut: (len(cut), cut))

    def late(self) -> bool:
        """Return whether the time is up."""
        return self.interned.late()

    def members(self, item: Family) -> Iterator[frozenset[int]]:
        """Yield the cut sets of a family as numbers of events."""
        if item is EVERYTHING:
            yield frozenset()
            return
        for one in item.ones:
            yield frozenset((one,))
        for number in item.rest:
            yield self.interned.sets[number]

    def loses(self, item: Family, events: Iterable[str]) -> bool:
        """Return whether these events contain a cut set of the family."""
        if item is EVERYTHING:
            return True
        numbers = sorted(self.interned.numbers[event] for event in events if event in self.interned.numbers)
        if any(number in item.ones for number in numbers):
            return True
        if not item.rest:
            return False
        found = (
            self.interned.find(frozenset(some))
            for size in range(2, self.order + 1)
            for some in combinations(numbers, size)
        )
        return any(number is not None and number in item.rest for number in found)

    def any(self, items: Sequence[Family]) -> Family:
        """Return where some item is lost: all members, without those that contain another."""
        families = _different(items, NOTHING)
        if len(families) < 2:  # noqa: PLR2004 nothing to unite
            return families[0] if families else NOTHING
        if any(family is EVERYTHING for family in families):
            return EVERYTHING
        largest = max(families, key=len)
        if all(family is largest or _holds(largest, family) for family in families):
            return largest
        ones = BitMap.union(*[family.ones for family in families])
        large = [family for family in families if family.rest]
        if not large:
            return Family(ones)
        rest = BitMap.union(*[family.rest for family in large])
        support = BitMap.union(*[family.support for family in large])
        hit = ones & support
        if hit:
            rest -= self._meeting(rest, hit)
            support -= hit
        if self.order > 2 and len(large) > 1:  # noqa: PLR2004 pairs are in no pairs
            rest -= self._swallowed(large, rest)
        return Family(ones, rest, support if rest else _NONE)

    def every(self, items: Sequence[Family]) -> Family:
        """Return where all items are lost: the smallest unions of one member of each."""
        families = _different(items, EVERYTHING)
        if len(families) < 2:  # noqa: PLR2004 nothing to join
            return families[0] if families else EVERYTHING
        if any(family is NOTHING for family in families):
            return NOTHING
        if self.order == 1:
            return _of_ones(BitMap.intersection(*[family.ones for family in families]))
        if len(families) > self.order or any(not family.ones for family in families):
            common = BitMap.intersection(*[family.ones for family in families])
            if self._apart(families, common):
                return _of_ones(common)
        families.sort(key=len)
        found = families[0]
        for family in families[1:]:
            found = self._both(found, family)
            if found is NOTHING:
                break
        return found

    def _apart(self, families: Sequence[Family], common: BitMap) -> bool:
        """Return whether what is not common has too many events: the families without an event of another add up."""
        least, seen = 0, BitMap()
        for family in families:
            own = len(family.ones) > len(common)
            if not own and not family.rest:
                return True
            events = (family.ones - common) | family.support
            if not seen.intersect(events):
                least += 1 if own else 2
                seen |= events
            if least > self.order:
                return True
        return False

    def _meeting(self, rest: BitMap, events: BitMap) -> BitMap:
        """Return the sets of `rest` that contain one of the events."""
        if len(events) < len(rest):
            return BitMap.union(*[self.interned.containing(event) for event in events]) & rest
        self.interned.spent += len(rest)
        sets = self.interned.sets
        wanted = set(events)
        return BitMap([number for number in rest if not wanted.isdisjoint(sets[number])])

    def _swallowed(self, large: Sequence[Family], rest: BitMap) -> BitMap:
        """Return the sets of `rest` that contain another; members of one family do not contain each other."""
        found = BitMap()
        for size in range(2, self.order):
            above = rest & self.interned.larger(size)
            if not above:
                break
            level = (rest - above) & self.interned.larger(size - 1)
            for family in large:
                own, others = family.rest & above, level - family.rest
                if own and others:
                    found |= self._containing_some(own, others, size)
        return found

    def _containing_some(self, above: BitMap, level: BitMap, size: int) -> BitMap:
        """Return which sets of `above` contain one of `level`, all of which have `size` events."""
        sets, interned = self.interned.sets, self.interned
        if len(level) < len(above):
            interned.spent += len(level)
            parts = (BitMap.intersection(above, *map(interned.containing, sets[number])) for number in level)
            return BitMap.union(_NONE, *parts)
        interned.spent += len(above)
        found = []
        for number in above:
            some = (interned.find(frozenset(part)) for part in combinations(sets[number], size))
            if any(part is not None and part in level for part in some):
                found.append(number)
        return BitMap(found)

    def _both(self, one: Family, other: Family) -> Family:
        """Return where both are lost.

        A member that contains a member of the other family stays as it is; the rest is joined pair by pair.
        """
        if _holds(one, other):
            return other
        if _holds(other, one):
            return one
        common = one.ones & other.ones
        left, right = one.ones - common, other.ones - common
        kept = one.rest & other.rest
        free = []
        for mine, theirs, singles in ((one, other, right), (other, one, left)):
            hit = singles & mine.support
            stays = self._meeting(mine.rest, hit) if hit else _NONE
            if self.order > 2 and theirs.rest and mine.rest:  # noqa: PLR2004 pairs are in no pairs
                stays = stays | self._swallowed((mine, theirs), mine.rest | theirs.rest) & mine.rest
            kept = kept | stays
            free.append(mine.rest - kept)
        joined = Join(self.interned, self.order, len(kept)).of(left, right, *free)
        if self.order > 2 and joined:  # noqa: PLR2004 pairs are in no pairs
            joined = self._least(joined, kept)
        self.interned.room(len(kept), len(joined), self.order)
        numbers = kept | BitMap(self.interned.add(joined))
        if not numbers:
            return _of_ones(common)
        support = (one.support | other.support) if kept else BitMap()
        if joined:
            support |= BitMap(set().union(*joined))
        return Family(common, numbers, support)

    def _least(self, joined: set[frozenset[int]], kept: BitMap) -> set[frozenset[int]]:
        """Return the joined sets without those that contain another, or one that is kept."""
        sets = self.interned.sets
        smaller = {sets[number] for number in kept}
        sizes = sorted({len(one) for one in joined} | {len(one) for one in smaller})
        if len(sizes) < 2:  # noqa: PLR2004 sets of one size
            return joined
        found: set[frozenset[int]] = set()
        everything = joined | smaller
        for one in joined:
            parts = (frozenset(part) for size in sizes if size < len(one) for part in combinations(one, size))
            if not any(part in everything for part in parts):
                found.add(one)
        return found

    def fresh(self) -> None:
        """Begin with equations that the work so far was not for."""
        self.interned.fresh()


def _holds(one: Family, other: Family) -> bool:
    """Return whether one family has all members of the other."""
    return bool(other.ones.issubset(one.ones) and other.rest.issubset(one.rest))


def _different(items: Sequence[Family], neutral: Family) -> list[Family]:
    if len(items) == 2:  # noqa: PLR2004 most are
        one, other = items
        if one is other or other is neutral:
            return [] if one is neutral else [one]
        return [other] if one is neutral else [one, other]
    return [item for item in {id(item): item for item in items}.values() if item is not neutral]


def _of_ones(ones: BitMap) -> Family:
    return Family(ones) if ones else NOTHING
