"""One stack evaluated in another process, or on another machine: what goes there, what is done, and what comes back.

A program that asks for outputs of another stack which it was not handed is told that nothing is known, and runs to its
end; whoever sent it then finds out what it asked for, and sends it again with that.
"""

from __future__ import annotations

import faulthandler
import hashlib
import os
import sys
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from threading import Condition, Timer
from typing import TYPE_CHECKING, Any

from resilience_checks import __version__
from resilience_checks.model.errors import CheckError, InputError
from resilience_checks.sources import wire
from resilience_checks.sources.given import Given
from resilience_checks.sources.stacks.linking import named
from resilience_checks.sources.stacks.packed import pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.stacks.evaluations import Make

_PACKAGE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Task:
    """One stack to evaluate: what makes its source, what a user supplies, and the outputs that it is handed by name.

    `key` keys the secrets of the check, `identity` is what evaluates there where it was sent from.
    """

    make: Make
    given: Given
    handed: Mapping[str, Mapping[str, Any] | None]
    key: bytes
    identity: str
    keeps: bool = False
    """Whether the graph is to tell all that it hangs on (`ResourceGraph.marks`)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a task: the graph, packed, or why there is none.

    `asked` are the names of the stacks whose outputs the program asked for, in that order, and `named` those that its
    StackReferences name.
    """

    graph: bytes = b""
    error: CheckError | None = None
    asked: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Handed(Given):
    """What a user supplies, and the outputs that are handed over; takes note of what is asked for."""

    handed: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    asked: dict[str, None] = field(default_factory=dict)

    def outputs(self, stack: str, project: str = "") -> Mapping[str, Any] | None:
        _ = project
        self.asked[stack] = None
        return self.handed.get(stack)


@cache
def identity() -> str:
    """Return what evaluates stacks here: the version, the digest of the package's own files, and the Python."""
    total = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.is_file() and path.suffix not in {".pyc", ".pyo"}:
            total.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{__version__} {total.hexdigest()} python {python}"


def work(tasks: Sequence[Task], seconds: float | None = None) -> list[Answer]:
    """Evaluate some stacks one after the other; this process ends where that takes longer than `seconds`."""
    if seconds is not None:
        faulthandler.dump_traceback_later(seconds, exit=True)
    try:
        return [_answer(task) for task in tasks]
    finally:
        if seconds is not None:
            faulthandler.cancel_dump_traceback_later()


def work_in_cluster(tasks: Sequence[Task], seconds: float) -> list[Answer]:
    """Do the same in a worker of a Dask cluster, which ends, and is begun anew, where that takes too long.

    One that nobody begins anew goes on.
    """
    from distributed import get_worker

    timer = Timer(seconds, os._exit, (1,))
    timer.daemon = True
    if get_worker().nanny:
        timer.start()
    try:
        return work(tasks)
    finally:
        timer.cancel()


def _answer(task: Task) -> Answer:
    if task.identity != identity():
        return Answer(error=_other(task))
    given = _Handed(**{name: getattr(task.given, name) for name in Given.__dataclass_fields__}, handed=task.handed)
    with _keyed(task.key):
        try:
            source = task.make(given)
        except CheckError as error:
            return Answer(error=_with_trace(error))
        try:
            graph = source.graph()
        except CheckError as error:
            return Answer(error=_with_trace(error), asked=tuple(given.asked))
        finally:
            source.close()
    if not task.keeps:
        graph = replace(graph, marks={})
    return Answer(pack(graph), asked=tuple(given.asked), named=tuple(references(graph)))


def references(graph: ResourceGraph) -> dict[str, None]:
    """Return the names that the StackReferences of a graph say."""
    return dict.fromkeys(name for resource in graph.resources if (name := named(resource)) is not None)


def _with_trace(error: CheckError) -> CheckError:
    """Return the error with the lines that led to it, which do not travel."""
    error.add_note("".join(traceback.format_exception(error)))
    return error.with_traceback(None)


def _other(task: Task) -> InputError:
    mine, wanted = (said.split()[0] for said in (identity(), task.identity))
    what = f"version {mine} instead of {wanted}" if mine != wanted else "another build of it, or another Python"
    return InputError(
        f"a worker has resilience-checks in {what}",
        why="what it finds may differ, so nothing of it was taken",
        remedy="install the same version of resilience-checks and of Python on every worker",
    )


_USES = {"tasks": 0}
_USED = Condition()


@contextmanager
def _keyed(key: bytes) -> Iterator[None]:
    """Key secrets as the check that sent the task does; tasks of another check wait, where a process has threads."""
    with _USED:
        _USED.wait_for(lambda: not _USES["tasks"] or wire.key() == key)
        wire.use_key(key)
        _USES["tasks"] += 1
    try:
        yield
    finally:
        with _USED:
            _USES["tasks"] -= 1
            _USED.notify_all()
