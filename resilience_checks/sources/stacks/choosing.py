"""Who evaluates the stacks of a check: threads of this process, worker processes, or a Dask cluster."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.sources.stacks.evaluations import Make
    from resilience_checks.sources.stacks.workers import Workers

WORTH = 1.0
"""Seconds of this process's own work from which on worker processes, which take some tenths to begin, are faster."""


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def chosen(makes: Sequence[Make], jobs: int, scheduler: str | None) -> Workers | None:
    """Return the workers, None where threads do: they wait for programs, which have processes of their own.

    Raises UsageError where the scheduler cannot be reached.
    """
    if scheduler is not None:
        from resilience_checks.sources.stacks.workers import DaskWorkers

        return DaskWorkers(scheduler)
    shares = [getattr(make, "share", 0.0) for make in makes if getattr(make, "travels", False)]
    if jobs == 1 or len(shares) < 2 or sum(shares) < WORTH:  # noqa: PLR2004 one stack alone has nobody to share with
        return None
    from resilience_checks.sources.stacks.workers import LocalWorkers

    return LocalWorkers(jobs)
