"""Transforms: functions of the program that the engine calls for each registration and each lookup."""

from __future__ import annotations

import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.program.record import Alias, RefusedError
from resilience_checks.sources.program.structs import carrying, filled, lowered, plain, raised

if TYPE_CHECKING:
    from collections.abc import Iterable

    from resilience_checks.sources.program.record import Request

_SECONDS = 60


class Transforms:
    """Knows every transform of one program, and calls it where the program serves it."""

    def __init__(self, folder: Path | None = None) -> None:
        """Start without any; they are called at sockets in `folder` alone, since the program has a say in where."""
        self._folder = folder
        self._lock = threading.Lock()
        self._of_resource: dict[str, list[Any]] = {}
        self._of_stack: list[Any] = []
        self._of_lookups: list[Any] = []
        self._stubs: dict[str, Any] = {}
        self._channels: list[Any] = []

    def add_to_stack(self, callback: Any) -> None:
        """Let a transform see everything that is registered from now on."""
        with self._lock:
            self._of_stack.append(callback)

    def add_to_lookups(self, callback: Any) -> None:
        """Let a transform see every lookup from now on."""
        with self._lock:
            self._of_lookups.append(callback)

    def keep(self, urn: str, callbacks: Iterable[Any]) -> None:
        """Keep a resource's own transforms for what is registered below it."""
        with self._lock:
            self._of_resource[urn] = list(callbacks)

    def apply(self, request: Request, message: Any, ancestors: Iterable[str]) -> None:
        """Run on a request its own transforms, then those of each ancestor, then the stack's."""
        with self._lock:
            inherited = [callback for urn in ancestors for callback in self._of_resource.get(urn, ())]
            callbacks = [*message.transforms, *inherited, *self._of_stack]
        if not callbacks:
            return
        request.transformed = len(message.transforms) > 0
        request.inputs = {key: raised(value) for key, value in request.inputs.items()}
        if request.transformed:
            for key, urns in request.property_dependencies.items():
                if key in request.inputs:
                    request.inputs[key] = carrying(request.inputs[key], urns)
        options = _options(request, message)
        for again in range(2 if request.remote else 1):  # a remote component is registered once more where it is made
            if again:
                request.inputs = {key: raised(value) for key, value in request.inputs.items()}
            for callback in callbacks:
                options = self._one(callback, request, options)
        _take(request, options)

    def apply_to_lookup(
        self, token: str, args: dict[str, Any], provider: str, message: Any
    ) -> tuple[dict[str, Any], str]:
        """Run the transforms of lookups and return the arguments and the provider that come out."""
        from pulumi.runtime.proto import resource_pb2

        with self._lock:
            callbacks = list(self._of_lookups)
        options = resource_pb2.TransformInvokeOptions(
            provider=provider, version=message.version, plugin_download_url=message.pluginDownloadURL
        )
        for callback in callbacks:
            asked = resource_pb2.TransformInvokeRequest(token=token, args=filled(args), options=options)
            answer = resource_pb2.TransformInvokeResponse.FromString(self._call(callback, asked))
            if answer.HasField("options"):
                options = answer.options
            if answer.HasField("args"):
                args = plain(answer.args)
        return {key: lowered(value) for key, value in args.items()}, options.provider

    def close(self) -> None:
        """Let go of the program's servers."""
        for channel in self._channels:
            channel.close()

    def _one(self, callback: Any, request: Request, options: Any) -> Any:
        from pulumi.runtime.proto import resource_pb2

        asked = resource_pb2.TransformRequest(
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            properties=filled(request.inputs),
            options=options,
        )
        answer = resource_pb2.TransformResponse.FromString(self._call(callback, asked))
        if answer.HasField("properties"):
            request.inputs = plain(answer.properties)
        return answer.options if answer.HasField("options") else options

    def _call(self, callback: Any, message: Any) -> bytes:
        import grpc
        from pulumi.runtime.proto import callback_pb2

        request = callback_pb2.CallbackInvokeRequest(token=callback.token, request=message.SerializeToString())
        try:
            answer: bytes = self._stub(callback.target).Invoke(request, timeout=_SECONDS).response
        except grpc.RpcError as error:
            raise RefusedError(
                f"a transform of the program failed: {error.details()}", "run `pulumi preview` to see the same error"
            ) from error
        return answer

    def _stub(self, target: str) -> Any:
        import grpc
        from pulumi.runtime.proto import callback_pb2_grpc

        if not self._is_own(target):
            raise RefusedError(
                f"a transform is to be called at {target}, which the program does not serve",
                "leave it to the SDK where transforms are called",
            )
        with self._lock:
            if target not in self._stubs:
                channel = grpc.insecure_channel(target)
                self._channels.append(channel)
                self._stubs[target] = callback_pb2_grpc.CallbacksStub(channel)
            return self._stubs[target]

    def _is_own(self, target: str) -> bool:
        """Return whether it is a socket in the program's own folder, and no link to another one."""
        if self._folder is None:
            return True
        path = Path(target.removeprefix("unix:"))
        try:
            return target == f"unix:{self._folder / path.name}" and stat.S_ISSOCK(path.lstat().st_mode)
        except (OSError, ValueError):
            return False


def aliases(message: Any) -> tuple[Alias, ...]:
    """Return the aliases of a message, whole URNs and parts."""
    return tuple(map(_alias, message.aliases))


def _alias(alias: Any) -> Alias:
    if alias.WhichOneof("alias") != "spec":
        return Alias(urn=alias.urn)
    spec = alias.spec
    chosen = spec.WhichOneof("parent")
    parent = "" if chosen == "noParent" and spec.noParent else spec.parentUrn or None if chosen == "parentUrn" else None
    return Alias(name=spec.name, type=spec.type, stack=spec.stack, project=spec.project, parent=parent)


def _options(request: Request, message: Any) -> Any:
    """Return what a transform sees of a request's options, the inherited ones included."""
    from pulumi.runtime.proto import alias_pb2, resource_pb2

    chosen: dict[str, Any] = {
        "protect": request.protect,
        "retain_on_delete": request.retain_on_delete,
        "delete_before_replace": request.delete_before_replace,
    }
    options = resource_pb2.TransformResourceOptions(
        depends_on=request.dependencies,
        ignore_changes=request.ignore_changes,
        version=request.version,
        aliases=[*(alias_pb2.Alias(urn=urn) for urn in message.aliasURNs), *message.aliases],
        provider=request.provider,
        plugin_download_url=request.download_url,
        deleted_with=request.deleted_with,
        additional_secret_outputs=request.secret_outputs,
        replace_on_changes=message.replaceOnChanges,
        **{key: value for key, value in chosen.items() if value is not None},
    )
    options.providers.update(request.providers)
    setattr(options, "import", request.id)
    if message.HasField("customTimeouts"):
        options.custom_timeouts.CopyFrom(message.customTimeouts)
    if message.HasField("hooks"):
        options.hooks.CopyFrom(message.hooks)
    return options


def _take(request: Request, options: Any) -> None:
    """Take over the options that came out of the transforms."""
    request.protect = options.protect if options.HasField("protect") else None
    request.retain_on_delete = options.retain_on_delete if options.HasField("retain_on_delete") else None
    before = options.delete_before_replace if options.HasField("delete_before_replace") else None
    request.delete_before_replace = before
    if request.transformed:
        request.dependencies = tuple(options.depends_on)
    request.ignore_changes = tuple(options.ignore_changes)
    request.version = options.version
    request.aliases = aliases(options)
    request.provider = options.provider
    request.providers = dict(options.providers)
    request.download_url = options.plugin_download_url
    request.deleted_with = options.deleted_with
    request.secret_outputs = tuple(options.additional_secret_outputs)
    request.id = getattr(options, "import")
