"""The seam of this station: something that becomes a ResourceGraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from resilience_checks.model.graph import ResourceGraph


class Source(Protocol):
    """One stack, in whatever form it was given."""

    @property
    def name(self) -> str:
        """`project/stack`."""

    def start(self) -> None:
        """Begin the evaluation without waiting for it."""

    def graph(self) -> ResourceGraph:
        """Wait for the evaluation and return its graph; raise InputError when there is no whole one."""

    def close(self) -> None:
        """Stop what still runs and remove what was written."""
