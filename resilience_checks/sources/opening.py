"""From what a user names to sources: the one place that knows which kind of input each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.sources.given import Given
from resilience_checks.sources.interface import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.sources.discovery import Stack
    from resilience_checks.sources.interface import Source


def of_program(stack: Stack, root: Path, limits: Limits | None = None, given: Given | None = None) -> Source:
    """Return the source of a stack's program, by its language; the error of one that cannot be read comes with its graph."""
    if stack.project.runtime in {"nodejs", "bun"}:
        from resilience_checks.sources.nodejs.source import NodeSource

        return NodeSource(stack, root, limits or Limits(), given or Given())
    from resilience_checks.sources.program.source import ProgramSource

    return ProgramSource(stack, root, limits or Limits(), given or Given())
