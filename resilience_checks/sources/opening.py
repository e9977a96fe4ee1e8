"""From what a user names to sources: the one place that knows which kind of input each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.sources.given import Given
from resilience_checks.sources.interface import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.discovery import Stack
    from resilience_checks.sources.interface import Source


def of_program(stack: Stack, root: Path, limits: Limits | None = None, given: Given | None = None) -> Source:
    """Return the source of a stack's program, by its language; the error of one that cannot be read comes with its graph."""
    if stack.project.runtime == "yaml":
        from resilience_checks.sources.yaml_program.source import YamlSource

        return YamlSource(stack, root, limits or Limits(), given or Given())

    if stack.project.runtime in {"nodejs", "bun"}:
        from resilience_checks.sources.nodejs.source import NodeSource

        return NodeSource(stack, root, limits or Limits(), given or Given())
    from resilience_checks.sources.program.source import ProgramSource

    return ProgramSource(stack, root, limits or Limits(), given or Given())


class Kept:
    """A source whose graph hangs on nothing else, read once however often it is asked for."""

    def __init__(self, source: Source) -> None:
        """Stand for the source."""
        self._source = source
        self._graph: ResourceGraph | None = None
        self.name, self.stack, self.directory = source.name, source.stack, source.directory

    def again(self, _: Given) -> Source:
        """Return this very source, whatever it is given."""
        return self

    def start(self) -> None:
        """Begin the evaluation without waiting for it."""
        self._source.start()

    def graph(self) -> ResourceGraph:
        """Return the graph."""
        if self._graph is None:
            self._graph = self._source.graph()
        return self._graph

    def close(self) -> None:
        """Let go of what the source was read from."""
        self._source.close()


class Fixed:
    """A source of a graph that is there already."""

    def __init__(self, graph: ResourceGraph, root: Path) -> None:
        """Stand for the graph; `root` is the repository root."""
        self._graph = graph
        self.name, self.stack = graph.name, graph.stack
        self.directory = (root / graph.project_file.path).parent

    def start(self) -> None:
        """Do nothing: there is nothing to start."""

    def graph(self) -> ResourceGraph:
        """Return the graph."""
        return self._graph

    def close(self) -> None:
        """Do nothing: nothing is open."""
