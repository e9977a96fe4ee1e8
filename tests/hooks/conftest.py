"""Repositories for real runners: this one as others would fetch it, and one of a fork with a change for review.

These tests install from the package index and take minutes, so they are not in the usual run: `tox run -e hooks`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
collect_ignore_glob = [] if os.environ.get("RESILIENCE_HOOKS") else ["test_*.py"]
PROGRAM = "name: web\nruntime: yaml\nresources:\n  front: {type: 'vsphere:index/virtualMachine:VirtualMachine'}\n"
SOUND = "version: 1\nservices:\n  shop: {scope: local, tier: 3, entry: {select: front}}\n"
FAULTY = "version: 1\nservices:\n  shop: {scope: national, tier: 1, rto: 1h, rpo: 15m, entry: {select: front}}\n"


def git(directory: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    done = subprocess.run(["git", *who, *arguments], cwd=directory, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the files of this one as they stand, and a tag v0.1.0."""
    made = tmp_path_factory.mktemp("resilience-checks")
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, made / name)
    git(made, "init", "-q", "-b", "main")
    git(made, "add", "-A")
    git(made, "commit", "-q", "-m", "as it stands")
    git(made, "tag", "v0.1.0")
    return made


@pytest.fixture
def fork(tmp_path: Path) -> Path:
    """A checkout of a fork's branch `change`, whose origin is the project: the change adds a service that one fault loses."""
    origin = tmp_path / "origin"
    origin.mkdir()
    for name, text in {
        "Pulumi.yaml": PROGRAM,
        "Pulumi.prod.yaml": "config: {}\n",
        "resilience.yaml": "version: 1\n",
        "requirements.txt": "",
    }.items():
        (origin / name).write_text(text, encoding="utf-8")
    git(origin, "init", "-q", "-b", "main")
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "base")
    git(tmp_path, "clone", "-q", str(origin), "fork")
    made = tmp_path / "fork"
    git(made, "checkout", "-q", "-b", "change")
    commit(made, {"resilience.yaml": FAULTY})
    return made


def commit(directory: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "-m", "change")
