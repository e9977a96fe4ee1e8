"""Evaluates stacks together: as many at a time as there are processors, and each output handed to who reads it.

A program that asks for the outputs of another stack waits for that stack's graph; if nobody evaluates it yet, the
thread that asks does. So every program runs once, in the order of their references, whatever the number of threads.
One that a worker evaluates cannot wait: it runs again there with what it asked for, once that is known.
Programs that wait for each other in a circle are told that nothing is known, and run again when all has been seen.
"""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import CheckError, InputError
from resilience_checks.sources import wire
from resilience_checks.sources.stacks.batches import batches
from resilience_checks.sources.stacks.circles import downstream, in_circles, reaches
from resilience_checks.sources.stacks.evaluations import Elsewhere, Evaluated, Evaluation, Handed, opened
from resilience_checks.sources.stacks.linking import Reference, link
from resilience_checks.sources.stacks.markers import Markers, has_markers
from resilience_checks.sources.stacks.names import Directory, meant
from resilience_checks.sources.stacks.pace import Pace
from resilience_checks.sources.stacks.work import Task, identity, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.given import Given
    from resilience_checks.sources.interface import Source
    from resilience_checks.sources.stacks.evaluations import Make
    from resilience_checks.sources.stacks.kept import Kept
    from resilience_checks.sources.stacks.work import Answer
    from resilience_checks.sources.stacks.workers import Workers
    from resilience_checks.sources.store import Store

__all__ = ["Evaluated", "Together"]

_CIRCLE = "the stacks {} need each other's outputs, so neither can be known before the other"
_FAILED = "read without the outputs of other stacks: with them, some of which are not known yet, the program failed"


class Together:
    """The stacks of one check."""

    def __init__(
        self,
        makers: Sequence[Make],
        given: Given,
        observer: Callable[[str], None] = lambda _: None,
        elsewhere: Sequence[str] = (),
        jobs: int | None = None,
        workers: Workers | None = None,
        kept: Kept | None = None,
    ) -> None:
        """Begin nothing yet; `elsewhere` names stacks that were found and are not evaluated.

        `jobs` programs run at a time, as many as there are processors where it is not given. `workers` evaluate what
        may be evaluated elsewhere, and are closed with this. `kept` has graphs of before.
        """
        self._given, self._observer, self._elsewhere = given, observer, elsewhere
        self._markers = Markers()
        self._lock = threading.Lock()
        self._closed = False
        self._made: list[Source] = []
        self._circular: dict[tuple[Evaluation, Evaluation], ResourceGraph | None] = {}
        self._evaluations: list[Evaluation] = []
        self.circles: tuple[tuple[int, ...], ...] = ()
        for index, make in enumerate(makers):
            self._evaluations.append(Evaluation(index, make, self._source))
        self._directory = Directory(self._evaluations)
        self._kept, self._pace = kept, Pace(len(self._evaluations))
        self._workers = workers
        self._jobs = max(1, workers.size if workers is not None else jobs or os.cpu_count() or 1)
        self.runs = False
        """Whether some source was begun at once, so that there is time for other work."""
        self.found = 0
        """How many graphs of before were taken."""
        self._pool = ThreadPoolExecutor(max_workers=self._jobs)
        self._running: list[Future[None]] = []

    def start(self) -> None:
        """Begin, in a block that closes this: whatever interrupts it, no program is left behind."""
        for evaluation in self._evaluations[: self._jobs]:
            if not (self._goes_away(evaluation) or self._is_kept(evaluation)):
                self.runs = True
                with suppress(InputError):  # told by graph(), which tries again
                    evaluation.source.start()
        self._running = self._submit(self._evaluations)

    @property
    def store(self) -> Store | None:
        """What keeps graphs of before."""
        return None if self._kept is None else self._kept.store

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources in their order."""
        return tuple(evaluation.source for evaluation in self._evaluations)

    def results(self) -> tuple[Evaluated, ...]:
        """Wait for all, run again what stands in a circle, and return what became of each source."""
        self._wait(self._running, self._evaluations)
        self._settle_circles()
        return tuple(map(_handed_over, self._evaluations))

    def close(self) -> None:
        """Stop what still runs; after an interrupt nobody waits for programs."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._workers is not None:
            self._workers.close()
        for source in self._made:
            source.close()
        for evaluation in self._evaluations:
            evaluation.done.set()
        self._pool.shutdown()

    def _source(self, evaluation: Evaluation) -> Source:
        given = Handed(
            **{name: getattr(self._given, name) for name in self._given.__dataclass_fields__},
            ask=lambda name: self._hand(evaluation, name),
            seconds=evaluation.seconds,
        )
        source = evaluation.make(given)
        self._made.append(source)
        return source

    def _submit(self, evaluations: Sequence[Evaluation]) -> list[Future[None]]:
        near = [evaluation for evaluation in evaluations if not self._goes_away(evaluation)]
        far = batches([evaluation for evaluation in evaluations if self._goes_away(evaluation)], self._jobs)
        return [
            *(self._pool.submit(self._evaluate, evaluation) for evaluation in near),
            *(self._pool.submit(self._evaluate_batch, batch) for batch in far),
        ]

    def _goes_away(self, evaluation: Evaluation) -> bool:
        """Return whether a worker evaluates it."""
        return self._workers is not None and self._workers.takes(evaluation.make)

    def _take(self, evaluation: Evaluation) -> bool:
        """Return whether the caller is the one that evaluates it."""
        with self._lock:
            if evaluation.taken or self._closed:
                return False
            evaluation.taken = True
            where = self._pace.begin()
        self._observer(f"running {evaluation.name}{where}")
        return True

    def _evaluate(self, evaluation: Evaluation) -> None:
        if self._take(evaluation):
            self._finish(evaluation)

    def _evaluate_batch(self, batch: Sequence[Evaluation]) -> None:
        """Have a worker evaluate several at once; those that ask for outputs come again one by one."""
        taken = [evaluation for evaluation in batch if self._take(evaluation)]
        try:
            if len(taken) > 1:
                for evaluation, answer in zip(taken, self._answers(taken), strict=True):
                    evaluation.answer = answer
        except Exception as error:  # noqa: BLE001 raised where the results are waited for
            for evaluation in taken:
                evaluation.error = error
                evaluation.done.set()
            return
        for evaluation in taken:
            self._finish(evaluation)

    def _finish(self, evaluation: Evaluation) -> None:
        try:
            self._run(evaluation)
        except Exception as error:  # noqa: BLE001 raised where the results are waited for, also from a thread that asks
            evaluation.error = error
        finally:
            evaluation.source.close()
            with self._lock:
                self._pace.finish()
            evaluation.done.set()

    def _is_kept(self, evaluation: Evaluation) -> bool:
        key = self._kept and self._kept.key(evaluation.make, plain=evaluation.plain)
        return bool(self._kept and key and self._kept.has(key))

    def _read(self, evaluation: Evaluation) -> ResourceGraph | bytes:
        """Return the graph of before where nothing has changed, else a new one."""
        if self._kept is None:
            return self._evaluated(evaluation)
        key = self._kept.key(evaluation.make, plain=evaluation.plain)
        if key is not None:
            graph = self._kept.find(key, lambda name: self._hand(evaluation, name))
            if graph is not None:
                self.found += 1
                return graph
            evaluation.handed, evaluation.references, evaluation.needs = {}, {}, set()
        made = self._evaluated(evaluation)
        graph = opened(made) if key is not None else None
        if graph is None or key is None:
            return made
        if key == self._kept.key(evaluation.make, plain=evaluation.plain):
            self._kept.keep(key, graph, evaluation.handed)
        return graph

    def _evaluated(self, evaluation: Evaluation) -> ResourceGraph | bytes:
        """Return the graph that the source, or a worker in its place, makes; packed where it names no other stack."""
        if not self._goes_away(evaluation):
            graph = evaluation.source.graph()
            for name in references(graph):
                self._hand(evaluation, name)
            return graph
        answer, evaluation.answer = evaluation.answer, None
        while True:
            handed = dict(evaluation.handed)
            if answer is None:
                [answer] = self._answers([evaluation])
            for name in answer.asked:
                self._hand(evaluation, name)
            if any(evaluation.handed[name] != handed.get(name) for name in answer.asked) and not self._closed:
                answer = None
                continue
            for name in answer.named:
                self._hand(evaluation, name)
            if answer.error is not None:
                raise answer.error
            named = bool(answer.named or evaluation.references)
            return (opened(answer.graph) if named else None) or answer.graph

    def _answers(self, evaluations: Sequence[Evaluation]) -> Sequence[Answer]:
        assert self._workers is not None
        tasks = [
            Task(item.make, self._given, dict(item.handed), wire.key(), identity(), self._kept is not None)
            for item in evaluations
        ]
        seconds = max(getattr(item.make, "seconds", 0.0) for item in evaluations)
        return self._workers.answers(tasks, [item.name for item in evaluations], seconds)

    def _run(self, evaluation: Evaluation) -> None:
        """Read the graph; a program that cannot live with markers, or takes one apart, runs a second time without."""
        failed: InputError | None = None
        try:
            graph, damaged = self._linked(evaluation)
        except InputError as error:
            if evaluation.plain or self._closed or not any(map(has_markers, evaluation.handed.values())):
                raise
            damaged, graph, failed = True, None, error
        if damaged and not evaluation.plain:
            evaluation.plain = True
            evaluation.source.close()
            evaluation.handed, evaluation.references = {}, {}
            evaluation.source = self._source(evaluation)
            graph, _ = self._linked(evaluation)
            if failed is not None and not isinstance(graph, bytes):
                where = "" if failed.location is None else f" at {failed.location}"
                graph = replace(graph, notes=(*graph.notes, f"{_FAILED}{where}"))
        evaluation.made = graph

    def _linked(self, evaluation: Evaluation) -> tuple[ResourceGraph | bytes, bool]:
        made = self._read(evaluation)
        if isinstance(made, bytes):
            return made, False
        made = replace(made, marks={}) if made.marks else made  # as many as all else, and only for what is kept
        return link(made, evaluation.references, self._markers)

    def _hand(self, evaluation: Evaluation, name: str) -> Mapping[str, Any] | None:
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

    def _reference(self, evaluation: Evaluation, name: str) -> Reference:
        found = self._directory.meant(name, evaluation, but=evaluation)
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

    def _graph_of(self, evaluation: Evaluation, target: Evaluation) -> tuple[ResourceGraph | None, str]:
        pair = (evaluation, target)
        circle = _CIRCLE.format(" and ".join(sorted((evaluation.name, target.name))))
        with self._lock:
            if pair in self._circular:
                return self._circular[pair], circle
            if reaches(target, evaluation):
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

    def _why_not(self, evaluation: Evaluation, name: str, found: Sequence[object]) -> str:
        if len(found) > 1:
            return f"{len(found)} of the checked stacks can be meant by {name}: name it as organization/project/stack"
        if meant(name, evaluation, [evaluation]):
            return (
                f"it is an output of {name}, this stack itself, from its last deployment: give it with --stack-outputs"
            )
        left_out = meant(name, evaluation, [Elsewhere(other) for other in self._elsewhere])
        if left_out:
            return f"it is an output of stack {name}, which is left out of this check: check it as well, or give it with --stack-outputs"
        return f"it is an output of stack {name}, which is not among those checked: give it with --stack-outputs"

    def _settle_circles(self) -> None:
        """Run the members of circles again: once with nothing known of each other, then with what came of that.

        So the outcome does not hang on which of them happened to run first.
        """
        members = in_circles(self._evaluations)
        self.circles = tuple(tuple(item.index for item in circle) for circle in members)
        pairs = [(one, other) for circle in members for one in circle for other in one.needs if other in circle]
        if not pairs or self._closed:
            return
        inside = {item for circle in members for item in circle}
        self._circular = dict.fromkeys(pairs)
        self._again(inside)
        self._circular = {(one, other): other.graph for one, other in pairs}
        self._again(downstream(inside, self._evaluations))

    def _again(self, evaluations: Iterable[Evaluation]) -> None:
        chosen = sorted(evaluations, key=lambda item: item.index)
        for evaluation in chosen:
            evaluation.reset()
        self._pace = Pace(len(chosen))
        self._wait(self._submit(chosen), chosen)

    @staticmethod
    def _wait(running: Iterable[Future[None]], evaluations: Iterable[Evaluation]) -> None:
        """Wait for all of them, also for those that a thread took up that asked for their outputs."""
        for future in running:
            future.result()
        for evaluation in evaluations:
            evaluation.done.wait()
            if evaluation.error is not None and not isinstance(evaluation.error, CheckError):
                raise evaluation.error


def _handed_over(item: Evaluation) -> Evaluated:
    """Return what became of a source; its graph is held by whoever gets this alone."""
    made, item.made = item.made, None
    error = item.error if isinstance(item.error, CheckError) else None
    return Evaluated(item.source, made, error, frozenset(needed.index for needed in item.needs), dict(item.references))
