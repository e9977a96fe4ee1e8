"""How a program ended, and at which line of its own."""

from __future__ import annotations

import errno
import os
import sys
import traceback

from .notes import Notes

_RAISED = "_resilience_checks_raised"


class NetworkRefusedError(ConnectionError):
    """A connection that the program tried to open."""


class LookupUnknownError(Exception):
    """A plain lookup for whose answer nothing can stand."""


def refuse_connections() -> None:
    """Raise where the program opens a connection."""

    def refuse(event: str, arguments: tuple) -> None:
        if event == "socket.connect":
            address = arguments[1]
            if not isinstance(address, (str, bytes)):
                raise NetworkRefusedError(f"the program opens a connection to {address[0]}:{address[1]}")
        elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
            raise NetworkRefusedError(f"the program looks up the address of {arguments[0]}")

    sys.addaudithook(refuse)


def remember(error: BaseException) -> None:
    """Keep where an error was raised: whoever awaits its task a second time is not told."""
    error.__dict__.setdefault(_RAISED, error.__traceback__)


def failure(error: BaseException, notes: Notes) -> dict:
    """Describe the end of a program that failed, at the innermost line of its own."""
    chain = _chain(error)
    frames = next(filter(None, (_inside(one, notes) for one in chain)), [])
    end = {"ok": False, "kind": "raised", "type": type(error).__name__, "message": str(error)}
    if frames:
        end.update(file=os.path.realpath(frames[-1].filename), line=frames[-1].lineno)
    refused = next((one for one in chain if isinstance(one, NetworkRefusedError)), None)
    if isinstance(error, SyntaxError):
        end.update(
            kind="syntax",
            message=error.msg,
            file=os.path.realpath(error.filename or ""),
            line=error.lineno,
            column=error.offset,
        )
    elif isinstance(error, ModuleNotFoundError):
        package = str(error.name).partition(".")
        end.update(kind="module", module=error.name, lacking=bool(package[2]) and package[0] in sys.modules)
    elif isinstance(error, SystemExit):
        end.update(kind="exit", message=str(error.code))
    elif isinstance(error, MemoryError):
        end.update(kind="memory")
    elif refused is not None:
        end.update(kind="network", message=str(refused))
    elif isinstance(error, KeyError) and _raised_in(error) in {os.__file__, "<frozen os>"}:
        end.update(kind="variable", key=error.args[0])
    elif isinstance(error, LookupUnknownError):
        end.update(kind="lookup", token=str(error))
    elif type(error).__name__ == "ConfigMissingError":
        end.update(kind="config", key=getattr(error, "key", ""))
    end.update(_file(error))
    end["traceback"] = "".join(traceback.format_exception(type(error), error, error.__traceback__))[-20000:]
    return end


def _file(error: BaseException) -> dict:
    """Return which file an error is about, which the program may not have been let to."""
    if not isinstance(error, OSError) or not isinstance(error.filename, str):
        return {}
    return {"path": os.path.abspath(error.filename), "code": errno.errorcode.get(error.errno, "")}


def _chain(error: BaseException) -> list:
    """Return the error and what it came of: a fault in a callback reaches the end within one of the SDK's own."""
    chain = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain


def _raised_in(error: BaseException) -> str:
    return traceback.extract_tb(error.__traceback__)[-1].filename


def _inside(error: BaseException, notes: Notes) -> list:
    raised = (error.__traceback__, error.__dict__.get(_RAISED))
    frames = (frame for trace in raised for frame in traceback.extract_tb(trace))
    return [frame for frame in frames if notes.inside(frame.filename)]
