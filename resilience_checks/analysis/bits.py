"""When something is up, in many fault sets at once.

A value is a step function of time: pairs (seconds, bits) in ascending order, where bit i of `bits` says that the
part is up in fault set i from then on. Later bits contain earlier ones. `()` is never up in any fault set.

The bits of one value cost one machine operation per 64 fault sets, so that thousands of fault sets are evaluated
in one pass over the gates.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Value: TypeAlias = tuple[tuple[float, int], ...]

NEVER: Value = ()


def at(value: Value, seconds: float) -> int:
    """Return the fault sets in which the value is up after `seconds`.

    >>> at(((0.0, 0b001), (30.0, 0b011)), 29), at(((0.0, 0b001), (30.0, 0b011)), 30)
    (1, 3)
    """
    index = bisect_right(value, (seconds, float("inf")))
    return value[index - 1][1] if index else 0


def threshold(k: int, values: Sequence[Value], full: int) -> Value:
    """Return when at least `k` of the values are up.

    >>> threshold(2, [((0.0, 0b011),), ((0.0, 0b110),), ((5.0, 0b101),)], 0b111)
    ((0.0, 2), (5.0, 7))
    """
    if k <= 0:
        return ((0.0, full),)
    if k > len(values):
        return NEVER
    if len(values) == 1:
        return values[0]
    if all(not value or (len(value) == 1 and value[0][0] == 0.0) for value in values):
        bits = _count(k, [value[0][1] if value else 0 for value in values])
        return ((0.0, bits),) if bits else NEVER
    times = sorted({time for value in values for time, _ in value})
    steps = ((time, _count(k, [at(value, time) for value in values])) for time in times)
    return _plain(steps)


def delayed(value: Value, seconds: float, cap: float) -> Value:
    """Return the value `seconds` later, without what comes after `cap`."""
    return tuple((time + seconds, bits) for time, bits in value if time + seconds <= cap)


def without(value: Value, hit: int) -> Value:
    """Return the value outside of the fault sets `hit`."""
    return value if not hit else _plain((time, bits & ~hit) for time, bits in value)


def _count(k: int, bits: list[int]) -> int:
    if k == 1:
        found = 0
        for item in bits:
            found |= item
        return found
    if k == len(bits):
        found = bits[0]
        for item in bits[1:]:
            found &= item
        return found
    reached = [0] * k  # reached[j]: fault sets in which at least j + 1 of the values so far are up
    for item in bits:
        for j in range(k - 1, 0, -1):
            reached[j] |= reached[j - 1] & item
        reached[0] |= item
    return reached[k - 1]


def _plain(steps: object) -> Value:
    """Leave out steps that add nothing."""
    kept: list[tuple[float, int]] = []
    last = 0
    for time, bits in steps:  # type: ignore[attr-defined]
        if bits != last:
            kept.append((time, bits))
            last = bits
    return tuple(kept)
