"""The list of waivers, as a table and as `resilience-waivers/v1` JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.report.json_report import waiver_data
from resilience_checks.report.tables import table
from resilience_checks.report.text import counted, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from resilience_checks.gate.waiver_file import Waivers
    from resilience_checks.report.interface import WaiverUse

VERSION = "resilience-waivers/v1"
VALID = "valid"
"""The state of a waiver that holds, where no findings are known that it could be about."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All waivers of a file and what becomes of them; `known` says whether findings are known that they are about."""

    file: Waivers
    uses: Sequence[WaiverUse]
    today: date
    known: bool

    def text(self, width: int) -> str:
        """Return a table of them, the next to end first."""
        if not self.uses:
            return f"{one_line(self.file.path)}: no waivers\n"
        rows = [self._row(use) for use in sorted(self.uses, key=lambda use: use.waiver.expires)]
        head = (
            "POLICY AT TARGET",
            "STATE",
            *(("WAIVES",) if self.known else ()),
            "LEFT",
            "OWNER",
            "APPROVER",
            "TICKET",
        )
        return "".join(f"{line}\n" for line in (*table(head, rows, width), "", self._total()))

    def data(self) -> dict[str, Any]:
        """Return the same as JSON values, held by waivers.schema.json."""
        return {
            "schema": VERSION,
            "file": self.file.path,
            "longest": self.file.longest,
            "today": self.today.isoformat(),
            "waivers": [
                {
                    **waiver_data(use.waiver),
                    "state": self._state(use),
                    "why": use.why if self._state(use) != VALID else "",
                    "days_left": (use.waiver.expires - self.today).days,
                    "waives": list(use.fingerprints) if self.known else None,
                }
                for use in self.uses
            ],
        }

    def _state(self, use: WaiverUse) -> str:
        return VALID if not self.known and use.state in {"applied", "unused"} else use.state

    def _row(self, use: WaiverUse) -> tuple[str, ...]:
        waiver, left = use.waiver, (use.waiver.expires - self.today).days
        number = str(len(use.fingerprints)) if use.state == "applied" else "0"
        days = "over" if left < 0 else "today" if left == 0 else counted(left, "day")
        only = f" ({', '.join(waiver.fingerprints)})" if waiver.fingerprints else ""
        return (
            f"{waiver.policy} at {waiver.target}{only}",
            self._state(use),
            *((number,) if self.known else ()),
            days,
            waiver.owner,
            waiver.approver,
            waiver.ticket,
        )

    def _total(self) -> str:
        return "; ".join(self._totals())

    def _totals(self) -> Iterator[str]:
        states = [self._state(use) for use in self.uses]
        told = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(sorted(states)))
        yield f"{one_line(self.file.path)}: {counted(len(states), 'waiver')} ({told})"
        if not self.known:
            yield "--report FILE tells which are used"
