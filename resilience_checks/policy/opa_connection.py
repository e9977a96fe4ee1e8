"""A connection to an OPA server on which each request, with its answer, has one deadline."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import requests
from opa_client.opa import OpaClient
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def client(parts: SplitResult, seconds: float) -> Any:
    """Return a client of the server of this URL."""
    secure = parts.scheme == "https"
    assert parts.hostname is not None
    made = OpaClient(host=parts.hostname, port=parts.port or (443 if secure else 80), ssl=secure, timeout=seconds)
    session = made._session  # noqa: SLF001 it has no other way to what it sends with
    if parts.hostname in _LOCAL:
        session.trust_env = False  # a proxy must not stand before this machine itself
    for scheme in ("http://", "https://"):
        session.mount(scheme, Deadline(seconds, session.get_adapter(scheme).max_retries))
    return made


class Deadline(HTTPAdapter):
    """Ends a request whose answer is not whole in time: the timeout of a socket begins anew with each byte."""

    def __init__(self, seconds: float, retries: Any) -> None:
        """Connect to nothing yet."""
        self._seconds, self._late = seconds, threading.Event()
        self._socket: socket.socket | None = None
        super().__init__(max_retries=retries)

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """Have each connection tell its socket."""
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = {
            "http": self._watching(HTTPConnectionPool),
            "https": self._watching(HTTPSConnectionPool),
        }

    def send(self, request: requests.PreparedRequest, *arguments: Any, **named: Any) -> requests.Response:
        """Return the whole answer; raise requests.Timeout where it is not there in time."""
        self._late.clear()
        timer = threading.Timer(self._seconds, self._cut_off)
        timer.daemon = True
        timer.start()
        try:
            answer = super().send(request, *arguments, **named)
            _ = answer.content
        except Exception as error:
            if self._late.is_set():
                raise requests.Timeout(f"no whole answer within {self._seconds:g} s") from error
            raise
        finally:
            timer.cancel()
        return answer

    def _watching(self, pool: type[HTTPConnectionPool]) -> Any:
        outer = self

        class Connection(pool.ConnectionCls):  # type: ignore[name-defined, misc]
            def connect(self) -> None:
                if outer._late.is_set():
                    raise TimeoutError
                super().connect()
                outer._socket = self.sock

        class Pool(pool):  # type: ignore[valid-type, misc]
            ConnectionCls = Connection

        return Pool

    def _cut_off(self) -> None:
        self._late.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
