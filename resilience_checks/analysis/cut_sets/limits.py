"""How long an engine may work, and how much it may find."""

from __future__ import annotations

import time
from dataclasses import dataclass

MAX_SETS = 1_000_000


class StoppedError(Exception):
    """An engine reached a limit: what it had so far is no complete answer.

    `sets` are cut sets that it had found, of which some may contain others. `many`: there are too many of them,
    whichever engine looks for them.
    """

    def __init__(self, why: str, *, many: bool = False) -> None:
        """Say which limit."""
        super().__init__(why)
        self.why, self.many = why, many
        self.sets: list[tuple[int, ...]] = []


@dataclass(frozen=True, slots=True)
class Limits:
    """`until` is a time of `time.monotonic()`, None: no end; `sets` is the most that is kept at once."""

    until: float | None = None
    sets: int = MAX_SETS

    @classmethod
    def within(cls, seconds: float | None, sets: int = MAX_SETS) -> Limits:
        """Return limits that end so many seconds from now."""
        return cls(None if seconds is None else time.monotonic() + seconds, sets)

    def hold(self, sets: int = 0) -> None:
        """Raise StoppedError where the time is over, or so many sets are too many."""
        if sets > self.sets:
            raise StoppedError(f"there are more than {self.sets:,} sets", many=True)
        if self.until is not None and time.monotonic() > self.until:
            raise StoppedError("the deadline has passed")
