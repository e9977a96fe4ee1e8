"""One stack that the Pulumi engine is about to deploy, as a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.errors import InputError
from resilience_checks.sources.running.enriched import enrich

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.interface import Source


class EngineStack:
    """The engine's graph of a stack, enriched by an offline run of its program where that can be done."""

    def __init__(self, graph: ResourceGraph, directory: Path, program: Source, *, preview: bool) -> None:
        """Take the engine's graph, where the project stands, and its program, which may run already.

        `preview`: callbacks on values that are not known yet have not been called by the engine either.
        """
        self._graph, self.directory, self._program, self._preview = graph, directory, program, preview
        self.lacking: InputError | None = None
        """Why there is no offline run, once the graph was asked for."""

    @property
    def name(self) -> str:
        """`project/stack`."""
        return self._graph.name

    @property
    def stack(self) -> str:
        """The stack's own name."""
        return self._graph.stack

    def start(self) -> None:
        """Do nothing: the engine's part is there, and the program runs since the engine runs it."""

    def graph(self) -> ResourceGraph:
        """Return the graph; one without lines and lookups where the offline run fails, which it says."""
        try:
            return enrich(self._graph, self._program.graph(), preview=self._preview)
        except InputError as error:
            self.lacking = error
            return self._graph

    def close(self) -> None:
        """Stop the offline run."""
        self._program.close()
