"""Bitbucket's proxy of a pipeline: takes requests for api.bitbucket.org at port 29418, which it would sign, and keeps them."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = 29418


@contextmanager
def proxy() -> Iterator[list[tuple[str, str, Any]]]:
    """Yield the requests that come in: method, address, body."""
    taken: list[tuple[str, str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            assert self.headers["Content-Type"] == "application/json"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.command, self.path, json.loads(body)))
            self.send_response(200)
            self.end_headers()

        do_PUT = do_POST = _take  # noqa: N815 (the names that the server calls)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
            """Keep the tests' output clean."""

    with HTTPServer(("localhost", PORT), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield taken
        server.shutdown()
        thread.join()
