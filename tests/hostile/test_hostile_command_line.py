"""What the command itself says where a program wants to end it, or to speak for it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.end_to_end.editing import ROOT
from tests.hostile.attack import Attack
from tests.report.runner import commands

if TYPE_CHECKING:
    from pathlib import Path

KILLS = """\
for number in [int(one.name) for one in Path("/proc").glob("[0-9]*")]:
    if number != os.getpid() and "resilience_checks" in tried(lambda: Path(f"/proc/{number}/cmdline").read_text()):
        tried(lambda: os.kill(number, signal.SIGKILL))
"""
SPEAKS = """\
for name in ("a\\n::error::forged", "##vso[task.complete result=Succeeded;]forged", "##[error]forged"):
    print(name, flush=True)
    Thing(name, zoneRedundant=False)
raise RuntimeError("a\\n::error::forged ##vso[task.complete result=Succeeded;]")
"""


def told(root: Path, program: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Return what the command says of a program."""
    Attack("", "", "", program).plant(root, {})
    return subprocess.run(
        [sys.executable, "-m", "resilience_checks", "check", *options],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_program_finds_no_check_to_kill(tmp_path: Path) -> None:
    done = told(tmp_path / "repository", KILLS)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "  verdict   clean")


def test_a_program_speaks_to_no_runner_in_whatever_form(tmp_path: Path) -> None:
    done = told(tmp_path / "repository", SPEAKS, "--debug", "--format", "terminal", GITHUB_ACTIONS="true", CI="true")
    said = done.stdout + done.stderr
    assert done.returncode == 4
    assert "forged" in said
    assert {one.name for one in commands(said)} <= {"stop-commands"}  # around the trace
    assert "##vso[" not in said
