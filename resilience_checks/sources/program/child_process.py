"""A program in a child process that is served by a monitor: what is the same in every language."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import InputError
from resilience_checks.sources.hidden import telling_no_secret
from resilience_checks.sources.program import confinement, private_files
from resilience_checks.sources.program.notes import is_file
from resilience_checks.sources.program.own_files import OwnFiles
from resilience_checks.sources.program.reach import Reach
from resilience_checks.sources.project import stack_config, stack_file
from resilience_checks.sources.stack_source import StackSource
from resilience_checks.sources.stacks.waiting import ended

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.discovery import Stack
    from resilience_checks.sources.given import Given
    from resilience_checks.sources.interface import Limits
    from resilience_checks.sources.program.confinement import Confinement, Started
    from resilience_checks.sources.program.monitor import Preview
    from resilience_checks.sources.program.record import Record, Registered
    from resilience_checks.sources.project import StackConfig

_PREFIX, _SOCKET = "resilience-checks-", "monitor.sock"
_LONGEST, _SHORT = 100, "/tmp"  # noqa: S108 a folder of its own is made there
"""How long the name of a socket may be on every system, and where there is a short one."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How a child is started: its command, to which the private directory is added, and what its job file says.

    `directory` is where the program runs, `environment` what it sees besides the minimum, and `packages` what it may
    read besides its repository. `addresses`: whether its memory is counted in addresses.
    """

    command: Sequence[str]
    job: Mapping[str, Any]
    environment: Mapping[str, str]
    directory: Path
    packages: Collection[Path] = ()
    addresses: bool = True


class ChildProcess(StackSource, ABC):
    """Evaluates one stack offline: one child, one preview, one graph.

    The child ends with this process, however that ends: it holds the other end of a pipe.
    """

    def __init__(self, stack: Stack, root: Path, limits: Limits | None = None, given: Given | None = None) -> None:
        """Remember what to run; nothing runs yet."""
        super().__init__(stack, root, limits, given)
        self._private: Path | None = None
        self._child: Started | None = None
        self._preview: Preview | None = None
        self._started = 0.0
        self.seconds = 0.0

    @property
    def secrets(self) -> tuple[StackConfig | None, Record | None]:
        """What is known of the stack's secrets so far: its configuration, and what the program has registered."""
        return getattr(self, "_config", None), self._preview.record if self._preview is not None else None

    @abstractmethod
    def _launch(self, config: StackConfig, address: str) -> Launch:
        """Return how to start the child; raise InputError where what it needs is not there."""

    @abstractmethod
    def _endless(self, private: Path) -> InputError:
        """Return the error for a program that did not end in time."""

    @abstractmethod
    def _failed(self, end: Mapping[str, Any], private: Path, code: int) -> InputError:
        """Return the error for a program that ended badly."""

    def start(self) -> None:
        """Start the child, then serve it; the imports of both overlap. Where that fails, nothing is left of it."""
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        config = stack_config(self._project, self._stack.stack, self.root)
        private = _private_folder()
        self._private, self._config = private, config
        socket = private / _SOCKET
        launch = self._launch(config, f"unix:{socket}")
        self._directory, self._command = launch.directory, launch.command
        token = secrets.token_hex(16)
        told = {**launch.job, "seconds": self._limits.seconds, "marked": self._limits.marked, "token": token}
        (private / "job.json").write_text(json.dumps(told), encoding="utf-8")
        self._reach = Reach.of(self.root, self._project.directory, launch.directory, self._limits.readable)
        tops = {*self._reach.tops, *self._reach.more}
        words = [*launch.command, str(private)]
        job = confinement.Job(words, launch.directory, tops, launch.packages, self._limits, launch.addresses)
        self._started = time.monotonic()
        with (private / "output.txt").open("wb") as output:
            self._child = job.start(private, launch.environment, output)
        self._own = OwnFiles(self._project.directory, self._limits.apart)
        from resilience_checks.sources.program.monitor import Preview

        self._preview = Preview(
            self._project.name,
            self._stack.stack,
            socket,
            self._given,
            config.values,
            launch.directory,
            token,
            self._reach,
        )
        (private / "ready").touch()

    @telling_no_secret
    def graph(self) -> ResourceGraph:
        """Wait for the end of the program and return its graph."""
        from resilience_checks.sources.program import failures, graph_of
        from resilience_checks.sources.program.assets import paths
        from resilience_checks.sources.program.standing import of_child

        if self._child is None:
            self.start()
        assert self._child is not None
        assert self._private is not None
        assert self._preview is not None
        in_time = ended(self._child.process, self._started, self._limits.seconds, self._given)
        self._child.end()  # what it has started writes no more either
        record = self._preview.sealed()
        if not in_time:
            raise self._endless(self._private)
        if changed := self._own.changed():
            raise failures.changed_itself(changed, self._project, self.root)
        self.seconds = time.monotonic() - self._started
        confined = self._confined()
        end = _how_it_ended(self._private, self._child.process.returncode)
        if end.get("ok") and not record.finished:
            end = _died()
        if confined.stopped:
            end = {"ok": False, "stopped": confined.stopped}
        if record.duplicates:
            raise failures.duplicate(_in_order(record.duplicates[0]), self._project, self.root)
        if record.refusals:
            raise failures.refused(record.refusals[0], self._project, self.root)
        if not end.get("ok"):
            end["environment"] = self._config.environment
            raise self._failed(end, self._private, self._child.process.returncode)
        try:
            graph = graph_of.build(
                self._stack,
                self.root,
                record,
                self._preview.answers,
                self._private,
                end,
                self._config,
                self._own.digest,
            )
        except Exception as error:
            raise failures.no_graph(error, self._project) from error
        looked_at = end.get("looked_at") if self._limits.marked else None
        packed = [path for item in record.resources for path in paths(item.inputs)]
        packed = self._reach.held(packed, self._directory)
        others = [stack_file(self._project, self._stack.stack)]
        began = time.time() - (time.monotonic() - self._started)
        found = of_child(looked_at, self._project.directory, self._directory, packed, others, began)
        return replace(
            graph,
            marks=found.marks,
            unseen=found.unseen,
            notes=(*graph.notes, *confined.note(), *self._reach.notes(self.root)),
        )

    def _confined(self) -> Confinement:
        """Return what the launcher told; raise InputError where the program did not even begin."""
        assert self._child is not None
        told = self._child.confinement()
        if told.unstarted:
            raise InputError(
                f"{self._command[0]} cannot be run: {told.unstarted}",
                location=self._project.location,
                why="it is what the program runs with, so nothing of this stack was checked",
                remedy="make the program's environment anew",
            )
        return told

    def close(self) -> None:
        """Stop the child and the monitor, and remove the private directory."""
        if self._child is not None:
            self._child.close()
        if self._preview is not None:
            self._preview.close()
        if self._private is not None:
            private_files.remove(self._private)
            self._private = None


def _private_folder() -> Path:
    """Return a new folder whose name is short enough for a socket in it."""
    made = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    if len(os.fsencode(made / _SOCKET)) <= _LONGEST:
        return made
    made.rmdir()
    return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_SHORT)).resolve()


def _in_order(pair: tuple[Registered, Registered]) -> tuple[Registered, Registered]:
    """Return the two in the order in which the program made them: they may arrive in any."""
    first, second = sorted(pair, key=lambda item: item.number)
    return first, second


def _how_it_ended(private: Path, code: int) -> dict[str, Any]:
    """Return what the child wrote about its end; one that wrote nothing, or ended otherwise than it wrote, died.

    Its program could write there too: what no child writes counts for nothing.
    """
    try:
        end = json.loads(private_files.content(private / "end.json", _LONGEST_END) or b"")
    except (ValueError, RecursionError):
        return _died()
    fits = isinstance(end, dict) and all(end.get(name) is None or fit(end[name]) for name, fit in _END.items())
    whole = code == 0 and private_files.content(private / "notes.jsonl", 0) is not None
    return end if fits and (whole or not end.get("ok")) else _died()


def _died() -> dict[str, Any]:
    return {"ok": False, "kind": "died"}


def _are_paths(value: object) -> bool:
    return isinstance(value, list) and all(map(is_file, value))


def _is_looked_at(value: object) -> bool:
    return isinstance(value, dict) and all(map(_are_paths, value.values()))


def _are_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_LONGEST_END = 64 << 20
_END: Mapping[str, Callable[[Any], bool]] = {
    "file": is_file,
    "line": lambda value: type(value) is int,
    "column": lambda value: type(value) is int,
    "traceback": lambda value: isinstance(value, str),
    "unanswered": _are_words,
    "read": _are_paths,
    "looked_at": _is_looked_at,
}
"""What has to have a form, of what a child says of its end."""
