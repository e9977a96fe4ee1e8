"""The hook of .pre-commit-hooks.yaml, installed and run by pre-commit itself, as docs/ci.md shows it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.hooks.conftest import ROOT, SOUND, commit

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTED = re.compile(r"^## pre-commit\n\n```yaml\n(.*?)```", re.DOTALL | re.MULTILINE)


def pre_commit(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(directory.parent), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "pre_commit", *arguments]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


def test_it_stops_a_faulty_program_and_lets_a_sound_one_pass(fork: Path, tool: Path) -> None:
    [config] = DOCUMENTED.findall((ROOT / "docs" / "ci.md").read_text(encoding="utf-8"))
    config = re.sub(r"https://\S+", str(tool), config).replace("pulumi-aws", "pyyaml")
    commit(fork, {".pre-commit-config.yaml": config})
    assert pre_commit(fork, "validate-config").returncode == 0
    assert pre_commit(tool, "validate-manifest").returncode == 0

    stopped = pre_commit(fork, "run", "--all-files")
    assert stopped.returncode == 1, stopped.stderr
    assert "- exit code: 13\n" in stopped.stdout
    assert "high [no-single-point-of-failure] One fault loses a service that must survive it" in stopped.stdout
    assert "  --> Pulumi.yaml:4\n" in stopped.stdout
    assert "\x1b" not in stopped.stdout

    commit(fork, {"resilience.yaml": SOUND})
    passed = pre_commit(fork, "run", "--all-files")
    assert (passed.returncode, passed.stdout.splitlines()[-1][-6:]) == (0, "Passed"), passed.stdout
