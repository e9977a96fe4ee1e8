"""The acceptance of a finding by somebody who answers for it, until a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from resilience_checks.model.location import Location


@dataclass(frozen=True, slots=True)
class Waiver:
    """What of a policy's findings is accepted, why, by whom, and until when; the day `expires` belongs to it, in UTC.

    With `fingerprints` it accepts these findings alone, and none that comes later at the same target.
    """

    policy: str
    target: str
    reason: str
    owner: str
    approver: str
    ticket: str
    created: date
    expires: date
    location: Location
    fingerprints: tuple[str, ...] = ()
