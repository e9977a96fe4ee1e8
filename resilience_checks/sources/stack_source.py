"""What the sources of programs have in common, whatever the language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.sources.given import Given
from resilience_checks.sources.interface import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.sources.discovery import Stack


class StackSource:
    """A stack of a project, what its program may use, and what is given to it."""

    def __init__(self, stack: Stack, root: Path, limits: Limits | None = None, given: Given | None = None) -> None:
        """Remember what to evaluate; nothing is read yet."""
        self._stack, self._project, self.root = stack, stack.project, root
        self._limits, self._given = limits or Limits(), given or Given()

    @property
    def name(self) -> str:
        """`project/stack`."""
        return self._stack.name

    @property
    def stack(self) -> str:
        """The stack's own name."""
        return self._stack.stack

    @property
    def directory(self) -> Path:
        """Where the project's Pulumi.yaml stands."""
        return self._project.directory
