"""Workers that evaluate stacks through a `concurrent.futures.Executor`: processes of this machine, or a Dask cluster.

What a worker loses by its death, or does not finish in time, is tried once more, alone; then it is not evaluated.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from abc import ABC, abstractmethod
from concurrent.futures import BrokenExecutor, CancelledError, ProcessPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import CheckError, InputError, UsageError
from resilience_checks.sources.stacks.work import Answer, work, work_in_cluster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from resilience_checks.sources.stacks.evaluations import Make
    from resilience_checks.sources.stacks.work import Task

GRACE = 30.0
"""Seconds that a worker gets beside those of its programs: to begin, and to make a graph of what they registered."""
_CONNECT = 10.0
_WHY = "nothing of this stack was checked, so what it breaks is not known"


class _LostError(Exception):
    """A worker did not give an answer: why, and what to do."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why)
        self.why, self.remedy = why, remedy


class Workers(ABC):
    """As many workers as `size`; each answers one batch of tasks at a time."""

    def __init__(self, size: int) -> None:
        """Begin nothing yet."""
        self.size = max(1, size)

    def takes(self, make: Make) -> bool:
        """Return whether such a source is evaluated here."""
        return bool(getattr(make, "travels", False))

    def answers(self, tasks: Sequence[Task], names: Sequence[str], seconds: float) -> list[Answer]:
        """Return what became of each task, in their order; `seconds` is how long each program may run.

        Whatever else goes wrong is raised as it is.
        """
        try:
            return self._tried(tasks, seconds)
        except _LostError:
            return [self._once_more(task, name, seconds) for task, name in zip(tasks, names, strict=True)]

    def _once_more(self, task: Task, name: str, seconds: float) -> Answer:
        try:
            return self._alone([task], seconds)[0]
        except _LostError as lost:
            return Answer(error=InputError(f"{name} was not evaluated: {lost.why}", why=_WHY, remedy=lost.remedy))

    @abstractmethod
    def _tried(self, tasks: Sequence[Task], seconds: float) -> list[Answer]:
        """Return the answers of a worker; raise _LostError where it gives none."""

    def _alone(self, tasks: Sequence[Task], seconds: float) -> list[Answer]:
        """Do the same where nothing else can take the tasks along."""
        return self._tried(tasks, seconds)

    @abstractmethod
    def close(self) -> None:
        """Let go of the workers; nobody waits for what they still do."""


class LocalWorkers(Workers):
    """Processes of this machine. They end when this one does."""

    def __init__(self, size: int) -> None:
        """Begin nothing yet."""
        super().__init__(size)
        self._lock, self._only_one = threading.Lock(), threading.Lock()
        self._pool: _Pool | None = None

    def takes(self, make: Make) -> bool:
        """Return whether such a source is evaluated here: not one that asks while it runs, which a thread can wait for."""
        return super().takes(make) and not getattr(make, "asks", False)

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.end()

    def _tried(self, tasks: Sequence[Task], seconds: float) -> list[Answer]:
        with self._lock:
            if self._pool is None or self._pool.broken:
                self._pool = _Pool(self.size)
            pool = self._pool
        return pool.answers(tasks, seconds)

    def _alone(self, tasks: Sequence[Task], seconds: float) -> list[Answer]:
        """Ask a process of its own: of several whose worker died, only the one that is to blame loses it again."""
        with self._only_one:
            pool = _Pool(1)
            try:
                return pool.answers(tasks, seconds)
            finally:
                pool.end()


class _Pool:
    """One executor of processes; it is broken as soon as one of them died or hangs."""

    def __init__(self, size: int) -> None:
        context = multiprocessing.get_context("forkserver" if sys.platform.startswith("linux") else "spawn")
        if sys.platform.startswith("linux"):
            context.set_forkserver_preload(["resilience_checks.sources.files.reading", work.__module__])
        self.broken = False
        self._executor = ProcessPoolExecutor(size, mp_context=context, initializer=_end_with_parent)

    def answers(self, tasks: Sequence[Task], seconds: float) -> list[Answer]:
        own = seconds * len(tasks) + GRACE
        try:
            return self._executor.submit(work, tasks, own).result(own + GRACE)
        except BrokenExecutor as error:
            self.end()
            raise _LostError(
                "its worker died, and so did the one that tried again, or neither ended in time",
                "look for what ends the process: memory (see the kernel's log), or a fault in a native library",
            ) from error
        except CancelledError as error:
            raise _LostError("the check was ended", "run it again") from error
        except TimeoutError as error:
            self.end()
            raise _LostError(
                f"its worker did not answer within {own:g} s", "allow more with --timeout, or make the program smaller"
            ) from error

    def end(self) -> None:
        """End its processes, also those that do not answer."""
        self.broken = True
        processes = dict(self._executor._processes or {})  # noqa: SLF001 public only as `kill_workers` of Python 3.14
        self._executor.shutdown(wait=False, cancel_futures=True)
        for process in processes.values():
            with suppress(Exception):
                process.kill()


def _end_with_parent() -> None:
    """End this process when the one that began it ends, however that ends."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


class DaskWorkers(Workers):
    """The workers of a Dask cluster, which have this package and see the repository under the same path."""

    def __init__(self, address: str) -> None:
        """Connect to the scheduler; raise UsageError where there is none, or no worker."""
        self.address = address
        self._client = _client(address)
        self._executor: Executor = self._client.get_executor(retries=1, pure=False)
        try:
            self._client.wait_for_workers(1, timeout=_CONNECT)
        except TimeoutError as error:
            self.close()
            raise UsageError(
                f"the Dask scheduler at {address} has no workers",
                why="nobody would evaluate anything",
                remedy="start workers: `dask worker ADDRESS --nthreads 1 --nworkers auto`",
            ) from error
        super().__init__(sum(self._client.nthreads().values()))

    def close(self) -> None:
        """Let go of the cluster; it runs on."""
        with suppress(Exception):
            self._client.close(timeout=1)

    def _tried(self, tasks: Sequence[Task], seconds: float) -> list[Answer]:
        own = seconds * len(tasks) + GRACE
        if self._client.status != "running":
            raise self._gone()
        try:
            future = self._executor.submit(work_in_cluster, tasks, own)
            return future.result(own + GRACE)
        except CheckError:
            raise
        except TimeoutError as error:
            future.cancel()
            raise _LostError(
                f"no worker of the Dask cluster at {self.address} answered within {own:g} s",
                "look at the workers' logs; allow more with --timeout, or add workers",
            ) from error
        except ImportError as error:
            raise _LostError(
                f"a worker of the Dask cluster cannot load what evaluates stacks: {error}",
                "install the same version of resilience-checks on every worker",
            ) from error
        except Exception as error:
            if self._client.status != "running" or isinstance(error, CancelledError | OSError):
                raise self._gone() from error
            if type(error).__name__ == "KilledWorker":
                raise _LostError(
                    "every worker that was given it died", "look at the workers' logs, and give them more memory"
                ) from error
            raise

    def _gone(self) -> _LostError:
        return _LostError(
            f"the Dask scheduler at {self.address} was lost",
            "start it again and repeat the check, or check without --scheduler",
        )


def _client(address: str) -> Any:
    """Return a client of a scheduler."""
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "--scheduler needs dask.distributed, which is not installed",
            why="it is what talks to a Dask cluster",
            remedy="pip install 'resilience-checks[distributed]'",
        ) from error
    try:
        return Client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(
            f"no Dask scheduler answers at {address}: {error}",
            why="nothing was checked",
            remedy="name one as tcp://HOST:8786, or start it with `dask scheduler`",
        ) from error
