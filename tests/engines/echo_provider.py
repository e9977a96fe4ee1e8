"""A provider of any package that makes nothing: what it is given, it gives back.

The engine starts it as `pulumi-resource-NAME`; it imports nothing but gRPC and Pulumi's protocol, because it starts
once for each provider of a program. Lookups are answered from the JSON file that RESILIENCE_ECHO_LOOKUPS names, in
the form of `--lookups`; a lookup without an answer gets an empty one.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, resource_pb2, resource_pb2_grpc

_FIXED = ("name", "hostname", "address")
"""Inputs that no update can change; of an `address` there can be no second resource at the same time."""
_OPTIONS = (("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20))


class EchoProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves every method that a preview calls."""

    def __init__(self, package: str, lookups: Path | None, *, differences: bool) -> None:
        self._package, self._differences = package, differences
        self._answers = json.loads(lookups.read_text(encoding="utf-8")) if lookups else {}

    def Attach(self, _request: Any, _context: Any) -> Any:  # noqa: N802 the protocol's names, here and below
        return empty_pb2.Empty()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version="99.0.0")

    def Parameterize(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.ParameterizeResponse(name=request.value.name, version=request.value.version)

    def GetSchema(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": self._package, "version": "99.0.0"}))

    def CheckConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def Check(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Diff(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Say which top-level inputs differ; those of _FIXED make a new resource.

        Nothing differs unless the stack was deployed: an import finds what its inputs say.
        """
        if not self._differences:
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
        old, new = (json_format.MessageToDict(bag) for bag in (request.old_inputs, request.news))
        differing = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        if not differing:
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME,
            diffs=differing,
            replaces=[key for key in differing if key in _FIXED],
            deleteBeforeReplace=_FIXED[-1] in differing,
        )

    def Configure(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=True, acceptOutputs=True
        )

    def Create(self, request: Any, _context: Any) -> Any:  # noqa: N802
        made = "" if request.preview else f"{request.name}-id"
        return provider_pb2.CreateResponse(id=made, properties=request.properties)

    def Update(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.UpdateResponse(properties=request.news)

    def Delete(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def Read(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    def Invoke(self, request: Any, _context: Any) -> Any:  # noqa: N802
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").update(self._answer(request.tok, json_format.MessageToDict(request.args)))
        return response

    def Call(self, request: Any, _context: Any) -> Any:  # noqa: N802
        response = provider_pb2.CallResponse()
        getattr(response, "return").update(self._answer(request.tok, json_format.MessageToDict(request.args)))
        return response

    def Construct(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Register the component itself, as a component provider must, with nothing inside."""
        with grpc.insecure_channel(request.monitorEndpoint, options=_OPTIONS) as channel:
            monitor = resource_pb2_grpc.ResourceMonitorStub(channel)
            registered = monitor.RegisterResource(
                resource_pb2.RegisterResourceRequest(
                    type=request.type,
                    name=request.name,
                    parent=request.parent,
                    custom=False,
                    object=request.inputs,
                    acceptSecrets=True,
                    acceptResources=True,
                    parentStackTraceHandle=request.stack_trace_handle,
                    dependencies=request.dependencies,
                    deletedWith=request.deletedWith,
                    protect=request.protect if request.HasField("protect") else None,
                    retainOnDelete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
                    propertyDependencies={
                        key: resource_pb2.RegisterResourceRequest.PropertyDependencies(urns=found.urns)
                        for key, found in request.inputDependencies.items()
                    },
                )
            )
            monitor.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=registered.urn))
        return provider_pb2.ConstructResponse(urn=registered.urn)

    def _answer(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        if isinstance(self._answers, dict):
            answer: dict[str, Any] = self._answers.get(token, {})
            return answer
        fitting = [item for item in self._answers if item["token"] == token and item.get("args") in (None, args)]
        fitting.sort(key=lambda item: item.get("args") is None)
        return fitting[0]["answer"] if fitting else {}


def serve(package: str, lookups: Path | None, *, differences: bool) -> tuple[grpc.Server, int]:
    """Serve in this process; return the server and its port."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(
        EchoProvider(package, lookups, differences=differences), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


if __name__ == "__main__":
    named = os.environ.get("RESILIENCE_ECHO_LOOKUPS")
    told = "RESILIENCE_ECHO_DIFFERENCES" in os.environ
    running, at = serve(sys.argv[1], Path(named) if named else None, differences=told)
    sys.stdout.write(f"{at}\n")
    sys.stdout.flush()
    running.wait_for_termination()
