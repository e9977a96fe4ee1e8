"""Where faults are brought about: a project that is blocked, the command line on it, and what must not be left behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from benchmarks.soak import FILES
from resilience_checks.cli.main import cli
from tests.cli.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

BLOCKED = 13
"""The exit code of the project as it is: two violations, the worst of them high. No fault may make it 0."""
PATIENCE = 60.0


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, all that it said, and the results of its report, None without one."""

    code: int
    said: str
    results: tuple[tuple[str, str, str], ...] | None = None


@dataclass(frozen=True)
class Case:
    """One fault: how it is brought about, the exit code, and what must be told (a regular expression).

    `correct`: it does not matter, so the report is that of the project as it is. `made` are files that the run leaves.
    """

    name: str
    how: str
    bring: Callable[[Bench], Ended]
    code: int
    told: str = ""
    correct: bool = False
    made: tuple[str, ...] = ()


@dataclass
class Bench:
    """A project in a folder of its own; temporary files are in another, whose name is short."""

    folder: Path
    temporary: Path
    patch: pytest.MonkeyPatch
    ask: Callable[[str], Any]
    """Returns a fixture by its name."""
    before: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.project.mkdir()
        for name, text in FILES.items():
            self.write(name, text)
        self.patch.chdir(self.project)
        self.patch.setenv("TMPDIR", str(self.temporary))
        self.patch.setattr(tempfile, "tempdir", str(self.temporary))
        for name in ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "SOURCE_DATE_EPOCH"):
            self.patch.delenv(name, raising=False)
        self.before = self.files()

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def write(self, name: str, text: str, *, mode: int = 0o644) -> Path:
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    def run(self, *arguments: str) -> Ended:
        """Run a command line in this process, and return how it ended."""
        self.before = self.files()
        done = CliRunner().invoke(cli, list(arguments), prog_name="resilience-checks")
        return Ended(done.exit_code, f"{done.stdout}\n{done.stderr}", results(done.stdout))

    def check(self, *arguments: str) -> Ended:
        return self.run("check", "--format", "json", *arguments)

    def started(self, *arguments: str, **how: Any) -> subprocess.Popen[str]:
        """Start a command line in a process of its own; `program` may patch it before it runs."""
        self.before = self.files()
        program = how.pop("program", "") + "\nfrom resilience_checks.cli.main import main\nmain()\n"
        return subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how},
        )

    def ended(self, *arguments: str, **how: Any) -> Ended:
        """Run a command line in a process of its own to its end."""
        with self.started(*arguments, **how) as process:
            out, err = process.communicate(timeout=PATIENCE)
        return Ended(process.returncode, f"{out or ''}\n{err or ''}", results(out or ""))

    def files(self) -> dict[str, str]:
        """Return what stands in the project and beside it, but for what git and Python keep to themselves."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.is_file() and {".git", "__pycache__"}.isdisjoint(path.parts):
                found[name] = path.read_bytes().decode(errors="replace")
        return found

    def hold_nothing_is_left(self, made: tuple[str, ...]) -> None:
        """Nothing runs, nothing temporary stays, and no file of the project is another one, or the half of one."""
        left = left_running(self.folder) + left_running(self.temporary)
        assert left == [], left
        left = sorted(path.name for path in self.temporary.rglob("*"))
        assert left == [], left
        after = self.files()
        changed = {name for name in after.keys() | self.before.keys() if after.get(name) != self.before.get(name)}
        assert changed == set(made), changed


def results(text: str) -> tuple[tuple[str, str, str], ...] | None:
    """Return what a JSON report finds, None where the text is no report."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    if not isinstance(data, dict) or not data.get("results"):
        return None
    return tuple((one["policy"], one["outcome"], one["fingerprint"]) for one in data["results"])


def left_running(folder: Path) -> list[str]:
    """Return the commands of processes that know the folder, once the system has taken down what was killed."""
    until = time.monotonic() + PATIENCE
    while found := [words for words in _processes() if str(folder) in words]:
        if time.monotonic() > until:
            break
    return found


def _processes() -> list[str]:
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        if int(place.name) == os.getpid():
            continue
        try:
            words = (place / "cmdline").read_bytes()
            found.append((words + b"\0" + (place / "environ").read_bytes()).decode(errors="replace") if words else "")
        except OSError:
            continue
    return found


def word(text: str) -> str:
    """Return a pattern of the text itself."""
    return re.escape(text)
