"""What becomes of one stack while all are evaluated together."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.given import Given
from resilience_checks.sources.stacks.packed import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from resilience_checks.model.errors import CheckError
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.interface import Source
    from resilience_checks.sources.stacks.linking import Reference
    from resilience_checks.sources.stacks.work import Answer

    Make = Callable[[Given], Source]


@dataclass(frozen=True)
class Evaluated:
    """What became of one source: its graph, or why there is none, and the indices of the stacks that it names.

    A graph that came from a worker stays packed (`made`) until somebody asks for it, and is then held open alone.
    """

    source: Source
    made: ResourceGraph | bytes | None
    error: CheckError | None
    needs: frozenset[int] = frozenset()
    references: Mapping[str, Reference] = field(default_factory=dict)

    @property
    def graph(self) -> ResourceGraph | None:
        """The graph."""
        if isinstance(self.made, bytes):
            object.__setattr__(self, "made", opened(self.made))
        assert not isinstance(self.made, bytes)
        return self.made


def opened(made: ResourceGraph | bytes | None) -> ResourceGraph | None:
    """Return a graph that may be packed."""
    if not isinstance(made, bytes):
        return made
    graph: ResourceGraph = unpack(made)
    return graph


@dataclass(frozen=True)
class Handed(Given):
    """What a user supplies and, before anything else is unknown, what the other stacks put out."""

    ask: Callable[[str], Mapping[str, Any] | None] = lambda _: None
    seconds: Callable[[], float] = lambda: 0.0

    def outputs(self, stack: str, project: str = "") -> Mapping[str, Any] | None:
        """Return what the stack puts out, waiting for it where it is checked too."""
        _ = project
        return self.ask(stack)

    def waited(self) -> float:
        """Return the seconds for which the program has waited for other stacks."""
        return self.seconds()


@dataclass(eq=False)
class Evaluation:
    """One source on its way to a graph."""

    index: int
    make: Make
    open: Callable[[Evaluation], Source]
    references: dict[str, Reference] = field(default_factory=dict)
    needs: set[Evaluation] = field(default_factory=set)
    handed: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    waits: list[Evaluation] = field(default_factory=list)
    taken: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    made: ResourceGraph | bytes | None = None
    error: Exception | None = None
    answer: Answer | None = None
    """What a worker found, until it is read."""
    plain: bool = False
    """Hand it no markers: its program takes them apart."""
    waited: float = 0.0
    waiting_since: float | None = None

    def __post_init__(self) -> None:
        """Make the source; nothing runs yet."""
        self.source = self.open(self)

    @property
    def name(self) -> str:
        """What its stack is called, with its project."""
        return self.source.name

    @property
    def stack(self) -> str:
        """What its stack is called within its project."""
        return self.source.stack

    @property
    def graph(self) -> ResourceGraph | None:
        """What came of it; None where nothing did, or not yet."""
        self.made = opened(self.made)
        return self.made

    def reset(self) -> None:
        """Make ready for another run."""
        self.source, self.taken, self.done = self.open(self), False, threading.Event()
        self.references, self.handed, self.needs, self.waits = {}, {}, set(), []
        self.made = self.error = self.answer = None
        self.waited, self.waiting_since = 0.0, None

    def seconds(self) -> float:
        """Return how long its program has waited for others."""
        since = self.waiting_since
        return self.waited + (0.0 if since is None else time.monotonic() - since)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A stack that was found and is not evaluated."""

    name: str

    @property
    def stack(self) -> str:
        """What it is called within its project."""
        return self.name.rpartition("/")[2]
