"""How much of a program the catalogue knows, for a reader and for a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.catalogue.coverage import State
from resilience_checks.report.tables import hanging, table
from resilience_checks.report.text import counted, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.catalogue.coverage import Use

VERSION = "resilience-catalogue-coverage/v1"
_HEADS = {
    State.UNKNOWN: ("Types that it does not know", "What hangs on them is unknown, and no policy passes on it."),
    State.HIDDEN: (
        "Components whose inside is not shown",
        "Their plugin makes what is in them: check a preview or a state, which shows it, or add an entry for the type.",
    ),
    State.KNOWN: ("Types that it knows", ""),
}
_REMEDY = "To make a type known, write an entry for it (docs/catalogue.md), and name its file under `catalogue` in resilience.yaml."


@dataclass(frozen=True)
class CoveragePage:
    """The types that some stacks use."""

    stacks: tuple[str, ...]
    uses: Sequence[Use]

    def text(self, width: int) -> str:
        """Return the page."""
        return safe("".join(f"{line}\n" for line in self._lines(width)))

    def data(self) -> dict[str, Any]:
        """Return the same as JSON values, held by catalogue_coverage.schema.json."""
        return {
            "schema": VERSION,
            "stacks": list(self.stacks),
            "resources": self._total(),
            **{str(state): self._total(state) for state in State},
            "types": [_written(use) for use in self.uses],
        }

    def _total(self, state: State | None = None) -> int:
        return sum(use.count for use in self.uses if state in {None, use.state})

    def _lines(self, width: int) -> Iterator[str]:
        total, known = self._total(), self._total(State.KNOWN)
        share = f" ({known * 100 // total} %)" if total else ""
        where = self.stacks[0] if len(self.stacks) == 1 else counted(len(self.stacks), "stack")
        yield from hanging("", f"The catalogue knows {known} of {counted(total, 'resource')}{share} of {where}.", width)
        for state, (head, meaning) in _HEADS.items():
            uses = [use for use in self.uses if use.state is state]
            if uses:
                yield ""
                yield from hanging("", f"{head}. {meaning}" if meaning else head, width)
                yield ""
                yield from table(_columns(state), [_row(use) for use in uses], width, indent="  ")
        if known < total:
            yield ""
            yield from hanging("", _REMEDY, width)


def _columns(state: State) -> tuple[str, ...]:
    if state is State.KNOWN:
        return ("resources", "type", "what it is")
    return ("resources", "type", "first at", "nearest that is known")


def _row(use: Use) -> tuple[str, ...]:
    if use.state is State.KNOWN:
        return str(use.count), use.token, use.role or "nothing that runs"
    return str(use.count), use.token, f"{use.at.path}:{use.at.line}" if use.at is not None else "", use.near or ""


def _written(use: Use) -> Mapping[str, Any]:
    at = None if use.at is None else {"path": use.at.path, "line": use.at.line}
    return {
        "token": use.token,
        "resources": use.count,
        "state": str(use.state),
        "role": use.role,
        "near": use.near,
        "at": at,
    }
