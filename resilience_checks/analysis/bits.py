"""When something is up, in many given fault sets at once.

A value is a step function of time: pairs (seconds, bits) in ascending order, where bit i of `bits` says that the
part is up in fault set i from then on. Later bits contain earlier ones. `()` is never up in any fault set.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TypeAlias

Value: TypeAlias = tuple[tuple[float, int], ...]

NEVER: Value = ()


def at(value: Value, seconds: float) -> int:
    """Return the fault sets in which the value is up after `seconds`.

    >>> at(((0.0, 0b001), (30.0, 0b011)), 29), at(((0.0, 0b001), (30.0, 0b011)), 30)
    (1, 3)
    """
    index = bisect_right(value, (seconds, float("inf")))
    return value[index - 1][1] if index else 0
