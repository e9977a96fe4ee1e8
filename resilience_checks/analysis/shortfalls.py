"""Which losses leave too little for the declared peaks."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.analysis.bounds import Bounds
from resilience_checks.analysis.capacity import Enough, headrooms, losses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.analysis.answers import Analysis
    from resilience_checks.analysis.capacity import FaultSet, Headroom
    from resilience_checks.topology.estate import Estate

_CHUNK = 64
_TOLD = (Enough.SHORT, Enough.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Shortfalls:
    """What is short or not known after which loss; not `complete` where the time was up first.

    `asked` counts the losses, among them that nothing failed.
    """

    found: tuple[Headroom, ...]
    asked: int
    complete: bool


def shortfalls(estate: Estate, until: float | None = None, analysis: Analysis | None = None) -> Shortfalls:
    """Return every loss of one failure domain after which a declared peak is not surely carried.

    What the loss takes away altogether is left out: it is not a question of capacity. An `analysis` of this estate that
    was made before saves compiling it again.
    """
    services = [service.id for service in estate.services.values() if service.peak]
    if not services:
        return Shortfalls((), 0, complete=True)
    asked = losses(estate)
    compiled = analysis.bounds if analysis is not None else Bounds(estate)
    found: list[Headroom] = []
    for chunk in _chunks(asked):
        if until is not None and time.monotonic() > until:
            return Shortfalls(tuple(found), len(asked), complete=False)
        found += (one for one in headrooms(estate, chunk, services, compiled) if one.enough in _TOLD)
    return Shortfalls(tuple(found), len(asked), complete=True)


def _chunks(asked: Sequence[FaultSet]) -> Iterator[Sequence[FaultSet]]:
    for start in range(0, len(asked), _CHUNK):
        yield asked[start : start + _CHUNK]
