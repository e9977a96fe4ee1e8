"""The embedded engine's process: one request on standard input, one response on standard output.

A process of its own, because regorus has no limit of time or memory and cannot be interrupted.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import select
import signal
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def main() -> None:
    """Serve requests, one JSON object a line, until standard input ends or nobody holds the other end of the pipe named."""
    _end_with(int(sys.argv[1]))
    import regorus

    while line := sys.stdin.readline():
        request = json.loads(line)
        line = ""
        _limit(request["memory"])
        # The system ends it, by a signal that nobody catches: nothing of this program runs while the engine does.
        signal.alarm(math.ceil(request["seconds"]) + 1)
        found = _respond(regorus, request)
        signal.alarm(0)
        sys.stdout.write(f'{{"id": {request["id"]}, ')
        for text in found:  # in pieces: each may be large
            sys.stdout.write(text)
        sys.stdout.write("}\n")
        sys.stdout.flush()


def _end_with(asker: int) -> None:
    """Let the system end this process, by a signal that nobody catches, when the other end of the pipe is closed.

    It is a pipe into which nothing is written: what is written into standard input would end it just so, however late
    the system tells of it.
    """
    if sys.platform.startswith("linux"):  # elsewhere SIGIO is ignored where it is not caught
        fcntl.fcntl(asker, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(asker, fcntl.F_SETFL, fcntl.fcntl(asker, fcntl.F_GETFL) | os.O_ASYNC)
        watched = select.poll()
        watched.register(asker, 0)
        if watched.poll(0):  # the asker went before that
            os._exit(1)


def _respond(regorus: Any, request: dict[str, Any]) -> Sequence[str]:
    """Return the one member of the answer's object beside its id, as pieces of JSON."""
    engine = regorus.Engine()
    for path, text in request["modules"].items():
        try:
            engine.add_policy(path, text)
        except BaseException as error:  # noqa: BLE001 regorus raises its own kinds
            return ('"broken": ', json.dumps(plain(str(error))))
    engine.set_input_json(request.pop("document"))
    packages = request["packages"]
    found = whole(engine, packages)
    if found is not None:
        return ('"whole": ', found)
    return ('"reports": ', json.dumps({name: _alone(engine, package) for name, package in packages.items()}))


def whole(engine: Any, packages: Mapping[str, str]) -> str | None:
    """Return the engine's JSON about all packages at once, None where one of them fails: it takes the others with it."""
    # A line each: regorus refuses lines of more than 1,024 columns.
    reports = ",\n".join(f"{json.dumps(name)}: data.{package}.report" for name, package in packages.items())
    try:
        text: str = engine.eval_query_as_json(f"{{{reports}}}")
    except BaseException:  # noqa: BLE001 the policies are asked one by one
        return None
    return text.replace("\n", "") if text.strip() != "{}" else None


def _alone(engine: Any, package: str) -> dict[str, Any]:
    try:
        result = json.loads(engine.eval_query_as_json(f"data.{package}.report")).get("result") or []
    except BaseException as error:  # noqa: BLE001 told as this policy's fault
        return {"fault": plain(str(error))}
    if not result:
        return {"fault": f"data.{package}.report is undefined"}
    return {"report": result[0]["expressions"][0]["value"]}


def plain(message: str) -> str:
    """Return an engine's message without its native backtrace and its drawing of the source line."""
    text = message.split("Stack backtrace", 1)[0]
    lines = [
        line.strip()
        for line in text.splitlines()
        if line.strip() and not line.strip().startswith(("|", "^", "Caused by"))
    ]
    kept = [line.removeprefix("-->").strip() for line in lines if not line.split("|", 1)[0].strip().isdigit()]
    return ": ".join(dict.fromkeys(kept))[:1000]


def _limit(memory: int) -> None:
    if memory and sys.platform != "darwin":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    main()
