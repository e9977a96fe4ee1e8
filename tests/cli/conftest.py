"""A Pulumi project of a few files, and the command line run on it as its author would."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "resilience_checks")
FILES = {
    "Pulumi.yaml": "name: web\nruntime: python\n",
    "Pulumi.prod.yaml": "config: {}\n",
    "resilience.yaml": "version: 1\nservices:\n  shop: {scope: local, tier: 3, entry: {select: {name: front}}}\n",
    "__main__.py": "import pulumi\n\npulumi.CustomResource('vsphere:index/virtualMachine:VirtualMachine', 'front', {})\n",
}
_OURS = {"CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR", "TERM"}


@dataclass(frozen=True)
class Project:
    """A sound project, of which a test replaces or takes away what it is about."""

    directory: Path

    def write(self, name: str, text: str) -> None:
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def program(self, *lines: str) -> None:
        self.write("__main__.py", "".join(f"{line}\n" for line in lines))

    def remove(self, name: str) -> None:
        (self.directory / name).unlink()

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _OURS}
        return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", **more}

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run; whatever a test is about, nobody sees a traceback unasked, and what failed is not called clean."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.directory,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        said = done.stdout + done.stderr
        assert "--debug" in arguments or "Traceback" not in said
        assert done.returncode == 0 or "clean" not in said
        return done


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project at the root of a repository, with one stack, whose check is clean."""
    made = Project(tmp_path)
    (tmp_path / ".git").mkdir()
    for name, text in FILES.items():
        made.write(name, text)
    return made
