"""A Pulumi TypeScript or JavaScript program as a source: one Node process, one preview, one graph."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.sources.given import Given
from resilience_checks.sources.interface import Limits
from resilience_checks.sources.nodejs import failures, toolchain
from resilience_checks.sources.program import failures as shared
from resilience_checks.sources.program import graph_of
from resilience_checks.sources.program.source import digest, how_it_ended
from resilience_checks.sources.project import stack_config
from resilience_checks.sources.stacks.waiting import ended

if TYPE_CHECKING:
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.sources.discovery import Stack
    from resilience_checks.sources.nodejs.toolchain import Toolchain
    from resilience_checks.sources.program.monitor import Preview
    from resilience_checks.sources.project import StackConfig

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "PULUMI_NODEJS_TRANSPILE_ONLY", "PULUMI_NODEJS_TSCONFIG_PATH")
_LAUNCH = Path(__file__).with_name("launch.py")


class NodeSource:
    """Evaluates one stack of a Node program offline."""

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
        """Start Node, then serve it; the imports of both overlap."""
        project = self._stack.project
        tools = toolchain.find(project)
        config = stack_config(project, self._stack.stack, self.root)
        self._notes, self._incomplete = config.notes, config.environment
        self._private = Path(tempfile.mkdtemp(prefix="resilience-checks-")).resolve()
        socket = self._private / "monitor.sock"
        job = {
            "project_directory": str(project.directory.resolve()),
            "node": tools.node,
            "node_arguments": tools.node_arguments,
            "run": str(tools.run),
            "arguments": self._arguments(tools, f"unix:{socket}"),
            "seconds": self._limits.seconds,
            "memory": self._limits.memory,
        }
        (self._private / "job.json").write_text(json.dumps(job), encoding="utf-8")
        self._started = time.monotonic()
        with (self._private / "output.txt").open("wb") as output:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_LAUNCH), str(self._private)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(self._private, tools, config),
                cwd=tools.directory,
                start_new_session=True,
            )
        from resilience_checks.sources.program.monitor import Preview

        self._preview = Preview(project.name, self._stack.stack, socket, self._given, config.values, tools.directory)
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
            first, second = sorted(record.duplicates[0], key=lambda item: item.number)  # they may arrive in any order
            raise shared.duplicate((first, second), self._stack.project, self.root)
        if record.refusals:
            raise shared.refused(record.refusals[0], self._stack.project, self.root)
        if not end.get("ok"):
            end["environment"] = self._incomplete
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
            environment=self._incomplete,
        )

    def close(self) -> None:
        """Stop the child and the monitor, and remove the private directory."""
        self._kill()
        if self._preview is not None:
            self._preview.close()
        if self._private is not None:
            shutil.rmtree(self._private, ignore_errors=True)

    def _arguments(self, tools: Toolchain, address: str) -> list[str]:
        """Return the arguments that the language host gives to the SDK's `cmd/run`."""
        project = self._stack.project
        flags = {
            "monitor": address,
            "engine": address,
            "project": project.name,
            "stack": self._stack.stack,
            "organization": "organization",
            "root-directory": str(project.directory.resolve()),
            "pwd": str(tools.directory),
            "parallel": "16",
        }
        return [*(f"--{name}={value}" for name, value in flags.items()), "--dry-run", tools.entry]

    def _kill(self) -> None:
        if self._child is not None and self._child.poll() is None:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()


def _environment(private: Path, tools: Toolchain, config: StackConfig) -> dict[str, str]:
    """Return a minimal environment: none of the caller's credentials are in it."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment.update(
        HOME=str(private),
        TMPDIR=str(private),
        NO_COLOR="1",
        PULUMI_CONFIG=json.dumps(dict(config.values)),
        PULUMI_CONFIG_SECRET_KEYS=json.dumps(sorted(config.secrets)),
        PULUMI_SKIP_UPDATE_CHECK="true",
    )
    if tools.typescript:
        environment["PULUMI_NODEJS_TYPESCRIPT"] = "true"
    if tools.tsconfig is not None:
        environment["PULUMI_NODEJS_TSCONFIG_PATH"] = tools.tsconfig
    return environment
