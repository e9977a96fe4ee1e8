"""Previews of YAML programs by the real Pulumi CLI with Pulumi's own language host."""

from __future__ import annotations

import json
import subprocess
from concurrent import futures
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from resilience_checks.check import Options, graphs
from resilience_checks.report.graph_json import as_data
from resilience_checks.sources.project import read_project
from tests.engines.comparison import Facts, offline_facts, real_facts
from tests.engines.echo_provider import EchoProvider
from tests.engines.real import Engine, PreviewFailedError
from tests.engines.yaml_schemas import answers_of, schemas_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SECONDS = 120.0
_RACE = "fatal error: concurrent map"
"""Go's runtime ends Pulumi's host of YAML programs where its goroutines meet in a map: a race of the host itself."""
_TRIES = 5


class SchemaProvider(EchoProvider):
    """An echo provider that has a schema."""

    def __init__(self, package: str, lookups: Path, schema: Mapping[str, Any]) -> None:
        super().__init__(package, lookups, differences=False)
        self._schema = json.dumps(schema)

    def GetSchema(self, _request: Any, _context: Any) -> Any:  # noqa: N802 the protocol's name
        return provider_pb2.GetSchemaResponse(schema=self._schema)


class YamlEngine(Engine):
    """The CLI with Pulumi's own host of YAML programs on its PATH."""

    def __init__(self, cli: Path, host: Path, home: Path) -> None:
        super().__init__(cli, home)
        (self._bin / host.name).symlink_to(host)

    def facts(self, program: Path, stack: str, lookups: Path) -> tuple[Facts, Facts]:
        """Return what the real engine says of each resource, and what the offline run says; writes `lookups`.

        Every lookup has an answer, the same for both. The host reports no lines.
        """
        schemas = schemas_of(read_project(program / "Pulumi.yaml", program))
        lookups.write_text(json.dumps(answers_of(schemas)), encoding="utf-8")
        said = real_facts(self._preview(program, stack, schemas, lookups))
        (graph,) = graphs(Options(paths=(program,), root=program, stacks=(stack,), lookups=lookups))
        offline = offline_facts(json.loads(json.dumps(as_data(graph))))
        for fact in (*said.values(), *offline.values()):
            fact.pop("place")
        return said, offline

    def _preview(
        self, program: Path, stack: str, schemas: Mapping[str, Mapping[str, Any]], lookups: Path
    ) -> dict[str, Any]:
        copy = self._copy(program)
        self._write_stack(read_project(copy / "Pulumi.yaml", copy).name, stack, None)
        environment = self._environment()
        self._encrypt(copy, stack, environment)
        with ExitStack() as serving:
            ports = {package: _serve(package, lookups, schema, serving) for package, schema in schemas.items()}
            environment["PULUMI_DEBUG_PROVIDERS"] = ",".join(f"{package}:{port}" for package, port in ports.items())
            done = self._run_host(copy, stack, environment)
        try:
            said: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            raise PreviewFailedError(done.stdout + done.stderr) from None
        if done.returncode:
            raise PreviewFailedError("".join(item["message"] for item in said["diagnostics"]) + done.stderr)
        return said

    def _run_host(self, copy: Path, stack: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Preview; once more where the host fell over its own race, which says nothing of the program."""
        for _ in range(_TRIES):
            done = subprocess.run(
                [str(self._cli), "preview", "--json", "--show-sames", "--stack", stack, "--non-interactive"],
                cwd=copy,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
                timeout=_SECONDS,
            )
            if not _raced(done):
                break
        return done


def _raced(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode != 0 and _RACE in done.stdout + done.stderr


def _serve(package: str, lookups: Path, schema: Mapping[str, Any], serving: ExitStack) -> int:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(SchemaProvider(package, lookups, schema), server)
    port: int = server.add_insecure_port("127.0.0.1:0")
    server.start()
    serving.callback(server.stop, None)
    return port
