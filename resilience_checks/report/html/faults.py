"""The blast radius of every failure domain: what each of its faults loses, the widest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.report.html.estates import Estate

_ROWS = 200
_HARMS = ("lost", "unknown", "degraded")
_ALL = (*_HARMS, "failover")


@dataclass(frozen=True, slots=True)
class Radius:
    """The faults of one estate that may harm a service, how many of them are left out, and the milder ones in words."""

    estate: Estate
    rows: tuple[Mapping[str, Any], ...]
    left_out: int
    moved: tuple[tuple[str, tuple[str, ...]], ...]
    """Faults after which services come back by themselves, and these."""
    harmless: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    """Why faults have their class of likelihood: each class with a reason and its source, once."""

    @property
    def alone(self) -> int:
        """How many of its faults lose a service."""
        return sum(bool(row["lost"]) for row in self.rows)


def radius(estate: Estate) -> Radius:
    """Return the blast radius of the estate's domains."""
    harming = [each for each in estate.faults if any(each[harm] for harm in _HARMS)]
    harming.sort(key=lambda each: (*(-len(each[harm]) for harm in _ALL), each["event"]))
    shown = tuple(harming[:_ROWS])
    quiet = [each for each in estate.faults if not any(each[harm] for harm in _HARMS)]
    return Radius(
        estate,
        shown,
        len(harming) - len(shown),
        tuple((estate.event(each["event"]), tuple(each["failover"])) for each in quiet if each["failover"]),
        tuple(estate.event(each["event"]) for each in quiet if not each["failover"]),
        tuple(dict.fromkeys(_reason(each["likelihood"]) for each in shown if each["likelihood"])),
    )


def _reason(likelihood: Mapping[str, Any]) -> tuple[str, str]:
    source = f" ({likelihood['source']})" if likelihood["source"] else ""
    return f"{likelihood['class']}, {likelihood['basis']}", f"{likelihood['why']}{source}"
