"""The language host that the engine is told to use: it runs a Python program in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

_RUNNER = Path(__file__).with_name("run_program.py")


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Serves the few methods that `pulumi preview --client` calls."""

    def __init__(self, interpreter: str, environment: dict[str, str]) -> None:
        self._interpreter, self._environment = interpreter, environment

    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: N802 the protocol's names, here and below
        return language_pb2.LanguageHandshakeResponse()

    def About(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return language_pb2.AboutResponse(executable=self._interpreter)

    def GetRequiredPlugins(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return language_pb2.GetRequiredPluginsResponse()

    def GetRequiredPackages(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return language_pb2.GetRequiredPackagesResponse()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo()

    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802
        root = request.info.root_directory
        entry = request.info.entry_point or "."
        job = {
            "program": str(Path(request.info.program_directory or root) / entry),
            "config": dict(request.config),
            "secrets": list(request.configSecretKeys),
            "settings": {
                "project": request.project,
                "stack": request.stack,
                "monitor": request.monitor_address,
                "engine": request.args[0] if request.args else "",
                "parallel": request.parallel,
                "dry_run": request.dryRun,
                "organization": request.organization or "organization",
                "root_directory": root,
            },
        }
        with subprocess.Popen(
            [self._interpreter, "-s", str(_RUNNER), json.dumps(job)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self._environment,
            stdin=subprocess.DEVNULL,
        ) as program:
            context.add_callback(program.kill)  # a program whose engine has gone would wait for ever
            output, _ = program.communicate()
        return language_pb2.RunResponse(error=output if program.returncode else "")


def serve(interpreter: str = sys.executable, environment: dict[str, str] | None = None) -> tuple[grpc.Server, int]:
    """Serve in this process; return the server and its port."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(interpreter, environment or {}), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port
