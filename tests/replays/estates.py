"""Estates of real programs, and what a set of faults loses in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.analysis.what_if import what_if
from resilience_checks.estates import estates
from resilience_checks.model.question import Holds, Horizon
from resilience_checks.options import Options
from tests.plugins.shared import once

if TYPE_CHECKING:
    from collections.abc import Collection

    from resilience_checks.topology.estate import Estate

ROOT = Path(__file__).resolve().parents[2]
STACKS = ROOT / "stacks"


@dataclass(frozen=True)
class Outcome:
    """What faults do to the services of an estate."""

    lost: frozenset[str]
    kept: frozenset[str]
    unknown: frozenset[str] = frozenset()


def estate(directory: Path, root: Path = ROOT) -> Estate:
    """Return the one estate of the programs in a directory; of a stack as it stands, the one of this run of the tests."""
    if directory.parent == STACKS:
        return once(lambda: _estate(directory, root), "estate", directory)
    return _estate(directory, root)


def _estate(directory: Path, root: Path) -> Estate:
    [built] = estates(Options((directory,), root))
    return built.estate


def outcome(found: Estate, faults: Collection[str], horizon: Horizon = Horizon.RTO) -> Outcome:
    """Return which services the faults lose for longer than `horizon`, each fault being one of the estate's."""
    events = {f"{domain.id}/{fault}" for domain in found.domains.values() for fault in domain.faults}
    assert set(faults) <= events, f"{sorted(set(faults) - events)} not among {sorted(events)}"
    answers = {service: what_if(found, faults, service, horizon) for service in found.services}
    lost, kept, unknown = (
        frozenset(service for service, answer in answers.items() if answer is wanted)
        for wanted in (Holds.NO, Holds.YES, Holds.UNKNOWN)
    )
    return Outcome(lost, kept, unknown)
