"""Copies of the demo stacks with edits in their source, and what a check says of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.plugins.shared import once

ROOT = Path(__file__).resolve().parents[2]
STACKS = ROOT / "stacks"
TODAY = "2026-11-25"
"""On which the dates in the stacks' declarations are judged: evidence of tests grows old."""


@dataclass(frozen=True)
class Edit:
    """A replacement in one file of a stack; the old text must stand there."""

    file: str
    old: str
    new: str
    count: int = 1


def copy(stack: str, target: Path, *edits: Edit, among: Path = STACKS) -> Path:
    """Copy a stack and apply the edits; an edit that no longer fits is a failure."""
    directory = target / stack
    shutil.copytree(among / stack, directory, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    for edit in edits:
        path = directory / edit.file
        text = path.read_text(encoding="utf-8")
        assert text.count(edit.old) >= 1, f"{edit.old!r} does not stand in {edit.file}"
        path.write_text(text.replace(edit.old, edit.new, edit.count), encoding="utf-8")
    return directory


def run(
    *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would."""
    command = [sys.executable, "-m", "resilience_checks", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd or ROOT, env=env, timeout=120)


def report(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """Return exit code and JSON report of a check; of stacks as they stand, the one of this run of the tests."""
    asked = [str(one) for one in arguments]
    if all(isinstance(one, Path) and one.parent == STACKS for one in arguments):
        return once(lambda: _report(asked), "report", *asked)
    return _report(asked)


def _report(arguments: list[str]) -> tuple[int, dict[str, Any]]:
    done = run("check", *arguments, "--format", "json", "--today", TODAY)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def findings(data: dict[str, Any]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return everything but passes: outcome, policy, target and the services it is about."""
    spoken = {"violation", "unknown", "error"}
    return sorted(
        (item["outcome"], item["policy"], item["target"], tuple(item["services"]))
        for item in data["results"]
        if item["outcome"] in spoken
    )
