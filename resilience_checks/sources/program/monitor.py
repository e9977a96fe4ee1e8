"""Serves the engine's side of a preview to one program, in whatever language: the protocol, not the rules."""

from __future__ import annotations

import logging
import os
from concurrent import futures
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.given import Given
from resilience_checks.sources.program import protocol
from resilience_checks.sources.program.assets import hashed
from resilience_checks.sources.program.engine import Engine
from resilience_checks.sources.program.guard import Guard
from resilience_checks.sources.program.record import Alias, Refusal, RefusedError, Request
from resilience_checks.sources.program.structs import lowered, plain
from resilience_checks.sources.program.transforms import Transforms, aliases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from resilience_checks.sources.program.answers import Answers
    from resilience_checks.sources.program.reach import Reach
    from resilience_checks.sources.program.record import Record

_FEATURES = frozenset(
    {
        "secrets",
        "resourceReferences",
        "outputValues",
        "aliasSpecs",
        "replacementTrigger",
        "deletedWith",
        "replaceWith",
        "transforms",
        "invokeTransforms",
        "parameterization",
        "resourceHooks",
        "errorHooks",
    }
)
_STOPPED = 5.0
"""Seconds within which a server stops."""
_WORKERS = 64
"""Threads that serve: a transform that looks something up waits in one while the lookup needs another."""
_OPTIONS = (("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20))


class Preview:
    """Serves ResourceMonitor and Engine on a unix socket for one program.

    A child may send with each request the metadata `number`, under which its notes about the request stand; a
    program without such a child is served all the same. An unknown answer is told in the response and, for SDKs
    that do not know that field, in the trailing metadata `unknown`; `lookup` is the id of the lookup, and `assumed`
    says that the answer is made of markers and need not have all fields.
    """

    def __init__(
        self,
        project: str,
        stack: str,
        socket: Path,
        given: Given | None = None,
        config: Mapping[str, str] | None = None,
        directory: Path | None = None,
        token: str = "",
        reach: Reach | None = None,
    ) -> None:
        """Bind the socket; the program, which runs in `directory`, may connect from now on.

        With a `token` only requests that have it as metadata are served, with a `reach` no file outside of it is read.
        """
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # a program that ends closes connections, which is no news
        import grpc

        for name in ("grpc._common", "grpc._server"):  # they would print what a program sends
            logging.getLogger(name).disabled = True
        protocol.load()
        protocol.limit_nesting()
        from pulumi.runtime.proto import engine_pb2_grpc, resource_pb2_grpc

        self._engine = Engine(project, stack, given or Given(), config or {})
        self._transforms = Transforms(socket.parent if token else None)
        self._directory, self._reach = directory, reach
        self._packages: dict[str, str] = {}
        self._guard = Guard(self._engine.record, token)
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=_WORKERS), options=_OPTIONS)
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(
            _servicer(resource_pb2_grpc.ResourceMonitorServicer, self), self._server
        )
        engine_pb2_grpc.add_EngineServicer_to_server(_servicer(engine_pb2_grpc.EngineServicer, self), self._server)
        self._server.add_insecure_port(f"unix:{socket}")
        self._server.start()

    @property
    def record(self) -> Record:
        """What the program has asked for so far."""
        return self._engine.record

    def sealed(self) -> Record:
        """Return what the program has asked for; nothing is served from now on."""
        self._guard.sealed = True
        return self._engine.sealed()

    @property
    def answers(self) -> Answers:
        """What stood for the answers of its lookups."""
        return self._engine.answers

    def close(self) -> None:
        """Stop serving; not waiting for ever, since what serves ends first when this process does."""
        with suppress(RuntimeError):  # a process that ends starts no thread
            self._server.stop(0).wait(_STOPPED)
        self._transforms.close()

    def guarded(self, method: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Return a method of the protocol that serves the program alone, within its limits."""
        return self._guard.around(method)

    # ResourceMonitor, by the protocol's names

    def SupportsFeature(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Say which parts of the protocol the monitor knows."""
        from pulumi.runtime.proto import resource_pb2

        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURES)

    def GetDeploymentInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Say the same to SDKs that ask once for everything; only they let the engine hold lookups back."""
        from pulumi.runtime.proto import resource_pb2

        numbers = {
            name.removeprefix("RESOURCE_MONITOR_FEATURE_").replace("_", "").lower(): number
            for name, number in resource_pb2.ResourceMonitorFeature.items()
        }
        told = {name.lower() for name in _FEATURES} | {"invokedependson", "invokeparent"}
        return resource_pb2.DeploymentInfo(supportedFeatures=[numbers[name] for name in sorted(told & numbers.keys())])

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Record a resource and answer as a preview does: no id, inputs echoed where a provider would."""
        from pulumi.runtime.proto import resource_pb2

        asked = self._registration(request, context)
        try:
            asked.inputs = self._hashed(asked.inputs)
            before = {key: lowered(value) for key, value in asked.inputs.items()}
            self._engine.inherit(asked)
            self._transforms.apply(asked, request, self._engine.ancestors(asked.parent))
            asked.inputs = self._hashed(asked.inputs)
            registered = self._engine.register(asked)
        except RefusedError as refused:
            self._refuse(refused, asked, context)
            raise
        after = {key: lowered(value) for key, value in registered.inputs.items()}
        registered.changed = frozenset(key for key in after if key not in before or before[key] != after[key])
        self._transforms.keep(registered.urn, request.transforms)
        response = resource_pb2.RegisterResourceResponse(urn=registered.urn, id=registered.id)
        response.object.update(registered.outputs)
        return response

    def ReadResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Record a resource that exists already."""
        from pulumi.runtime.proto import resource_pb2

        asked = Request(
            type=request.type,
            name=request.name,
            number=_number(context),
            parent=request.parent,
            inputs=plain(request.properties),
            provider=request.provider,
            version=request.version,
            download_url=request.pluginDownloadURL,
            package=self._packages.get(request.packageRef, ""),
            dependencies=tuple(request.dependencies),
            secret_outputs=tuple(request.additionalSecretOutputs),
            id=request.id,
            frames=_frames(request.stackTrace.frames),
            position=_positions(request),
        )
        try:
            registered = self._engine.read(asked)
        except RefusedError as refused:
            self._refuse(refused, asked, context)
            raise
        response = resource_pb2.ReadResourceResponse(urn=registered.urn)
        response.properties.update(registered.outputs)
        return response

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Keep the outputs of components and of the stack."""
        from google.protobuf import empty_pb2

        try:
            self._engine.put_out(request.urn, plain(request.outputs))
        except RefusedError as refused:
            self._refuse(refused, Request("", ""), context)
            raise
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Record a lookup; answer it with what was given, else where only the distinctness of the answer matters."""
        from pulumi.runtime.proto import resource_pb2

        response, args = resource_pb2.ResourceInvokeResponse(), plain(request.args)
        try:
            built_in = self._engine.built_in(request.tok, args)
            if built_in is not None:
                getattr(response, "return").update(built_in)
                return response
            provider = self._engine.resolve(request.provider, getattr(request, "parent", ""), request.tok)
            args, provider = self._transforms.apply_to_lookup(request.tok, args, provider, request)
        except RefusedError as refused:
            self._refuse(refused, Request(request.tok, ""), context)
            raise
        waits = self._engine.waits_for(getattr(request, "dependsOn", ()))
        answer = self._engine.look_up(_number(context), request.tok, args, provider, waits=waits)
        trailing = [("lookup", self._engine.id_of(request.tok, args, provider))]
        if answer is None:
            trailing.append(("unknown", "1"))
            response.unknown = True
        else:
            getattr(response, "return").update(answer)
            if self._engine.assumes(request.tok, args):
                trailing.append(("assumed", "1"))
        context.set_trailing_metadata(tuple(trailing))
        return response

    def Call(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Answer a method call: what it returns is unknown, unless it was given."""
        from pulumi.runtime.proto import provider_pb2

        response = provider_pb2.CallResponse()
        getattr(response, "return").update(self._engine.call(request.tok, plain(request.args)))
        return response

    def ExistsResource(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Say that nothing is known of a resource outside of the program."""
        from pulumi.runtime.proto import resource_pb2

        return resource_pb2.ExistsResourceResponse(unknown=True)

    def RegisterStackTransform(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Take a transform of everything that is registered from now on."""
        from google.protobuf import empty_pb2

        self._transforms.add_to_stack(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Take a transform of every lookup from now on."""
        from google.protobuf import empty_pb2

        self._transforms.add_to_lookups(request)
        return empty_pb2.Empty()

    def RegisterPackage(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Give a package, which may be one that parameters make of another, a reference."""
        from pulumi.runtime.proto import resource_pb2

        made = request.parameterization if request.HasField("parameterization") else request
        reference = f"{made.name}@{made.version}"
        self._packages[reference] = request.name
        return resource_pb2.RegisterPackageResponse(ref=reference)

    def RegisterResourceHook(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Accept a hook; none is ever run here."""
        from google.protobuf import empty_pb2

        return empty_pb2.Empty()

    RegisterErrorHook = RegisterResourceHook
    SignalAndWaitForShutdown = RegisterResourceHook

    # Engine, by the protocol's names

    def Log(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Keep what the program reports as an error."""
        from google.protobuf import empty_pb2

        if request.severity == 3:  # noqa: PLR2004 the protocol's ERROR
            self.record.log.append(request.message)
        return empty_pb2.Empty()

    def GetRootResource(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Return the stack's URN once it is registered."""
        from pulumi.runtime.proto import engine_pb2

        return engine_pb2.GetRootResourceResponse(urn=self._engine.root)

    def SetRootResource(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Take the stack's URN."""
        from pulumi.runtime.proto import engine_pb2

        self._engine.root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Accept every range: no command line takes part."""
        from pulumi.runtime.proto import engine_pb2

        return engine_pb2.RequirePulumiVersionResponse()

    def _registration(self, request: Any, context: Any) -> Request:
        before = request.deleteBeforeReplace or request.deleteBeforeReplaceDefined
        return Request(
            type=request.type,
            name=request.name,
            custom=request.custom,
            remote=request.remote,
            number=_number(context),
            parent=request.parent,
            inputs=plain(request.object),
            provider=request.provider,
            providers=dict(request.providers),
            version=request.version,
            download_url=request.pluginDownloadURL,
            package=self._packages.get(request.packageRef, ""),
            dependencies=tuple(request.dependencies),
            property_dependencies={key: tuple(value.urns) for key, value in request.propertyDependencies.items()},
            protect=_optional(request, "protect"),
            retain_on_delete=_optional(request, "retainOnDelete"),
            delete_before_replace=request.deleteBeforeReplace if before else None,
            deleted_with=request.deletedWith,
            ignore_changes=tuple(request.ignoreChanges),
            aliases=(*(Alias(urn=urn) for urn in request.aliasURNs), *aliases(request)),
            secret_outputs=tuple(request.additionalSecretOutputs),
            id=request.importId,
            frames=_frames(request.stackTrace.frames),
            position=_positions(request),
        )

    def _hashed(self, inputs: dict[str, Any]) -> dict[str, Any]:
        if self._directory is None:
            return inputs
        return {key: hashed(item, self._directory, self._reach) for key, item in inputs.items()}

    def _refuse(self, refused: RefusedError, asked: Request, context: Any) -> None:
        """End the call as the engine does, and keep why."""
        import grpc

        frames = asked.frames or asked.position
        self.record.refusals.append(Refusal(refused.what, refused.remedy, frames, asked.number))
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, refused.what)


def _servicer(base: type, preview: Preview) -> Any:
    """Return a servicer of the protocol whose methods are those that the preview has."""
    names = [name for name in dir(base) if not name.startswith("_") and hasattr(preview, name)]
    servicer = base()
    for name in names:
        setattr(servicer, name, preview.guarded(getattr(preview, name)))
    return servicer


def _number(context: Any) -> int:
    return next((int(value) for key, value in context.invocation_metadata() if key == "number"), 0)


def _optional(message: Any, name: str) -> bool | None:
    return bool(getattr(message, name)) if message.HasField(name) else None


def _frames(frames: Any) -> tuple[tuple[str, int], ...]:
    return tuple(_position(frame.pc) for frame in frames)


def _positions(request: Any) -> tuple[tuple[str, int], ...]:
    return (_position(request.sourcePosition),) if request.sourcePosition.uri else ()


def _position(position: Any) -> tuple[str, int]:
    from urllib.parse import unquote, urlsplit

    return unquote(urlsplit(position.uri).path), position.line
