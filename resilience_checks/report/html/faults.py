"""The blast radius of every failure domain: what each of its faults loses, the widest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.report.html.estates import Estate

_ROWS = 200
_HARMS = ("lost", "unknown", "degraded", "failover")


@dataclass(frozen=True, slots=True)
class Radius:
    """The faults of one estate that concern a service, those that were left out, and those that concern none."""

    estate: Estate
    rows: tuple[Mapping[str, Any], ...]
    left_out: int
    harmless: tuple[str, ...]

    @property
    def alone(self) -> int:
        """How many of its faults lose a service."""
        return sum(bool(row["lost"]) for row in self.rows)


def radius(estate: Estate) -> Radius:
    """Return the blast radius of the estate's domains."""
    told = [each for each in estate.faults if any(each[harm] for harm in _HARMS)]
    told.sort(key=lambda each: (*(-len(each[harm]) for harm in _HARMS), each["event"]))
    harmless = tuple(estate.event(each["event"]) for each in estate.faults if not any(each[harm] for harm in _HARMS))
    return Radius(estate, tuple(told[:_ROWS]), max(0, len(told) - _ROWS), harmless)
