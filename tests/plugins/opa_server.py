"""A real OPA server for tests."""

from __future__ import annotations

import os
import socket
import subprocess
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resilience_checks.policy.opa_server import OpaServerEngine
from tools.binaries import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def opa_binary() -> str:
    """The OPA that `make test` builds, or one that RESILIENCE_OPA names, or one on PATH."""
    found = TOOLS["opa"].found()
    if found is None:
        pytest.skip("no OPA: run `python tools/binaries.py build opa`")
    return str(found)


@pytest.fixture(scope="session")
def opa_url(opa_binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server without any policy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("opa") / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [opa_binary, "run", "--server", "--addr", f"127.0.0.1:{port}", "--disable-telemetry"],
            stdout=output,
            stderr=output,
            env={"PATH": os.environ["PATH"], "HOME": str(Path(log).parent)},
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _await(server, url)
            yield url
        finally:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def opa_engine(opa_url: str) -> Iterator[OpaServerEngine]:
    """An engine on that server, for all that is evaluated with the policies as they are: it uploads them once."""
    with OpaServerEngine(opa_url, seconds=60) as engine:
        yield engine


def _await(server: subprocess.Popen[bytes], url: str) -> None:
    """Return once the server answers; the operating system wakes us by refusing until it listens."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health"):
                return
        except OSError:
            continue
    pytest.fail("the OPA server ended")
