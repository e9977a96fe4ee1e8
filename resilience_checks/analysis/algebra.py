"""What the equations are solved over: anything that says in which fault sets something is lost.

Every operator of the semantics is monotone and acts on each fault set by itself (SEMANTICS, section 2), so the same
nested fixpoint may be solved over the bits of some given fault sets, or over families of minimal cut sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

T = TypeVar("T")


class Algebra(Protocol[T]):
    """Says of values of type T, each of which stands for the fault sets that lose something, how they combine.

    `order` is the most faults in one set that values tell of; equal values compare equal.
    """

    nothing: T
    """Lost in no fault set."""
    everything: T
    """Lost in every fault set, the empty one included."""
    order: int

    def event(self, event: str) -> T:
        """Return the fault sets that contain the event."""

    def any(self, items: Sequence[T]) -> T:
        """Return where some item is lost."""

    def every(self, items: Sequence[T]) -> T:
        """Return where all items are lost."""

    def limited(self, order: int) -> Algebra[T]:
        """Return the same algebra for fault sets of at most `order` events."""

    def restricted(self, item: T) -> T:
        """Return the value without the fault sets of more than `order` events."""

    def fresh(self) -> None:
        """Begin with other equations: limits of the work hold for each on its own."""

    def late(self) -> bool:
        """Return whether the time is up."""


class TooManySets(Exception):  # noqa: N818 a limit, caught by the solver, not an error that anybody sees
    """A value would have more sets than the limits allow; up to order `finished` it would not."""

    def __init__(self, finished: int) -> None:
        """Name the order that can still be finished."""
        super().__init__(f"too many fault sets of order {finished + 1}")
        self.finished = finished


def at_least(algebra: Algebra[T], k: int, items: Sequence[T]) -> T:
    """Return where at least `k` of the items are lost.

    >>> sets = FaultSets([["a"], ["b"], ["a", "b"]])
    >>> bin(at_least(sets, 2, [sets.event("a"), sets.event("b"), sets.nothing]))
    '0b100'
    """
    if k <= 0:
        return algebra.everything
    if k > len(items):
        return algebra.nothing
    if k == 1:
        return algebra.any(items)
    if k == len(items):
        return algebra.every(items)
    spare = len(items) - k
    lost = [algebra.everything, *[algebra.nothing] * k]  # lost[j]: at least j of the items so far are lost
    for count, item in enumerate(items, 1):  # too few so far to reach k at the end: never looked at
        for j in range(min(count, k), max(1, count - spare) - 1, -1):
            lost[j] = algebra.any((lost[j], algebra.every((lost[j - 1], item))))
    return lost[k]


class FaultSets:
    """Bits over given fault sets: bit i says that set i loses something. The cheapest, where the sets are known."""

    order = 0
    nothing = 0

    def __init__(self, sets: Sequence[Collection[str]]) -> None:
        """Give each set a bit."""
        self.everything = (1 << len(sets)) - 1
        containing: dict[str, list[int]] = {}
        for index, events in enumerate(sets):
            for event in events:
                containing.setdefault(event, []).append(index)
        self._masks: Mapping[str, int] = {event: _bits(indices) for event, indices in containing.items()}

    @classmethod
    def of(cls, masks: Mapping[str, int], full: int) -> FaultSets:
        """Return the fault sets of which each event's mask names those that contain it."""
        found = cls([])
        found.everything, found._masks = full, masks
        return found

    def event(self, event: str) -> int:
        """Return the fault sets that contain the event."""
        return self._masks.get(event, 0)

    def any(self, items: Sequence[int]) -> int:
        """Return where some item is lost."""
        found = 0
        for item in items:
            found |= item
        return found

    def every(self, items: Sequence[int]) -> int:
        """Return where all items are lost."""
        found = self.everything
        for item in items:
            found &= item
        return found

    def limited(self, order: int) -> FaultSets:  # noqa: ARG002 the sets are given
        """Return this algebra: its fault sets are given."""
        return self

    def restricted(self, item: int) -> int:
        """Return the value."""
        return item

    def fresh(self) -> None:
        """Count no work."""

    def late(self) -> bool:
        """Return False: one pass is soon over."""
        return False


def _bits(indices: Sequence[int]) -> int:
    found = bytearray(indices[-1] // 8 + 1)
    for index in indices:
        found[index >> 3] |= 1 << (index & 7)
    return int.from_bytes(found, "little")
