"""The seam of this station: something that becomes a ResourceGraph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph


@dataclass(frozen=True, slots=True)
class Limits:
    """What one program may use: wall-clock seconds, and bytes of address space (0: no limit).

    `apart` are files that are none of it even where they stand in its folder: those that this very run writes. Only where
    it is `marked`, the graph tells all that the run hangs on. `readable` are files and folders outside of the repository,
    absolute, that programs may read, too.
    """

    seconds: float = 60.0
    memory: int = 4 << 30
    apart: frozenset[Path] = frozenset()
    marked: bool = True
    readable: tuple[Path, ...] = ()


class Source(Protocol):
    """One stack, in whatever form it was given."""

    @property
    def name(self) -> str:
        """`project/stack`."""

    @property
    def stack(self) -> str:
        """The stack's own name."""

    @property
    def directory(self) -> Path:
        """Where the project stands, and with it the stack's resilience.yaml."""

    def start(self) -> None:
        """Begin the evaluation without waiting for it."""

    def graph(self) -> ResourceGraph:
        """Wait for the evaluation and return its graph; raise InputError when there is no whole one."""

    def close(self) -> None:
        """Stop what still runs and remove what was written."""
