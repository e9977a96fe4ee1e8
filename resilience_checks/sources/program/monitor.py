"""The engine's side of a preview: answers every request of a program and keeps what was asked."""

from __future__ import annotations

import threading
from concurrent import futures
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.program.answers import Answers, lookup_id
from resilience_checks.sources.wire import has_secret, is_unknown

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.sources.given import Given

STACK = "pulumi:pulumi:Stack"
PROVIDER = "pulumi:providers:"
STACK_REFERENCE = "pulumi:pulumi:StackReference"
_FEATURES = frozenset(
    {
        "secrets",
        "resourceReferences",
        "outputValues",
        "aliasSpecs",
        "deletedWith",
        "replaceWith",
        "parameterization",
        "resourceHooks",
        "errorHooks",
    }
)
_OPTIONS = (("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20))
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@dataclass(slots=True)
class Registered:
    """A resource as it was registered or read."""

    urn: str
    number: int
    type: str
    name: str
    custom: bool
    remote: bool
    inputs: dict[str, Any]
    parent: str
    provider: str
    dependencies: tuple[str, ...]
    property_dependencies: dict[str, tuple[str, ...]]
    frames: tuple[tuple[str, int], ...]
    external_id: str | None = None


@dataclass(slots=True)
class Asked:
    """A lookup as it was sent."""

    id: str
    number: int
    token: str
    args: dict[str, Any]
    provider: str
    answered: bool


@dataclass
class Record:
    """Everything that one program asked for."""

    resources: list[Registered] = field(default_factory=list)
    lookups: list[Asked] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    duplicates: list[tuple[Registered, Registered]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)


class Preview:
    """Serves ResourceMonitor and Engine on a unix socket for one program."""

    def __init__(self, project: str, stack: str, socket: Path, given: Given) -> None:
        """Bind the socket; the program may connect from now on."""
        import grpc
        from pulumi.runtime.proto import engine_pb2_grpc, resource_pb2_grpc

        self.record = Record()
        self.answers = Answers()
        self._project, self._stack, self._given = project, stack, given
        self._lock = threading.Lock()
        self._urns: dict[str, Registered] = {}
        self._root = ""
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=_OPTIONS)
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(
            _servicer(resource_pb2_grpc.ResourceMonitorServicer, self), self._server
        )
        engine_pb2_grpc.add_EngineServicer_to_server(_servicer(engine_pb2_grpc.EngineServicer, self), self._server)
        self._server.add_insecure_port(f"unix:{socket}")
        self._server.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.stop(None)

    # ResourceMonitor, by the protocol's names

    def SupportsFeature(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Say which parts of the protocol the monitor knows."""
        from pulumi.runtime.proto import resource_pb2

        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURES)

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Record a resource and answer as a preview does: no id, inputs echoed where a provider would."""
        from google.protobuf import json_format
        from pulumi.runtime.proto import resource_pb2

        number = _number(context)
        urn = make_urn(self._stack, self._project, request.parent, request.type, request.name)
        registered = Registered(
            urn=urn,
            number=number,
            type=request.type,
            name=request.name,
            custom=request.custom,
            remote=request.remote,
            inputs=json_format.MessageToDict(request.object),
            parent=request.parent,
            provider=_provider_urn(request.provider),
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={
                key: tuple(sorted(value.urns)) for key, value in request.propertyDependencies.items()
            },
            frames=_frames(request),
            external_id=request.importId or None,
        )
        if not self._keep(registered):
            import grpc

            context.abort(
                grpc.StatusCode.ALREADY_EXISTS, f"Duplicate resource URN '{urn}'; try giving it a unique name"
            )
        response = resource_pb2.RegisterResourceResponse(urn=urn, id=request.importId)
        if request.custom and not self._blind(registered):
            response.object.CopyFrom(request.object)
        return response

    def ReadResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Record a resource that exists already; only what the program gave is known of it."""
        from google.protobuf import json_format
        from pulumi.runtime.proto import resource_pb2

        urn = make_urn(self._stack, self._project, request.parent, request.type, request.name)
        inputs = json_format.MessageToDict(request.properties)
        number = _number(context)
        self._keep(
            Registered(
                urn=urn,
                number=number,
                type=request.type,
                name=request.name,
                custom=True,
                remote=False,
                inputs=inputs,
                parent=request.parent,
                provider=_provider_urn(request.provider),
                dependencies=tuple(sorted(request.dependencies)),
                property_dependencies={},
                frames=_frames(request),
                external_id=request.id,
            )
        )
        response = resource_pb2.ReadResourceResponse(urn=urn)
        response.properties.CopyFrom(request.properties)
        if request.type == STACK_REFERENCE:
            outputs = self._given.outputs(request.id)
            secrets = [name for name, value in (outputs or {}).items() if has_secret(value)]
            response.properties.update(
                {"outputs": _UNKNOWN if outputs is None else outputs, "secretOutputNames": sorted(secrets)}
            )
        return response

    def RegisterResourceOutputs(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Keep the outputs of components and of the stack."""
        from google.protobuf import empty_pb2, json_format

        with self._lock:
            self.record.outputs[request.urn] = json_format.MessageToDict(request.outputs)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Record a lookup; answer it where only the distinctness of the answer matters."""
        from google.protobuf import json_format
        from pulumi.runtime.proto import provider_pb2

        args = json_format.MessageToDict(request.args)
        provider = _provider_urn(request.provider)
        key = lookup_id(request.tok, args, provider)
        blind = provider in self._urns and is_unknown(self._urns[provider].inputs)
        answer = None if blind else self.answers.answer(key, request.tok, args)
        with self._lock:
            self.record.lookups.append(Asked(key, _number(context), request.tok, args, provider, answer is not None))
        response = provider_pb2.InvokeResponse()
        if answer is None:
            context.set_trailing_metadata((("unknown", "1"),))
        else:
            getattr(response, "return").update(answer)
        return response

    def Call(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Answer a method call with nothing: what it returns is not known."""
        from pulumi.runtime.proto import provider_pb2

        return provider_pb2.CallResponse()

    def RegisterPackage(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Give a parameterised package a reference."""
        from pulumi.runtime.proto import resource_pb2

        return resource_pb2.RegisterPackageResponse(ref=f"{request.name}@{request.version}")

    def RegisterResourceHook(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Accept a hook; none is ever run in a preview."""
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

        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Take the stack's URN."""
        from pulumi.runtime.proto import engine_pb2

        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """Accept every range: no command line takes part."""
        from pulumi.runtime.proto import engine_pb2

        return engine_pb2.RequirePulumiVersionResponse()

    def _keep(self, registered: Registered) -> bool:
        with self._lock:
            first = self._urns.get(registered.urn)
            if first is not None:
                self.record.duplicates.append((first, registered))
                return False
            self._urns[registered.urn] = registered
            self.record.resources.append(registered)
            return True

    def _blind(self, registered: Registered) -> bool:
        """Return whether the provider could not run: with unknown configuration it gives no outputs at all."""
        provider = self._urns.get(registered.provider)
        return provider is not None and is_unknown(provider.inputs)


def make_urn(stack: str, project: str, parent: str, kind: str, name: str) -> str:
    """Return the URN that the engine gives: the parent's type chain, without the stack's own.

    >>> make_urn("prod", "web", "urn:pulumi:prod::web::my:Site::north", "aws:s3/bucket:Bucket", "logs")
    'urn:pulumi:prod::web::my:Site$aws:s3/bucket:Bucket::logs'
    """
    chain = parent.split("::")[2] if parent.count("::") > 1 else ""
    prefix = "" if chain in {"", STACK} else f"{chain}$"
    return f"urn:pulumi:{stack}::{project}::{prefix}{kind}::{name}"


def _servicer(base: type, preview: Preview) -> Any:
    """Return a servicer of the protocol whose methods are those that the preview has."""
    names = [name for name in dir(base) if not name.startswith("_") and hasattr(preview, name)]
    servicer = base()
    for name in names:
        setattr(servicer, name, getattr(preview, name))
    return servicer


def _number(context: Any) -> int:
    return next((int(value) for key, value in context.invocation_metadata() if key == "number"), 0)


def _provider_urn(reference: str) -> str:
    return reference.rpartition("::")[0]


def _frames(request: Any) -> tuple[tuple[str, int], ...]:
    from urllib.parse import unquote, urlsplit

    trace = getattr(request, "stackTrace", None)
    frames = trace.frames if trace is not None else ()
    return tuple((unquote(urlsplit(frame.pc.uri).path), frame.pc.line) for frame in frames)
