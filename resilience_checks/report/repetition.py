"""What came out when a check was run anew with what its evidence says it was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from resilience_checks.report.difference import data as difference_data
from resilience_checks.report.difference import lines

if TYPE_CHECKING:
    from resilience_checks.report.difference import Difference
    from resilience_checks.report.page import Page


class Outcome(StrEnum):
    """Whether the same report came out."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_REPRODUCED = "not reproduced"


_WORDS = {
    Outcome.SAME: "the check was run again, and the same report came out",
    Outcome.DIFFERENT: "the check was run again, and another report came out",
    Outcome.NOT_REPRODUCED: "the check was not reproduced",
}
_STYLES = {Outcome.SAME: "bold green", Outcome.DIFFERENT: "bold red", Outcome.NOT_REPRODUCED: "magenta"}
_MAX_LISTED = 20


@dataclass(frozen=True, slots=True)
class Repetition:
    """One check run anew: `why` it was not, or could not be, reproduced; else what is different in the report.

    `parts` are the first keys of the JSON report below which anything is different, `reworded` the results (policy and
    target) that tell the same violation, or none, in other words, with other places, causes or evidence.
    """

    outcome: Outcome
    why: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()
    difference: Difference | None = None


def write(page: Page, found: Repetition) -> None:
    """Write what came out, and each finding and input that is not as it was."""
    page.head("again:", _STYLES[found.outcome], "", _WORDS[found.outcome])
    page.listed("why", found.why)
    if found.parts:
        page.field("differs", f"in the report: {', '.join(found.parts)}")
    page.listed("reworded", found.reworded, _MAX_LISTED)
    page.end()
    if found.difference is not None and found.outcome is Outcome.DIFFERENT:
        for line in lines(found.difference, page.width):
            page.line(line)
        page.end()


def as_data(found: Repetition) -> dict[str, Any]:
    """Return it as JSON values, held by verification.schema.json."""
    return {
        "outcome": str(found.outcome),
        "why": list(found.why),
        "parts": list(found.parts),
        "reworded": list(found.reworded),
        "difference": None if found.difference is None else difference_data(found.difference),
    }
