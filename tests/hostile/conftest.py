"""What a hostile program finds around it: credentials, listeners that must hear nothing, and a process of somebody else."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.hostile.attack import STOLEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VARIABLES = ("AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PULUMI_ACCESS_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")


@dataclass
class Surroundings:
    """The folder around the repository, and all that listens."""

    folder: Path
    listeners: tuple[socket.socket, ...]
    bystander: subprocess.Popen[bytes]

    @property
    def known(self) -> dict[str, str]:
        """What stands in a program for what only the test knows."""
        return {"PORT": str(self.listeners[0].getsockname()[1]), "PARENT": str(os.getpid())}

    def are_untouched(self) -> bool:
        """Return whether nobody connected or sent, and nobody was killed."""
        heard, _, _ = select.select(self.listeners, [], [], 0)
        return not heard and self.bystander.poll() is None


@pytest.fixture(scope="module")
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the same user with credentials in its environment."""
    command = [sys.executable, "-S", "-c", "import sys; sys.stdin.read()"]
    environment = {**os.environ, **dict.fromkeys(VARIABLES, STOLEN)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
        yield process
        process.kill()


@pytest.fixture
def surroundings(
    tmp_path_factory: pytest.TempPathFactory, bystander: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Surroundings]:
    """Plant credentials in a home and in variables, and listen where a program may try to connect."""
    folder = tmp_path_factory.mktemp("h")  # the path of a socket is short
    (folder / "home" / ".aws").mkdir(parents=True)
    (folder / "home" / ".aws" / "credentials").write_text(STOLEN, encoding="utf-8")
    for name in VARIABLES:
        monkeypatch.setenv(name, STOLEN)
    tcp = socket.create_server(("127.0.0.1", 0))
    udp, unix = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX)
    udp.bind(tcp.getsockname())
    unix.bind(str(folder / "s"))
    unix.listen()
    with tcp, udp, unix:
        yield Surroundings(folder, (tcp, udp, unix), bystander)
