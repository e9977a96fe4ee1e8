"""Stacks that read each other's outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resilience_checks.model.location import Location


@dataclass(frozen=True, slots=True)
class Circle:
    """The stacks of one circle, and the lines where they read each other."""

    stacks: tuple[str, ...]
    locations: tuple[Location, ...]

    @property
    def text(self) -> str:
        """What a reader is told."""
        *others, last = self.stacks
        return f"stacks {', '.join(others)} and {last} read each other's outputs: neither can be restored first"
