"""Runs a workflow with nektos/act, which carries out the runner's protocol, on this machine itself and without secrets."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tools.binaries import TOOLS

if TYPE_CHECKING:
    from pathlib import Path

EVENT = {
    "pull_request": {
        "number": 7,
        "head": {"ref": "change", "repo": {"full_name": "fork/shop", "fork": True}},
        "base": {"ref": "main", "repo": {"full_name": "upstream/shop"}},
    }
}


@dataclass(frozen=True)
class Ran:
    """What the runner made of a job: each entry as act told it."""

    code: int
    told: list[dict[str, Any]]

    def annotations(self, kind: str) -> list[tuple[str, str | None, str | None]]:
        """Return title, file and line of the commands `error` or `warning`."""
        found = [one["kvPairs"] for one in self.told if one.get("command") == kind]
        return [(one["title"], one.get("file"), one.get("line")) for one in found]

    def summaries(self) -> list[str]:
        """Return the first line of each job summary."""
        written = [one["content"] for one in self.told if one.get("command") == "summary"]
        return list(dict.fromkeys(text.splitlines()[0] for text in written))

    def log(self) -> str:
        return "".join(one["msg"] for one in self.told if one.get("raw_output"))


def run(fork: Path, tool: Path, *folders: Path) -> Ran:
    """Run the workflows of a fork's checkout for its pull request; `folders` come first on PATH."""
    act = TOOLS["act"].found()
    if act is None:
        pytest.fail("no act: run `python tools/binaries.py build act`")
    event, home = fork.parent / "event.json", fork.parent / "home"
    event.write_text(json.dumps(EVENT), encoding="utf-8")
    command: list[str | Path] = [
        act,
        "pull_request",
        "--json",
        "--eventpath",
        event,
        "--platform",
        "ubuntu-latest=-self-hosted",
    ]
    command += ["--action-cache-path", home / "actions"]
    command += ["--local-repository", f"your-organisation/resilience-checks@v0.1.0={tool}"]
    environment = {"PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]]), "HOME": str(home)}
    done = subprocess.run(command, cwd=fork, env=environment, capture_output=True, text=True, check=False, timeout=1200)
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert told, done.stderr
    return Ran(done.returncode, told)
