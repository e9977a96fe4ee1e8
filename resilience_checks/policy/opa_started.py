"""A real OPA server that is started for one check, on a free port of this machine, and ends with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from typing import IO, TYPE_CHECKING, Any

from resilience_checks.model.errors import EngineError, UsageError
from resilience_checks.policy.opa_server import OpaServerEngine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.policy.engine import EngineFault

_HOST = "127.0.0.1"
_WHY = "no policy was evaluated"
_PAUSE = 0.01


class StartedOpaEngine(OpaServerEngine):
    """Evaluates on a server of its own; `wait` is how many seconds it may take until it answers."""

    def __init__(self, seconds: float | None = None, *, binary: str | None = None, wait: float = 30.0) -> None:
        """Start nothing yet; raise UsageError where there is no OPA to start."""
        found = binary or shutil.which("opa")
        if found is None:
            raise UsageError(
                "--engine opa starts OPA, and there is no opa on PATH",
                why=_WHY,
                remedy="install OPA (openpolicyagent.org), give the URL of a running server (`opa run --server`) with "
                "--opa-url, or use --engine embedded",
            )
        self._binary, self._wait, self._port = found, wait, _free_port()
        super().__init__(f"http://{_HOST}:{self._port}", seconds)
        self._keeper: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None

    def start(self) -> None:
        """Start the server without waiting until it answers."""
        if self._keeper is None:
            self._said = tempfile.TemporaryFile()  # noqa: SIM115 closed in close()
            self._keeper = subprocess.Popen(
                [sys.executable, "-m", "resilience_checks.policy.opa_keeper", self._binary, f"{_HOST}:{self._port}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                env=_environment(),
                start_new_session=True,  # an interrupt from the terminal reaches it through its closed input alone
            )

    def evaluate(
        self, modules: Mapping[str, str], document: bytes, packages: Mapping[str, str]
    ) -> Mapping[str, list[dict[str, Any]] | EngineFault]:
        """Evaluate as soon as the server answers."""
        self.start()
        try:
            self._await()
            return super().evaluate(modules, document, packages)
        except EngineError:
            self.close()  # the next estate gets a new one
            raise

    def close(self) -> None:
        """Close the connection and end the server, with all that it has."""
        self._disconnect()
        self._uploaded.clear()
        self._modules.clear()
        if self._keeper is not None:
            assert self._keeper.stdin is not None
            self._keeper.stdin.close()
            self._keeper.wait()
            self._keeper = None
        if self._said is not None:
            self._said.close()
            self._said = None

    def _await(self) -> None:
        assert self._keeper is not None
        until = time.monotonic() + self._wait
        while self._keeper.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((_HOST, self._port)) == 0:
                    return
            if time.monotonic() > until:
                raise EngineError(
                    f"{self._binary} did not answer within {self._wait:g} s after its start",
                    why=_WHY,
                    remedy="see whether `opa run --server` starts, or use --engine embedded",
                )
            time.sleep(_PAUSE)
        raise EngineError(
            f"{self._binary} ended at its start: {self._last_words()}",
            why=_WHY,
            remedy="see whether `opa run --server` starts, or use --engine embedded",
        )

    def _last_words(self) -> str:
        assert self._said is not None
        self._said.seek(0)
        return " ".join(self._said.read().decode(errors="replace").split())[-600:] or "it said nothing"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    """Return this environment without what would change OPA's options, and with this package to be found."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPA_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
