"""Lets the engine's side reach the transforms of a program that has no network: a unix socket instead of loopback."""

from __future__ import annotations

from .notes import Notes


def watch_transforms(notes: Notes) -> None:
    from pulumi.runtime import _callbacks

    servicer = _callbacks._CallbackServicer
    original = servicer.__init__

    def made(self: object, *arguments: object, **options: object) -> None:
        socket = f"unix:{notes.private / f'callbacks-{notes.number()}.sock'}"
        real = _callbacks.aio
        _callbacks.aio = _Sockets(real, socket)
        try:
            original(self, *arguments, **options)
        finally:
            _callbacks.aio = real
        self._target = socket

    servicer.__init__ = made


class _Sockets:
    """gRPC's asynchronous side, whose servers listen on a socket whatever port they are told."""

    def __init__(self, real: object, socket: str) -> None:
        self._real, self._socket = real, socket

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def server(self, *arguments: object, **options: object) -> object:
        server = self._real.server(*arguments, **options)
        server.add_insecure_port(self._socket)
        server.add_insecure_port = _ignored
        return server


def _ignored(*_: object, **__: object) -> int:
    return 0
