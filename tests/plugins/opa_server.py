"""A real OPA server for tests."""

from __future__ import annotations

import os
import socket
import subprocess
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from resilience_checks.policy.opa_server import OpaServerEngine
from tools.binaries import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
    with _served(opa_binary, tmp_path_factory.mktemp("opa")) as url:
        yield url


@pytest.fixture(scope="session")
def opa_engine(opa_binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpaServerEngine]:
    """An engine for all that is evaluated with the policies as they are: it uploads them once, to a server of its own.

    A server compiles all that it holds at each upload and at each removal: what others upload does not wait for these
    policies, and they end with their server.
    """
    with _served(opa_binary, tmp_path_factory.mktemp("opa-engine")) as url:
        engine = OpaServerEngine(url, seconds=60)
        yield engine
        engine._disconnect()


@contextmanager
def _served(binary: str, folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "log").open("wb") as output:
        server = subprocess.Popen(
            [binary, "run", "--server", "--addr", f"127.0.0.1:{port}", "--disable-telemetry"],
            stdout=output,
            stderr=output,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "GOGC": "400"},
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _await(server, url)
            yield url
        finally:
            server.kill()
            server.wait()


def _await(server: subprocess.Popen[bytes], url: str) -> None:
    """Return once the server answers; the operating system wakes us by refusing until it listens."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health"):
                return
        except OSError:
            continue
    pytest.fail("the OPA server ended")
