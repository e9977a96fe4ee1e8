"""Lets the real engine run Node programs: it starts the SDK's own `cmd/run`, as Pulumi's language host does."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent import futures
from typing import TYPE_CHECKING, Any

import grpc
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from tests.engines.language_host import LanguageHost
from tests.engines.real import Engine

if TYPE_CHECKING:
    from pathlib import Path


class NodeHost(LanguageHost):
    """Serves what `pulumi preview --client` calls; the packages stand in one folder for all programs."""

    def __init__(self, packages: Path, home: Path) -> None:
        super().__init__("node", {"PATH": os.environ["PATH"], "HOME": str(home)})
        self._packages = packages

    def Run(self, request: Any, _context: Any) -> Any:  # noqa: N802 the protocol's name
        info = request.info
        flags = {
            "monitor": request.monitor_address,
            "engine": request.args[0] if request.args else "",
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization or "organization",
            "root-directory": info.root_directory,
            "pwd": info.program_directory,
            "parallel": str(request.parallel),
        }
        done = subprocess.run(
            [
                "node",
                str(self._packages / "@pulumi" / "pulumi" / "cmd" / "run" / "index.js"),
                *(f"--{name}={value}" for name, value in flags.items()),
                "--dry-run",
                info.entry_point or ".",
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=info.program_directory,
            env={
                **self._environment,
                "PULUMI_NODEJS_TYPESCRIPT": "true",
                "PULUMI_CONFIG": json.dumps(dict(request.config)),
                "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
            },
            stdin=subprocess.DEVNULL,
        )
        return language_pb2.RunResponse(error=done.stdout + done.stderr if done.returncode else "")


class NodeEngine(Engine):
    """The real engine for Node programs, with the packages above all of them."""

    def __init__(self, cli: Path, home: Path, packages: Path) -> None:
        super().__init__(cli, home)
        (home / "programs" / "node_modules").symlink_to(packages)
        self._host.stop(None)
        self._host = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(NodeHost(packages, home), self._host)
        self._port = self._host.add_insecure_port("127.0.0.1:0")
        self._host.start()
