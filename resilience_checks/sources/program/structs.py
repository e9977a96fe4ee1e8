"""Between the protocol's structs and plain values, and the engine's own rewriting of output values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.project import placeholder
from resilience_checks.sources.wire import OUTPUT, RESOURCE, SECRET, SIGNATURE, UNKNOWNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
EXACT = 2**53
"""Beyond it a number of the protocol no longer tells one integer from the next."""


def plain(struct: Any) -> dict[str, Any]:
    """Return a struct as a dictionary; whole numbers are integers as far as a double is exact."""
    return {key: _plain(value) for key, value in struct.fields.items()}


def filled(values: Mapping[str, Any]) -> Any:
    """Return a struct of these values."""
    from google.protobuf import struct_pb2

    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


def lowered(value: Any) -> Any:
    """Return a value with plain, unknown and secret values in place of output values."""
    if isinstance(value, list):
        return [lowered(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) != OUTPUT:
        return {key: lowered(item) for key, item in value.items()}
    inner = lowered(value["value"]) if "value" in value else UNKNOWN
    return {SIGNATURE: SECRET, "value": inner} if value.get("secret") else inner


def raised(value: Any) -> Any:
    """Return a value with output values in place of unknowns and secrets, the form in which transforms see it."""
    if isinstance(value, list):
        return [raised(item) for item in value]
    if isinstance(value, str) and value in UNKNOWNS:
        return {SIGNATURE: OUTPUT}
    if not isinstance(value, dict):
        return value
    mark = value.get(SIGNATURE)
    if mark == SECRET:
        inner = raised(value.get("value"))
        output = inner if isinstance(inner, dict) and inner.get(SIGNATURE) == OUTPUT else {"value": inner}
        return {SIGNATURE: OUTPUT, **output, "secret": True}
    if mark in {OUTPUT, RESOURCE}:
        return value
    return {key: raised(item) for key, item in value.items()}


def carrying(value: Any, urns: Iterable[str]) -> Any:
    """Return an input as an output value that depends on all these resources, unless it does already."""
    wanted = set(urns)
    if wanted <= set(dependencies(value)):
        return value
    output = (
        value if isinstance(value, dict) and value.get(SIGNATURE) == OUTPUT else {SIGNATURE: OUTPUT, "value": value}
    )
    return {**output, "dependencies": sorted(wanted | set(output.get("dependencies", ())))}


def dependencies(value: Any) -> Iterator[str]:
    """Yield the URNs that the output values within a value depend on."""
    if isinstance(value, list):
        for item in value:
            yield from dependencies(item)
    elif isinstance(value, dict):
        if value.get(SIGNATURE) == OUTPUT:
            yield from value.get("dependencies", ())
            yield from dependencies(value.get("value"))
        else:
            for item in value.values():
                yield from dependencies(item)


def spelled(value: Any) -> Any:
    """Return a value that a user gave in the form of the protocol: a state's file writes its secrets in another one.

    A malformed secret would make an SDK wait for ever. What is encrypted stands as a placeholder.
    """
    if isinstance(value, list):
        return [spelled(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) != SECRET:
        return {key: spelled(item) for key, item in value.items()}
    if "value" in value:
        return {SIGNATURE: SECRET, "value": spelled(value["value"])}
    try:
        return {SIGNATURE: SECRET, "value": json.loads(value["plaintext"])}
    except (KeyError, TypeError, ValueError):
        return {SIGNATURE: SECRET, "value": placeholder(str(value.get("ciphertext")))}


def secret(value: Any) -> Any:
    """Return the value as a secret."""
    hidden = isinstance(value, dict) and value.get(SIGNATURE) == SECRET
    return value if hidden else {SIGNATURE: SECRET, "value": value}


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return plain(value.struct_value)
    if kind == "list_value":
        return [_plain(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() and abs(number) <= EXACT else number
    return value.bool_value if kind == "bool_value" else None
