"""The clock of a check: what an option or the environment says, else that of the machine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from resilience_checks.cli.surroundings import Surroundings

VARIABLE = "SOURCE_DATE_EPOCH"
_WHY = "what dates are judged by, and what the report says of its time, would be anybody's guess"


def clock(given: dict[str, Any], around: Surroundings) -> dict[str, Any]:
    """Return the options that hang on time: when the check is held to have begun, and the day of its dates.

    SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/) counts where `--clock` is not given,
    `--today` before either. Raises UsageError for a time that is none.
    """
    if given["clock"] is not None:
        now = _read(given["clock"])
    elif around.epoch:
        now = _epoch(around.epoch)
    else:
        now = datetime.now(UTC)
    return {"clock": now, "today": given["today"].date() if given["today"] else now.date()}


def _read(text: str) -> datetime:
    """Return the time in UTC; what names no zone is in UTC already."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"--clock {text} is not a time",
            why=_WHY,
            remedy="write it as ISO 8601 has it: --clock 2026-01-24T07:30:00Z",
        ) from error


def _epoch(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"{VARIABLE}={text} is not a time",
            why=_WHY,
            remedy="set it to whole seconds since 1970-01-01T00:00:00Z, or to nothing",
        ) from error
