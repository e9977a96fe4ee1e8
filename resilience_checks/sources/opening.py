"""From what a user names to sources: the one place that knows which kind of input each is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from resilience_checks.sources.given import Given
from resilience_checks.sources.interface import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.discovery import Stack
    from resilience_checks.sources.interface import Source
    from resilience_checks.sources.stacks.evaluations import Make

_ASKING = re.compile(rb"stack[-_ ]?reference", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class OfProgram:
    """Makes the source of a stack's program; it can be sent to a worker."""

    stack: Stack
    root: Path
    limits: Limits
    travels: ClassVar[bool] = True

    def __call__(self, given: Given) -> Source:
        """Return a new source."""
        return of_program(self.stack, self.root, self.limits, given)

    @property
    def seconds(self) -> float:
        """How long the program may run."""
        return self.limits.seconds

    @property
    def asks(self) -> bool:
        """Whether the program seems to ask for the outputs of other stacks: one that does runs faster where they are."""
        return _asks(self.stack.project.directory)

    @property
    def share(self) -> float:
        """The seconds that its evaluation keeps this process busy, about: a program has a process of its own."""
        return 0.02 if self.stack.project.runtime == "yaml" else 0.07


def again(source: Source) -> Make:
    """Return what makes a source that is there already, as often as it is asked for."""
    from resilience_checks.sources.files.reading import FileSource

    return source.file if isinstance(source, FileSource) and not source.kept else Kept(source).again


@lru_cache(maxsize=1 << 14)
def _asks(directory: Path) -> bool:
    from resilience_checks.sources.program.digest import contents

    return any(_ASKING.search(content) for content in contents(directory))


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
