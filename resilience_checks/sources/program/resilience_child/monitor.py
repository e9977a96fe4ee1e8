"""The monitor as the program sees it: each request says which note belongs to it."""

from __future__ import annotations

import contextvars
import functools

from .notes import Notes

ERROR = 3
"""The severity of an error, as the protocol numbers it."""
registration: contextvars.ContextVar = contextvars.ContextVar("registration", default=None)
preparing: contextvars.ContextVar = contextvars.ContextVar("preparing", default=None)
lookup: contextvars.ContextVar = contextvars.ContextVar("lookup", default=None)


class Monitor:
    """The monitor's stub; says with each request which note belongs to it, and who sends it."""

    def __init__(self, stub: object, notes: Notes, token: tuple) -> None:
        self._stub, self._notes, self._token = stub, notes, token

    def __getattr__(self, name: str) -> object:
        return functools.partial(getattr(self._stub, name), metadata=self._token)

    def RegisterResource(self, request: object) -> object:  # noqa: N802 the protocol's name
        current = registration.get()
        number = current["number"] if current else 0
        response = self._stub.RegisterResource(request, metadata=(*self._token, ("number", str(number))))
        if current:
            _drop_misfits(current["resource"], response)
        return response

    def ReadResource(self, request: object) -> object:  # noqa: N802 the protocol's name
        current = registration.get()
        number = current["number"] if current else 0
        return self._stub.ReadResource(request, metadata=(*self._token, ("number", str(number))))

    def Invoke(self, request: object) -> object:  # noqa: N802 the protocol's name
        current = lookup.get()
        number = current["number"] if current else 0
        response, call = self._stub.Invoke.with_call(request, metadata=(*self._token, ("number", str(number))))
        if current is not None:
            told = {item[0]: item[1] for item in call.trailing_metadata() or ()}
            current["unknown"] = current["unknown"] or told.get("unknown") == "1"
            current["assumed"] = told.get("assumed") == "1"
            current["id"] = told.get("lookup")
        return response


class Engine:
    """The engine's stub; keeps to itself what nobody reads, since the SDK waits for each line that it logs."""

    def __init__(self, stub: object, token: tuple) -> None:
        self._stub, self._token = stub, token

    def __getattr__(self, name: str) -> object:
        return functools.partial(getattr(self._stub, name), metadata=self._token)

    def Log(self, request: object) -> object:  # noqa: N802 the protocol's name
        return self._stub.Log(request, metadata=self._token) if request.severity >= ERROR else None


def _drop_misfits(made: object, response: object) -> None:
    """Leave out echoed inputs whose shape is not that of the output, which the SDK would refuse."""
    from pulumi import _types
    from pulumi.runtime import rpc

    try:
        types_ = _types.resource_types(type(made))
        values = rpc.deserialize_properties(response.object, keep_unknowns=True)
    except Exception:  # noqa: BLE001 without type information there is nothing to hold the values against
        return
    for key, value in values.items():
        if types_.get(key) is None:
            continue
        try:
            rpc.translate_output_properties(rpc.unwrap_rpc_secret(value), lambda name: name, types_[key])
        except Exception:  # noqa: BLE001 any refusal means the shape differs
            del response.object.fields[key]
