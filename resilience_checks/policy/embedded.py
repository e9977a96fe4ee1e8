"""The embedded engine: regorus in a process that can be stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from importlib import metadata
from itertools import count
from typing import IO, TYPE_CHECKING, Any, Self

from resilience_checks.model.errors import EngineError
from resilience_checks.policy.engine import EngineFault, deadline

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

_REMEDY = "correct the policy, or take its folder out of --policies"


class EmbeddedEngine:
    """Evaluates in a worker process with a deadline in seconds (None: by the document's size) and a memory limit in bytes (0: none)."""

    name = "embedded"

    def __init__(self, seconds: float | None = None, memory: int = 2 << 30) -> None:
        """Start nothing yet."""
        self._given, self._memory = seconds, memory
        self._worker: subprocess.Popen[str] | None = None
        self._said: IO[bytes] | None = None
        self._held: IO[bytes] | None = None
        self._asked = count()

    @property
    def version(self) -> str:
        """The version of the regorus package."""
        return f"regorus {metadata.version('gordon-to-regorus')}"

    @property
    def process(self) -> int | None:
        """The id of the worker's process, while there is one."""
        return self._worker.pid if self._worker is not None else None

    def start(self) -> None:
        """Start the worker; its import overlaps with whatever the caller does next."""
        if self._worker is not None:
            return
        with ExitStack() as opened:
            said = opened.enter_context(tempfile.TemporaryFile())
            ends = os.pipe()
            asker, held = (
                opened.enter_context(os.fdopen(end, mode)) for end, mode in zip(ends, ("rb", "wb"), strict=True)
            )
            try:
                self._worker = self._started(said, asker.fileno())
            except OSError as error:
                raise EngineError(
                    f"the policy engine's process cannot be started: {sys.executable}: {error.strerror}",
                    why="no policy was evaluated",
                    remedy="see that this Python still stands there, and that there may be one more process (ulimit -u)",
                ) from error
            asker.close()
            opened.pop_all()
        self._said, self._held = said, held

    @staticmethod
    def _started(said: IO[bytes], asker: int) -> subprocess.Popen[str]:
        """Start the worker, which ends when nobody holds the other end of `asker` any more."""
        return subprocess.Popen(
            [sys.executable, "-m", "resilience_checks.policy.worker", str(asker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            pass_fds=(asker,),
            text=True,
            encoding="utf-8",
            errors="replace",
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                "PYTHONIOENCODING": "utf-8",  # whatever the locale, or the user's own variable, says
            },
        )

    def evaluate(
        self, modules: Mapping[str, str], document: bytes, packages: Mapping[str, str]
    ) -> Mapping[str, list[dict[str, Any]] | EngineFault]:
        """Evaluate in the worker; kill it when the deadline passes."""
        seconds, number = self._given if self._given is not None else deadline(document), next(self._asked)
        request = {
            "id": number,
            "seconds": seconds,
            "modules": dict(modules),
            "document": document.decode(),
            "packages": dict(packages),
            "memory": self._memory,
        }
        try:
            response = self._exchange(json.dumps(request), number, seconds)
        except BaseException:
            self.close()  # whatever it still says would be taken for the answer to the next request
            raise
        if "broken" in response:
            raise EngineError(
                f"a policy does not compile: {response['broken']}", why="no policy was evaluated", remedy=_REMEDY
            )
        try:
            return _reports(response)
        except (LookupError, TypeError, AttributeError) as error:
            self.close()
            raise self._garbled() from error

    def close(self) -> None:
        """Stop the worker."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.communicate()
            self._worker = None
        for file in (self._said, self._held):
            if file is not None:
                file.close()
        self._said = self._held = None

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the worker."""
        self.close()

    def _exchange(self, request: str, number: int, seconds: float) -> dict[str, Any]:
        self.start()
        worker = self._worker
        assert worker is not None
        assert worker.stdin is not None
        assert worker.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            worker.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            worker.stdin.write(request)
            worker.stdin.write("\n")
            worker.stdin.flush()
            answer = worker.stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            timer.cancel()
        if late.is_set():
            raise EngineError(
                f"the policies were not evaluated within {seconds:g} s",
                why="an evaluation that was cut off gives no verdict",
                remedy="look for a policy that searches within a search, give it longer with --policy-timeout, or check fewer "
                "stacks at once",
            )
        if not answer.endswith("\n"):  # none, or the half of one
            raise EngineError(
                f"the policy engine's process ended without an answer: {self._how_it_ended(worker)}",
                why="no policy was evaluated",
                remedy="it may have run out of memory; check fewer stacks at once",
            )
        try:
            found = json.loads(answer)
        except ValueError as error:
            raise self._garbled() from error
        if not isinstance(found, dict) or found.get("id") != number:
            raise self._garbled()
        return found

    def _how_it_ended(self, worker: subprocess.Popen[str]) -> str:
        """Return the exit code or signal, and the last that it said."""
        worker.kill()  # one that closed its output and lives on gives no other answer
        code = worker.wait()
        assert self._said is not None
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        ended = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
        return f"{ended}: {lines[-1][:300]}" if lines else ended

    @staticmethod
    def _garbled() -> EngineError:
        return EngineError(
            "the policy engine's process answered something that is no answer",
            why="no policy was evaluated",
            remedy="see whether something else writes to standard output in it, such as a sitecustomize of this Python",
        )


def _reports(response: dict[str, Any]) -> dict[str, list[dict[str, Any]] | EngineFault]:
    if "whole" in response:
        return dict(response["whole"]["result"][0]["expressions"][0]["value"])
    return {
        name: EngineFault(item["fault"]) if "fault" in item else item["report"]
        for name, item in response["reports"].items()
    }
