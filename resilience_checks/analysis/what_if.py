"""Evaluates one set of faults directly: kept, lost, or not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.analysis.answers import Analysis
from resilience_checks.model.question import Holds, Horizon, Question

if TYPE_CHECKING:
    from collections.abc import Collection

    from resilience_checks.topology.estate import Estate


def what_if(
    estate: Estate,
    events: Collection[str],
    service: str,
    horizon: Horizon = Horizon.INSTANT,
    *,
    within_rpo: bool = False,
) -> Holds:
    """Return YES when the service surely survives exactly these events, NO when it is surely lost, else UNKNOWN."""
    question = Question("what-if", faults=(), horizon=horizon, within_rpo=within_rpo)
    surely, possibly = Analysis(estate).lost(question, service, [events])
    if surely:
        return Holds.NO
    return Holds.UNKNOWN if possibly else Holds.YES
