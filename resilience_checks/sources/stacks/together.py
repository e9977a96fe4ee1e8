"""Evaluates stacks together: as many at a time as there are processors, and each output handed to who reads it.

A program that asks for the outputs of another stack waits for that stack's graph; if nobody evaluates it yet, the
thread that asks does. So every program runs once, in the order of their references, whatever the number of threads.
Programs that wait for each other in a circle are told that nothing is known, and run again when all has been seen.
"""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import CheckError, InputError
from resilience_checks.sources.given import Given
from resilience_checks.sources.stacks.linking import Reference, link, named
from resilience_checks.sources.stacks.markers import Markers, has_markers
from resilience_checks.sources.stacks.names import meant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.interface import Source

    Make = Callable[[Given], Source]

_CIRCLE = "the stacks {} need each other's outputs, so neither can be known before the other"
_FAILED = "read without the outputs of other stacks: with them, some of which are not known yet, the program failed"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What became of one source: its graph, or why there is none, and the indices of the stacks that it names."""

    source: Source
    graph: ResourceGraph | None
    error: CheckError | None
    needs: frozenset[int] = frozenset()
    references: Mapping[str, Reference] = field(default_factory=dict)


@dataclass(frozen=True)
class _Handed(Given):
    """What a user supplies and, before anything else is unknown, what the other stacks put out."""

    ask: Callable[[str], Mapping[str, Any] | None] = lambda _: None
    seconds: Callable[[], float] = lambda: 0.0

    def outputs(self, stack: str, project: str = "") -> Mapping[str, Any] | None:
        _ = project
        return self.ask(stack)

    def waited(self) -> float:
        return self.seconds()


@dataclass(eq=False)
class _Evaluation:
    """One source on its way to a graph."""

    index: int
    make: Make
    open: Callable[[_Evaluation], Source]
    references: dict[str, Reference] = field(default_factory=dict)
    needs: set[_Evaluation] = field(default_factory=set)
    handed: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    waits: list[_Evaluation] = field(default_factory=list)
    taken: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    graph: ResourceGraph | None = None
    error: Exception | None = None
    plain: bool = False
    """Hand it no markers: its program takes them apart."""
    waited: float = 0.0
    waiting_since: float | None = None

    def __post_init__(self) -> None:
        """Make the source; nothing runs yet."""
        self.source = self.open(self)

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def stack(self) -> str:
        return self.source.stack

    def reset(self) -> None:
        """Make ready for another run."""
        self.source, self.taken, self.done = self.open(self), False, threading.Event()
        self.references, self.handed, self.needs, self.waits = {}, {}, set(), []
        self.graph = self.error = None
        self.waited, self.waiting_since = 0.0, None

    def seconds(self) -> float:
        """Return how long its program has waited for others."""
        since = self.waiting_since
        return self.waited + (0.0 if since is None else time.monotonic() - since)


class Together:
    """The stacks of one check."""

    def __init__(
        self,
        makers: Sequence[Make],
        given: Given,
        observer: Callable[[str], None] = lambda _: None,
        elsewhere: Sequence[str] = (),
    ) -> None:
        """Begin nothing yet; `elsewhere` names stacks that were found and are not evaluated."""
        self._given, self._observer, self._elsewhere = given, observer, elsewhere
        self._markers = Markers()
        self._lock = threading.Lock()
        self._closed = False
        self._made: list[Source] = []
        self._circular: dict[tuple[_Evaluation, _Evaluation], ResourceGraph | None] = {}
        self._evaluations: list[_Evaluation] = []
        self.circles: tuple[tuple[int, ...], ...] = ()
        for index, make in enumerate(makers):
            self._evaluations.append(_Evaluation(index, make, self._source))
        self._workers = max(1, os.cpu_count() or 1)
        self._pool = ThreadPoolExecutor(max_workers=self._workers)
        self._running: list[Future[None]] = []

    def start(self) -> None:
        """Begin, in a block that closes this: whatever interrupts it, no program is left behind."""
        for evaluation in self._evaluations[: self._workers]:
            with suppress(InputError):  # told by graph(), which tries again
                evaluation.source.start()
        self._running = [self._pool.submit(self._evaluate, evaluation) for evaluation in self._evaluations]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources in their order."""
        return tuple(evaluation.source for evaluation in self._evaluations)

    def results(self) -> tuple[Evaluated, ...]:
        """Wait for all, run again what stands in a circle, and return what became of each source."""
        self._wait(self._running, self._evaluations)
        self._settle_circles()
        return tuple(
            Evaluated(
                item.source,
                item.graph,
                item.error if isinstance(item.error, CheckError) else None,
                frozenset(needed.index for needed in item.needs),
                dict(item.references),
            )
            for item in self._evaluations
        )

    def close(self) -> None:
        """Stop what still runs; after an interrupt nobody waits for programs."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        for source in self._made:
            source.close()
        for evaluation in self._evaluations:
            evaluation.done.set()
        self._pool.shutdown()

    def _source(self, evaluation: _Evaluation) -> Source:
        given = _Handed(
            **{name: getattr(self._given, name) for name in self._given.__dataclass_fields__},
            ask=lambda name: self._hand(evaluation, name),
            seconds=evaluation.seconds,
        )
        source = evaluation.make(given)
        self._made.append(source)
        return source

    def _evaluate(self, evaluation: _Evaluation) -> None:
        with self._lock:
            if evaluation.taken or self._closed:
                return
            evaluation.taken = True
        try:
            self._observer(f"running {evaluation.name}{self._count()}")
            self._run(evaluation)
        except Exception as error:  # noqa: BLE001 raised where the results are waited for, also from a thread that asks
            evaluation.error = error
        finally:
            evaluation.source.close()
            evaluation.done.set()

    def _count(self) -> str:
        """Return how many of several have begun."""
        every = len(self._evaluations)
        return f" ({sum(one.taken for one in self._evaluations)} of {every})" if every > 1 else ""

    def _run(self, evaluation: _Evaluation) -> None:
        """Read the graph; a program that cannot live with markers, or takes one apart, runs a second time without."""
        failed: InputError | None = None
        try:
            graph, damaged = self._linked(evaluation, evaluation.source.graph())
        except InputError as error:
            if evaluation.plain or self._closed or not any(map(has_markers, evaluation.handed.values())):
                raise
            damaged, graph, failed = True, None, error
        if damaged and not evaluation.plain:
            evaluation.plain = True
            evaluation.source.close()
            evaluation.handed, evaluation.references = {}, {}
            evaluation.source = self._source(evaluation)
            graph, _ = self._linked(evaluation, evaluation.source.graph())
            if failed is not None:
                where = "" if failed.location is None else f" at {failed.location}"
                graph = replace(graph, notes=(*graph.notes, f"{_FAILED}{where}"))
        evaluation.graph = graph

    def _linked(self, evaluation: _Evaluation, graph: ResourceGraph) -> tuple[ResourceGraph, bool]:
        for resource in graph.resources:
            name = named(resource)
            if name is not None:
                self._hand(evaluation, name)
        return link(graph, evaluation.references, self._markers)

    def _hand(self, evaluation: _Evaluation, name: str) -> Mapping[str, Any] | None:
        """Return the outputs of the stack that a program names, as the protocol writes them; None: not known."""
        if name in evaluation.handed:
            return evaluation.handed[name]
        reference = self._reference(evaluation, name)
        told: Mapping[str, Any] | None = None
        if reference.given is not None:
            told = self._given.outputs(name, evaluation.name.rpartition("/")[0])
        elif reference.outputs is not None and reference.stack is not None:
            told = self._markers.outputs(reference.stack, reference.outputs)
            if evaluation.plain and has_markers(told):
                why = (
                    f"its program takes an output of stack {reference.stack} apart that is not known before deployment"
                )
                told, reference = None, replace(reference, outputs=None, why=why)
        evaluation.references[name] = reference
        evaluation.handed[name] = told
        return told

    def _reference(self, evaluation: _Evaluation, name: str) -> Reference:
        others = [other for other in self._evaluations if other is not evaluation]
        found = meant(name, evaluation, others)
        target = found[0] if len(found) == 1 else None
        if target is not None:
            evaluation.needs.add(target)
        given = self._given.outputs(name, evaluation.name.rpartition("/")[0])
        if given is not None:
            return Reference(name, target.name if target else None, given, given=self._given.stack_outputs_file)
        if target is None:
            return Reference(name, why=self._why_not(evaluation, name, found))
        graph, why = self._graph_of(evaluation, target)
        return Reference(name, target.name, graph.outputs) if graph else Reference(name, target.name, why=why)

    def _graph_of(self, evaluation: _Evaluation, target: _Evaluation) -> tuple[ResourceGraph | None, str]:
        pair = (evaluation, target)
        circle = _CIRCLE.format(" and ".join(sorted((evaluation.name, target.name))))
        with self._lock:
            if pair in self._circular:
                return self._circular[pair], circle
            if _reaches(target, evaluation):
                return None, circle
            evaluation.waits.append(target)
            if evaluation.waiting_since is None:
                evaluation.waiting_since = time.monotonic()
        self._evaluate(target)
        target.done.wait()
        with self._lock:
            evaluation.waits.remove(target)
            if not evaluation.waits and evaluation.waiting_since is not None:
                evaluation.waited += time.monotonic() - evaluation.waiting_since
                evaluation.waiting_since = None
        return target.graph, f"stack {target.name}, whose output it is, could not be evaluated"

    def _why_not(self, evaluation: _Evaluation, name: str, found: Sequence[object]) -> str:
        if len(found) > 1:
            return f"{len(found)} of the checked stacks can be meant by {name}: name it as organization/project/stack"
        if meant(name, evaluation, [evaluation]):
            return (
                f"it is an output of {name}, this stack itself, from its last deployment: give it with --stack-outputs"
            )
        left_out = meant(name, evaluation, [_Elsewhere(other) for other in self._elsewhere])
        if left_out:
            return f"it is an output of stack {name}, which is left out of this check: check it as well, or give it with --stack-outputs"
        return f"it is an output of stack {name}, which is not among those checked: give it with --stack-outputs"

    def _settle_circles(self) -> None:
        """Run the members of circles again: once with nothing known of each other, then with what came of that.

        So the outcome does not hang on which of them happened to run first.
        """
        members = _in_circles(self._evaluations)
        self.circles = tuple(tuple(item.index for item in circle) for circle in members)
        pairs = [(one, other) for circle in members for one in circle for other in one.needs if other in circle]
        if not pairs or self._closed:
            return
        inside = {item for circle in members for item in circle}
        self._circular = dict.fromkeys(pairs)
        self._again(inside)
        self._circular = {(one, other): other.graph for one, other in pairs}
        self._again(_downstream(inside, self._evaluations))

    def _again(self, evaluations: Iterable[_Evaluation]) -> None:
        chosen = sorted(evaluations, key=lambda item: item.index)
        for evaluation in chosen:
            evaluation.reset()
        self._wait([self._pool.submit(self._evaluate, evaluation) for evaluation in chosen], chosen)

    @staticmethod
    def _wait(running: Iterable[Future[None]], evaluations: Iterable[_Evaluation]) -> None:
        """Wait for all of them, also for those that a thread took up that asked for their outputs."""
        for future in running:
            future.result()
        for evaluation in evaluations:
            evaluation.done.wait()
            if evaluation.error is not None and not isinstance(evaluation.error, CheckError):
                raise evaluation.error


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """A stack that was found and is not evaluated."""

    name: str

    @property
    def stack(self) -> str:
        return self.name.rpartition("/")[2]


def _reaches(start: _Evaluation, goal: _Evaluation) -> bool:
    """Return whether `start` is `goal` or waits for it, directly or not."""
    seen: set[_Evaluation] = set()
    pending = [start]
    while pending:
        item = pending.pop()
        if item is goal:
            return True
        if item not in seen:
            seen.add(item)
            pending += item.waits
    return False


def _downstream(roots: set[_Evaluation], evaluations: Sequence[_Evaluation]) -> set[_Evaluation]:
    """Return the roots and whatever needs one of them, directly or not."""
    found = set(roots)
    while more := {item for item in evaluations if item not in found and item.needs & found}:
        found |= more
    return found


def _in_circles(evaluations: Sequence[_Evaluation]) -> list[list[_Evaluation]]:
    """Return the sets of stacks of which each needs every other, in the order of the first."""
    reached: dict[_Evaluation, set[_Evaluation]] = {}
    for item in evaluations:
        reached[item] = set()
        pending = list(item.needs)
        while pending:
            needed = pending.pop()
            if needed not in reached[item]:
                reached[item].add(needed)
                pending += needed.needs
    grouped: dict[frozenset[int], list[_Evaluation]] = defaultdict(list)
    for item in evaluations:
        if item in reached[item]:
            mates = frozenset(other.index for other in reached[item] if item in reached[other])
            grouped[mates].append(item)
    return list(grouped.values())
