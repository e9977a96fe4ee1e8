"""An OPA server that is not there, slow, broken, restarted, or something else altogether."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import EngineError
from resilience_checks.policy.engine import EngineFault
from resilience_checks.policy.opa_server import OpaServerEngine
from resilience_checks.policy.opa_started import StartedOpaEngine
from tests.faults.bench import BLOCKED, Bench, Case, Ended
from tests.plugins.opa_server import _await

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from resilience_checks.policy.engine import Engine

JSON = "application/json"
DEADLINE = "0.3"


class _Handler(BaseHTTPRequestHandler):
    """Answers every request as the server is told to."""

    server: _Server
    body: bytes

    def answer(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.answer(self)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 the names that http.server looks for

    def say(self, body: bytes, kind: str = JSON, status: int = 200, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer: Callable[[_Handler], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.over = answer, threading.Event()

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no error here."""


def served(bench: Bench, answer: Callable[[_Handler], None], *arguments: str) -> Ended:
    """Check against a server that answers like that."""
    with _Server(answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}"
            return bench.check("--opa-url", url, "--policy-timeout", "20", *arguments)
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


def _says(body: bytes, kind: str = JSON, status: int = 200, length: int | None = None) -> Callable[[Bench], Ended]:
    return lambda bench: served(bench, lambda handler: handler.say(body, kind, status, length))


def _drips(handler: _Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    while not handler.server.over.wait(0.02):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def _hangs_up(handler: _Handler) -> None:
    handler.close_connection = True


def _turns_in_circles(handler: _Handler) -> None:
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def _like_opa(report: Any) -> Callable[[_Handler], None]:
    """Keep what is uploaded as OPA does, and answer each query with what is given."""
    kept: dict[str, str] = {}

    def answer(handler: _Handler) -> None:
        name = handler.path.rpartition("/")[2]
        if handler.command == "PUT":
            kept[name] = handler.body.decode()
            handler.say(b"{}")
        elif handler.command == "GET":
            handler.say(json.dumps({"result": {"id": name, "raw": kept.get(name, "")}}).encode())
        elif handler.path.startswith("/v1/query"):
            handler.say(b'{"result": [{"x": "1.0.0"}]}')
        else:
            handler.say(json.dumps({"result": report}).encode())

    return answer


def _reports(value: Any) -> Callable[[Bench], Ended]:
    return lambda bench: served(bench, _like_opa(value))


def _refused(bench: Bench) -> Ended:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return bench.check("--opa-url", f"http://127.0.0.1:{probe.getsockname()[1]}")


def _is_silent(bench: Bench) -> Ended:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        return bench.check("--opa-url", url, "--policy-timeout", DEADLINE)


# What follows needs a real OPA. It is asked about one small policy: to compile all of them takes it seconds.

SOUND = 'package resilience.sound\n\nreport contains {"target": name} if {\n\tsome name in input.names\n}\n'
MODULES, PACKAGES = {"sound.rego": SOUND}, {"sound": "resilience.sound"}
DOCUMENT = json.dumps({"names": ["a", "b"]}).encode()
RIGHT = {"sound": [{"target": "a"}, {"target": "b"}]}


@contextmanager
def real(bench: Bench, port: int = 0) -> Iterator[tuple[subprocess.Popen[bytes], str, int]]:
    """Run an OPA server, and yield it with its URL and port."""
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    command = [bench.ask("opa_binary"), "run", "--server", "--addr", f"127.0.0.1:{port}", "--disable-telemetry"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(bench.temporary)}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as server:
        try:
            _await(server, f"http://127.0.0.1:{port}")
            yield server, f"http://127.0.0.1:{port}", port
        finally:
            server.kill()


def asked(engine: Engine) -> Ended:
    """Ask an engine about the small policy; what it answers stands for the report of a blocked project."""
    try:
        found = engine.evaluate(MODULES, DOCUMENT, PACKAGES)
    except EngineError as error:
        return Ended(error.exit_code, f"{error.what} {error.why} {error.remedy}")
    faults = [one.message for one in found.values() if isinstance(one, EngineFault)]
    if faults:
        return Ended(1, " ".join(faults))
    assert {name: sorted(items, key=str) for name, items in found.items()} == RIGHT  # type: ignore[arg-type]
    return Ended(BLOCKED, "")


def _restarted_amid(bench: Bench) -> Ended:
    with real(bench) as (server, url, port), OpaServerEngine(url, 20) as engine:
        query = engine._query
        again = []

        def restarted(package: str, data: dict[str, Any]) -> Any:
            server.kill()
            server.wait()
            context = real(bench, port)
            context.__enter__()
            again.append(context)
            return query(package, data)

        bench.patch.setattr(engine, "_query", restarted)
        try:
            return asked(engine)
        finally:
            again[0].__exit__(None, None, None)


def _restarted_between(bench: Bench) -> Ended:
    with real(bench) as (server, url, port), OpaServerEngine(url, 20) as engine:
        assert asked(engine).code == BLOCKED
        server.kill()
        server.wait()
        with real(bench, port):
            return asked(engine)


def _killed(bench: Bench) -> Ended:
    with real(bench) as (server, url, _), OpaServerEngine(url, 20) as engine:
        connect = engine._connect

        def killed() -> None:
            connect()
            server.kill()
            server.wait()

        bench.patch.setattr(engine, "_connect", killed)
        return asked(engine)


def _started_and_killed(bench: Bench) -> Ended:
    with StartedOpaEngine(20, binary=bench.ask("opa_binary")) as engine:
        assert asked(engine).code == BLOCKED
        assert engine._keeper is not None
        assert engine._keeper.stdin is not None
        engine._keeper.kill()
        engine._keeper.wait()
        first = asked(engine)
        second = asked(engine)  # a new one is started for the next estate
        return Ended(first.code if second.code == BLOCKED else second.code, first.said)


def _leftovers(bench: Bench) -> Ended:
    with real(bench) as (_, url, _port):
        killed = OpaServerEngine(url, 20)
        assert asked(killed).code == BLOCKED
        killed._disconnect()  # as a run that is killed leaves it: nothing is taken away
        with OpaServerEngine(url, 20) as engine:
            return asked(engine)


def _another_pack(bench: Bench) -> Ended:
    with real(bench) as (_, url, _port), OpaServerEngine(url, 20) as other:
        other._seconds = 20
        other._connect()
        other._client.update_policy_from_string("package resilience.sound\n\nreport := []\n", "sound", False)
        with OpaServerEngine(url, 20) as engine:
            return asked(engine)


NO_OPA = "answered something that is no answer of OPA"
CASES = (
    Case("opa refuses connections", "nothing listens at the port", _refused, 1, "cannot be reached"),
    Case("opa is silent", "a socket that accepts and says nothing", _is_silent, 1, "did not answer within 0.3 s"),
    Case(
        "opa drips",
        "an answer of a byte every 20 ms, so that no socket is ever silent",
        lambda bench: served(bench, _drips, "--policy-timeout", DEADLINE),
        1,
        "did not answer within 0.3 s",
    ),
    Case("opa fails", "status 500 for everything", _says(b"oh", "text/plain", 500), 1, "answered with status 500: oh"),
    Case("opa is behind a proxy", "503 in HTML", _says(b"<p>no</p>", "text/html", 503), 1, "answered with status 503"),
    Case(
        "opa wants a token",
        "401 as OPA says it",
        _says(b'{"code": "unauthorized", "message": "who?"}', status=401),
        1,
        r"status 401: who\?",
    ),
    Case(
        "opa says half a body",
        "fewer bytes than announced",
        _says(b'{"res', length=99),
        1,
        "cannot be reached|broke off",
    ),
    Case("opa hangs up", "closes each connection", lambda bench: served(bench, _hangs_up), 1, "cannot be reached"),
    Case("opa says HTML", "a login page with status 200", _says(b"<html>", "text/html"), 1, NO_OPA),
    Case("opa says a list", "JSON of another shape", _says(b"[1, 2]"), 1, NO_OPA),
    Case("opa says null", "JSON of another shape", _says(b"null"), 1, NO_OPA),
    Case("opa says bytes", "no text of any encoding", _says(b"\xff\xfe\x00\x9d"), 1, NO_OPA),
    Case("opa finds nothing", "an empty result for everything, like a clean one", _says(b'{"result": []}'), 1, NO_OPA),
    Case(
        "opa turns in circles",
        "redirects to itself",
        lambda bench: served(bench, _turns_in_circles),
        1,
        "cannot be reached",
    ),
    Case("opa reports a text", "keeps modules, reports no list", _reports("clean"), 1, "no result of lib.result"),
    Case("opa reports other items", "items of another shape", _reports([{"a": 1}]), 1, "no result of lib.result"),
    Case("opa is undefined", "reports null", _reports(None), 1, NO_OPA),
    Case("opa is restarted amid a run", "killed and started between upload and query", _restarted_amid, 1, "restarted"),
    Case(
        "opa is restarted between estates",
        "killed and started anew on its port",
        _restarted_between,
        BLOCKED,
        correct=True,
    ),
    Case("opa is killed amid a run", "SIGKILL after it answered once", _killed, 1, "broke off its answer"),
    Case(
        "a started opa is killed", "its keeper is killed; the next estate has another", _started_and_killed, 1, "ended"
    ),
    Case("opa has leftovers", "modules of a run that was killed", _leftovers, BLOCKED, correct=True),
    Case("opa has another pack", "the same package, which reports nothing", _another_pack, BLOCKED, correct=True),
)
