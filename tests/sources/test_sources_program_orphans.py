"""A program does not outlive the check that runs it, however that ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.editing import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = """
import time
alive = open("alive")
time.sleep(600)
"""
NODE = """
const fs = require("fs");
fs.openSync("alive", "r");
setTimeout(() => {}, 600000);
"""
SECONDS = 60


def ended(stream: int) -> bool:
    """Return whether every program that held the other end of a FIFO goes, which a program can only read."""
    poll = select.poll()
    poll.register(stream, 0)
    return bool(poll.poll(SECONDS * 1000))


@pytest.mark.parametrize(
    ("runtime", "name", "program"), [("python", "__main__.py", PYTHON), ("nodejs", "index.js", NODE)]
)
def test_a_program_ends_with_a_check_that_is_killed(
    runtime: str, name: str, program: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(f"name: sleeps\nruntime: {runtime}\n", encoding="utf-8")
    (tmp_path / name).write_text(program, encoding="utf-8")
    if runtime == "nodejs":
        (tmp_path / "node_modules").symlink_to(request.getfixturevalue("node_packages"))
    os.mkfifo(tmp_path / "alive")
    with (
        subprocess.Popen(
            [sys.executable, "-m", "resilience_checks", "check"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as check,
        (tmp_path / "alive").open("wb", buffering=0) as stream,  # which waits until the program has opened it
    ):
        check.send_signal(signal.SIGKILL)
        assert ended(stream.fileno())
