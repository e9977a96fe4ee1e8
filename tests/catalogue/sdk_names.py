"""What an installed Pulumi SDK calls its types and inputs, read from the SDK's own classes."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import typing
from functools import cache
from pathlib import Path

import pulumi
from pulumi._types import input_type_types, is_input_type, unwrap_type

_ELEMENT = re.compile(r"\[\]$|\{@?\}$")


@cache
def resource_classes(sdk: str) -> dict[str, str]:
    """Return `module:class` of every type token that the SDK registers."""
    source = Path(importlib.import_module(sdk).__file__ or "").read_text(encoding="utf-8")
    table = re.search(r'resource_modules="""\n(.*?)"""', source, re.DOTALL)
    assert table is not None
    return {
        token: f"{module['fqn']}:{name}"
        for module in json.loads(table.group(1))
        for token, name in module["classes"].items()
    }


def inputs_of(sdk: str, token: str) -> type | None:
    """Return the class that holds the inputs of a resource type, None where the SDK has no such type."""
    place = resource_classes(sdk).get(token)
    if place is None:
        return None
    module, name = place.split(":")
    resource = getattr(importlib.import_module(module), name)
    home = inspect.getmodule(resource)
    return typing.cast("type", getattr(home, f"{name}Args"))


def lookup_arguments(sdk: str, token: str) -> set[str]:
    """Return the argument names of a function token, empty where the SDK has no such function."""
    function = token.rsplit(":", 1)[-1]
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", function).lower()
    found = getattr(importlib.import_module(sdk), snake, None)
    if found is None:
        return set()
    source = inspect.getsource(inspect.unwrap(found))
    return set(re.findall(r"__args__\['(\w+)'\]", source)) if f"'{token}'" in source else set()


def has_path(inputs: type, path: str) -> bool:
    """Return whether the inputs have `path` (`a.b[].c`, wire names)."""
    head, _, rest = path.partition(".")
    name = _ELEMENT.sub("", head)
    kind = input_type_types(inputs).get(name)
    if kind is None:
        return False
    nested = _nested(kind)
    return True if not rest else any(has_path(each, rest) for each in nested)


def _nested(kind: object) -> list[type]:
    """Return the input classes within an annotation, through Optional, Sequence, Input and unions."""
    if isinstance(kind, type) and is_input_type(kind):
        return [kind]
    arguments = typing.get_args(kind)
    if arguments:
        return [found for argument in arguments for found in _nested(argument)]
    try:
        plain = unwrap_type(kind)
    except (AssertionError, TypeError):
        return []
    return _nested(plain) if plain is not kind else []


__all__ = ["has_path", "inputs_of", "lookup_arguments", "pulumi", "resource_classes"]
