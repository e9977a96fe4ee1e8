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
alive = open("alive", "w")
alive.write("x")
alive.flush()
time.sleep(600)
"""
NODE = """
const fs = require("fs");
fs.writeSync(fs.openSync("alive", "w"), "x");
setTimeout(() => {}, 600000);
"""
SECONDS = 60


def answers(stream: int) -> bytes:
    """Return what comes next through a FIFO: nothing once every program that held its other end is gone."""
    ready, _, _ = select.select([stream], [], [], SECONDS)
    assert ready, "the program is still there"
    return os.read(stream, 1)


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
        (tmp_path / "alive").open("rb", buffering=0) as stream,
    ):
        assert answers(stream.fileno()) == b"x"
        check.send_signal(signal.SIGKILL)
        assert answers(stream.fileno()) == b""


def test_what_a_program_starts_ends_with_its_check(tmp_path: Path) -> None:
    program = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; print('x', flush=True); time.sleep(600)"], stdout=open("alive", "w"))
"""
    (tmp_path / "Pulumi.yaml").write_text("name: sleeps\nruntime: python\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(program, encoding="utf-8")
    os.mkfifo(tmp_path / "alive")
    with (
        subprocess.Popen(
            [sys.executable, "-m", "resilience_checks", "graph"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as check,
        (tmp_path / "alive").open("rb", buffering=0) as stream,
    ):
        assert check.wait(SECONDS) == 0
        while answers(stream.fileno()):
            pass
