"""Which services miss their recovery objectives after the loss of which places, among those that do not keep running."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from resilience_checks.analysis.answers import Analysis
from resilience_checks.analysis.recovery import PLACES, Recoveries, places
from resilience_checks.model.question import FaultKind, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.analysis.recovery import FaultSet, Recovery
    from resilience_checks.topology.estate import Estate


def interrupted(estate: Estate, analysis: Analysis | None = None) -> tuple[tuple[FaultSet, ...], tuple[Recovery, ...]]:
    """Return the places that are asked about, and the recovery of each service that one of them may interrupt.

    What keeps running, and what is lost with nothing failed, is left out; why nothing brings a service back is not said. An `analysis` of this estate that was made
    before saves compiling it again.
    """
    asked = places(estate)
    known = analysis or Analysis(estate)
    question = Question("interrupted", (FaultKind.OUTAGE,), PLACES)
    numbers = {event: number for number, (event,) in enumerate(asked, start=1)}
    pairs = []
    for name, cuts in known.cut_sets(question).items():
        if () in cuts.sure:
            continue
        possible = numbers.keys() if () in cuts.possible else {cut[0] for cut in cuts.possible} & numbers.keys()
        pairs += [(name, number) for number in sorted(numbers[event] for event in possible)]
    return asked, tuple(_found(estate, asked, pairs, known))


def _found(
    estate: Estate, asked: tuple[FaultSet, ...], pairs: list[tuple[str, int]], known: Analysis
) -> Iterator[Recovery]:
    if not pairs:
        return
    services = list(dict.fromkeys(name for name, _ in pairs))
    sure = Recoveries(estate, asked, services=services, compiled=known.bounds, noted=False)
    doubtful = any(not backup.known for backup in estate.backups.values())
    perhaps = Recoveries(estate, asked, unknown=True, services=services, noted=False) if doubtful else None
    for name, index in pairs:
        service = estate.services[name]
        found = sure.of(service, index)
        yield perhaps.of(service, index) if perhaps is not None and found.time.high == inf else found
