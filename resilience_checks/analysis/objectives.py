"""Which services miss their recovery objectives after the loss of which places, among those that do not keep running."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from resilience_checks.analysis.fates import Survey
from resilience_checks.analysis.recovery import Recoveries, places
from resilience_checks.model.question import Horizon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.analysis.recovery import FaultSet, Recovery
    from resilience_checks.topology.estate import Estate


def interrupted(estate: Estate, until: float | None = None) -> tuple[tuple[FaultSet, ...], tuple[Recovery, ...]]:
    """Return the places that are asked about, and the recovery of each service that one of them may interrupt.

    What keeps running, and what is lost with nothing failed, is left out. `until` is on the monotonic clock.
    """
    asked = places(estate)
    survey = Survey(estate, asked, until=until)
    pairs = [
        (name, index)
        for name in estate.services
        if not (fates := survey.fates(name, Horizon.INSTANT)).lost & 1
        for index in _bits((1 << len(asked) + 1) - 2 & ~fates.whole)
    ]
    return asked, tuple(_found(estate, asked, pairs))


def _found(estate: Estate, asked: tuple[FaultSet, ...], pairs: list[tuple[str, int]]) -> Iterator[Recovery]:
    if not pairs:
        return
    sure = Recoveries(estate, asked)
    doubtful = any(not backup.known for backup in estate.backups.values())
    perhaps = Recoveries(estate, asked, unknown=True) if doubtful else None
    for name, index in pairs:
        service = estate.services[name]
        found = sure.of(service, index)
        yield perhaps.of(service, index) if perhaps is not None and found.time.high == inf else found


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
