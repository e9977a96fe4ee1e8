"""A Pulumi Python program as a source: one child process, one preview, one graph."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.given import Given
from resilience_checks.sources.interface import Limits
from resilience_checks.sources.program import failures, graph_of, interpreters
from resilience_checks.sources.project import stack_config
from resilience_checks.sources.stacks.waiting import ended

if TYPE_CHECKING:
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.discovery import Stack
    from resilience_checks.sources.program.monitor import Preview

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")
_CHILD = Path(__file__).with_name("child.py")
_NOT_PROGRAM = frozenset(
    {".git", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)


class ProgramSource:
    """Evaluates one stack of a Python program offline."""

    def __init__(self, stack: Stack, root: Path, limits: Limits | None = None, given: Given | None = None) -> None:
        """Remember what to run; nothing runs yet."""
        self._stack, self.root, self._limits = stack, root, limits or Limits()
        self._given = given or Given()
        self._private: Path | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._preview: Preview | None = None
        self._started = 0.0
        self.seconds = 0.0

    @property
    def name(self) -> str:
        """`project/stack`."""
        return self._stack.name

    @property
    def stack(self) -> str:
        """The stack's own name."""
        return self._stack.stack

    @property
    def directory(self) -> Path:
        """Where the project's Pulumi.yaml stands."""
        return self._stack.project.directory

    def start(self) -> None:
        """Start the child, then serve it; the imports of both overlap."""
        project = self._stack.project
        if project.runtime != "python":
            raise failures.other_language(project)
        interpreter = interpreters.find(project)
        config = stack_config(project, self._stack.stack, self.root)
        self._notes, self._environment = config.notes, config.environment
        self._private = Path(tempfile.mkdtemp(prefix="resilience-checks-"))
        socket = self._private / "monitor.sock"
        job = {
            "project": project.name,
            "stack": self._stack.stack,
            "project_directory": str(project.directory.resolve()),
            "program": str(project.program.resolve()),
            "address": f"unix:{socket}",
            "config": dict(config.values),
            "secrets": sorted(config.secrets),
            "seconds": self._limits.seconds,
            "memory": self._limits.memory,
        }
        (self._private / "job.json").write_text(json.dumps(job), encoding="utf-8")
        self._started = time.monotonic()
        with (self._private / "output.txt").open("wb") as output:
            self._child = subprocess.Popen(
                [interpreter, "-s", str(_CHILD), str(self._private)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_surroundings(self._private),
                cwd=self._private,
                start_new_session=True,
            )
        from resilience_checks.sources.program.monitor import Preview

        program = project.program.resolve()
        directory = program if program.is_dir() else program.parent
        self._preview = Preview(project.name, self._stack.stack, socket, self._given, config.values, directory)
        (self._private / "ready").touch()

    def graph(self) -> ResourceGraph:
        """Wait for the end of the program and return its graph."""
        if self._child is None:
            self.start()
        assert self._child is not None
        assert self._private is not None
        assert self._preview is not None
        if not ended(self._child, self._started, self._limits.seconds, self._given):
            self._kill()
            raise failures.endless(self._stack.project, self._private, self.root, self._limits.seconds)
        self.seconds = time.monotonic() - self._started
        end = how_it_ended(self._private)
        record = self._preview.record
        if record.duplicates:
            raise failures.duplicate(record.duplicates[0], self._stack.project, self.root)
        if record.refusals:
            raise failures.refused(record.refusals[0], self._stack.project, self.root)
        if not end.get("ok"):
            end["environment"] = self._environment
            raise failures.failed(end, self._stack.project, self.root, self._private, self._child.returncode)
        return graph_of.build(
            self._stack,
            self.root,
            record,
            self._preview.answers,
            self._private,
            end,
            self._notes,
            digest(self._stack.project.directory),
            environment=self._environment,
        )

    def close(self) -> None:
        """Stop the child and the monitor, and remove the private directory."""
        self._kill()
        if self._preview is not None:
            self._preview.close()
        if self._private is not None:
            shutil.rmtree(self._private, ignore_errors=True)

    def _kill(self) -> None:
        if self._child is not None and self._child.poll() is None:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()


def digest(directory: Path) -> str:
    """Return the SHA-256 of the program's files: sorted relative paths and bytes, environments left out."""
    total = hashlib.sha256()
    for parent, folders, names in os.walk(directory):
        folders[:] = sorted(name for name in folders if name not in _NOT_PROGRAM)
        for name in sorted(names):
            path = Path(parent) / name
            if name.endswith(".pyc") or not path.is_file():
                continue
            total.update(path.relative_to(directory).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _surroundings(private: Path) -> dict[str, str]:
    """Return a minimal environment: none of the caller's credentials are in it."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        **passed,
        "HOME": str(private),
        "TMPDIR": str(private),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "GRPC_ENABLE_FORK_SUPPORT": "0",
    }


def how_it_ended(private: Path) -> dict[str, Any]:
    """Return what the child wrote about its end, or that it wrote nothing."""
    try:
        end: dict[str, Any] = json.loads((private / "end.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"ok": False, "kind": "died"}
    return end
