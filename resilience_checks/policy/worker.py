"""The embedded engine's process: one request on standard input, one response on standard output.

A process of its own, because regorus has no limit of time or memory and cannot be interrupted.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> None:
    """Serve requests, one JSON object a line, until standard input ends."""
    import regorus

    for line in sys.stdin:
        request = json.loads(line)
        _limit(request["memory"])
        response = _respond(regorus, request)
        sys.stdout.write(json.dumps(response) + "\n")
        sys.stdout.flush()


def _respond(regorus: Any, request: dict[str, Any]) -> dict[str, Any]:
    engine = regorus.Engine()
    for path, text in request["modules"].items():
        try:
            engine.add_policy(path, text)
        except BaseException as error:  # noqa: BLE001 regorus raises its own kinds
            return {"broken": plain(str(error)), "path": path}
    engine.set_input_json(request["document"])
    packages = request["packages"]
    whole = ", ".join(f"{json.dumps(name)}: data.{package}.report" for name, package in packages.items())
    try:
        found = _query(engine, f"{{{whole}}}")
    except BaseException:  # noqa: BLE001 one policy that fails takes the whole query with it
        found = None
    if found is not None:
        return {"reports": {name: {"report": report} for name, report in found.items()}}
    return {"reports": {name: _alone(engine, package) for name, package in packages.items()}}


def _alone(engine: Any, package: str) -> dict[str, Any]:
    try:
        report = _query(engine, f"data.{package}.report")
    except BaseException as error:  # noqa: BLE001 told as this policy's fault
        return {"fault": plain(str(error))}
    return {"report": report} if report is not None else {"fault": f"data.{package}.report is undefined"}


def _query(engine: Any, query: str) -> Any:
    result = json.loads(engine.eval_query_as_json(query)).get("result") or []
    return result[0]["expressions"][0]["value"] if result else None


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
