"""Thresholds as texts: the mildest severity that blocks, or never."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.result import NEVER, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

ALL = (*map(str, Severity), NEVER)
"""Every threshold, the strictest first."""
DEFAULT = str(Severity.MEDIUM)
"""What holds where nobody says anything."""


def strictest(thresholds: Iterable[str]) -> str:
    """Return the strictest of some thresholds; the empty text, which says nothing, counts where there is no other.

    >>> strictest(["critical", "", "low"]), strictest(["never", "high"]), strictest([""])
    ('low', 'high', '')
    """
    return min((one for one in thresholds if one), key=ALL.index, default="")


def looser(one: str, other: str) -> bool:
    """Return whether a threshold blocks less than another.

    >>> looser("critical", "medium"), looser("low", "low"), looser("never", "critical")
    (True, False, True)
    """
    return ALL.index(one) > ALL.index(other)
