"""The files that a user gave, once each is known to be of some stack; without any, nothing else of this folder is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.sources.project import stack_names

if TYPE_CHECKING:
    from resilience_checks.model.errors import InputError
    from resilience_checks.sources.discovery import Stack
    from resilience_checks.sources.interface import Source


@dataclass(frozen=True, slots=True)
class Files:
    """The sources that files became, and the errors of those that are none."""

    sources: tuple[Source, ...] = ()
    failures: tuple[InputError, ...] = ()
    left_out: tuple[str, ...] = ()

    def stand_for(self, stack: Stack) -> bool:
        """Return whether a file is of this stack, or of its project where only a default name was given to it."""
        named = bool(stack_names(stack.project))
        return any(
            source.name == stack.name or (not named and source.name.startswith(f"{stack.project.name}/"))
            for source in self.sources
        )
