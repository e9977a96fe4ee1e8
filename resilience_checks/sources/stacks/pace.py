"""How fast stacks are evaluated, and how long the rest will take."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_WINDOW = 50
_FEWEST = 5
_MINUTE, _HOUR = 60, 3600
_LEAST = 5
"""Seconds below which nothing is said."""


class Pace:
    """Counts what is done of so many, and tells the time left by the pace of the last ones."""

    def __init__(self, every: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is done yet."""
        self._every, self._clock = every, clock
        self._done, self._begun = 0, 0
        self._times: deque[float] = deque([clock()], maxlen=_WINDOW)

    def begin(self) -> str:
        """Count one that begins, and return where that stands among all; "" where there is but one."""
        self._begun = min(self._begun + 1, self._every)
        return f" ({self._begun} of {self._every}{self._left()})" if self._every > 1 else ""

    def finish(self) -> None:
        """Count one that is done."""
        self._done += 1
        self._times.append(self._clock())

    def _left(self) -> str:
        """Return the time left in words, "" where it is not known or short.

        >>> times = iter(range(1000))
        >>> pace = Pace(200, clock=lambda: next(times))
        >>> _ = [pace.finish() for _ in range(80)]
        >>> pace.begin()
        ' (1 of 200, about 2 min left)'
        """
        took = self._times[-1] - self._times[0]
        rest = max(0, self._every - self._done)
        seconds = took / (len(self._times) - 1) * rest if len(self._times) > 1 else 0.0
        if self._done < _FEWEST or seconds < _LEAST:
            return ""
        if seconds < _MINUTE:
            return f", about {round(seconds / 5) * 5} s left"
        return (
            f", about {round(seconds / _MINUTE)} min left"
            if seconds < _HOUR
            else f", about {seconds / _HOUR:.1f} h left"
        )
