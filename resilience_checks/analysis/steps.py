"""When something is lost: step functions of time over any algebra of fault sets.

A value is pairs (seconds, lost) in ascending order of time, where `lost` says in which fault sets the part is still
lost from then on; later ones are smaller, and before the first step all is lost. `()` is lost in every fault set.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from resilience_checks.analysis.algebra import at_least

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from resilience_checks.analysis.algebra import Algebra

T = TypeVar("T")
Steps: TypeAlias = tuple[tuple[float, T], ...]

_LAST = float("inf")


def at(algebra: Algebra[T], value: Steps[T], seconds: float) -> T:
    """Return the fault sets in which the value is lost after `seconds`.

    >>> from resilience_checks.analysis.algebra import FaultSets
    >>> sets, value = FaultSets([["a"], ["b"]]), ((0.0, 0b10), (30.0, 0b00))
    >>> at(sets, (), 5), at(sets, value, 29), at(sets, value, 30)
    (3, 2, 0)
    """
    index = bisect_right(value, seconds, key=_time)
    return value[index - 1][1] if index else algebra.everything


_time = itemgetter(0)


def threshold(algebra: Algebra[T], k: int, values: Sequence[Steps[T]]) -> Steps[T]:
    """Return when fewer than `k` of the values are up.

    >>> from resilience_checks.analysis.algebra import FaultSets
    >>> sets = FaultSets([["a"], ["b"], ["c"]])
    >>> threshold(sets, 2, [((0.0, 0b100),), ((0.0, 0b001),), ((5.0, 0b010),)])
    ((0.0, 5), (5.0, 0))
    """
    if k <= 0:
        return ((0.0, algebra.nothing),)
    if k > len(values):
        return ()
    if len(values) == 1:
        return values[0]
    lost = len(values) - k + 1
    at_once: list[T] = []
    for value in values:
        if len(value) != 1 or value[0][0] != 0.0:
            break
        at_once.append(value[0][1])
    else:
        found = at_least(algebra, lost, at_once)
        return () if found == algebra.everything else ((0.0, found),)
    return _plain(algebra, ((time, at_least(algebra, lost, now)) for time, now in _states(algebra, values)))


def _states(algebra: Algebra[T], values: Sequence[Steps[T]]) -> Iterator[tuple[float, list[T]]]:
    """Yield each time at which a value steps, with what all are from then on, in one list that is changed in place."""
    now = [algebra.everything] * len(values)
    steps = sorted([(step[0], place, step[1]) for place, value in enumerate(values) for step in value], key=_time)
    last = len(steps) - 1
    for number, (time, place, lost) in enumerate(steps):
        now[place] = lost
        if number == last or steps[number + 1][0] != time:
            yield time, now


def delayed(value: Steps[T], seconds: float, cap: float) -> Steps[T]:
    """Return the value `seconds` later, without what comes after `cap`."""
    return tuple((time + seconds, lost) for time, lost in value if time + seconds <= cap)


def also(algebra: Algebra[T], value: Steps[T], hit: T) -> Steps[T]:
    """Return the value that is also lost in the fault sets `hit`."""
    if hit == algebra.nothing:
        return value
    if len(value) == 1 and value[0][1] == algebra.nothing:
        return ((value[0][0], hit),) if hit != algebra.everything else ()
    return _plain(algebra, ((time, algebra.any((lost, hit))) for time, lost in value))


def _plain(algebra: Algebra[T], steps: Iterable[tuple[float, T]]) -> Steps[T]:
    """Leave out steps that change nothing."""
    kept: list[tuple[float, T]] = []
    last = algebra.everything
    for time, lost in steps:
        if lost != last:
            kept.append((time, lost))
            last = lost
    return tuple(kept)
