"""Where something stands in the repository."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file that a reader can open.

    `path` is relative to the repository root with forward slashes, `line` and `column` count from 1.
    """

    path: str
    line: int
    column: int | None = None

    def __str__(self) -> str:
        """Return `path:line` or `path:line:column`, the form that terminals and editors link."""
        position = f"{self.path}:{self.line}"
        return position if self.column is None else f"{position}:{self.column}"


@dataclass(frozen=True, slots=True)
class Related:
    """A further place that a reader of a finding wants to see, and what is there."""

    label: str
    location: Location
