"""Evaluates one set of faults directly: kept, lost, or not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.analysis.answers import MAX_CASES, Analysis
from resilience_checks.analysis.families import Family
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
    return _WhatIf(estate).of(events, service, horizon, within_rpo=within_rpo)


class _WhatIf(Analysis):
    """Asks about one fault set, which is asked about whatever its events are."""

    def of(self, events: Collection[str], service: str, horizon: Horizon, *, within_rpo: bool) -> Holds:
        asked = Family(tuple(sorted(events)), dict.fromkeys(events, ((),)), len(events), complete=True)
        question = Question("what-if", faults=(), order=len(events), horizon=horizon, within_rpo=within_rpo)
        found = self.estate.services[service]
        whole = 1 << (len(asked.sets) - 1)
        cases = [self._case(question, found, asked, {})]
        shared = self._shared_facts(found, asked)
        if cases[0].possibly_lost & ~cases[0].surely_lost & whole and shared:
            split = list(self._assignments(shared)) if len(shared) < MAX_CASES.bit_length() else []
            cases = [self._case(question, found, asked, known) for known in split] or cases
        if all(case.surely_lost & whole for case in cases):
            return Holds.NO
        return Holds.UNKNOWN if any(case.possibly_lost & whole for case in cases) else Holds.YES
