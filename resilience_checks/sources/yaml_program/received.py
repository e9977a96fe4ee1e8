"""Values that reach a program from outside, in the form of the protocol: answers of lookups, outputs of other stacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resilience_checks.sources.wire import OUTPUT, SECRET, SIGNATURE, UNKNOWNS
from resilience_checks.sources.yaml_program.outputs import Output, unknown

_WHY = "not known before deployment"


def received(value: Any) -> Any:
    """Return a value with secrets and unknowns as outputs and every number floating.

    >>> received({"a": [1]})
    {'a': [1.0]}
    """
    if isinstance(value, Mapping):
        mark = value.get(SIGNATURE)
        if mark == SECRET:
            return Output(received(value.get("value")), secret=True)
        if mark == OUTPUT:
            if "value" not in value:
                return Output(known=False, secret=bool(value.get("secret")), why=_WHY)
            inner = received(value["value"])
            return Output(inner, secret=True) if value.get("secret") else inner
        return {key: received(item) for key, item in value.items() if key != SIGNATURE}
    if isinstance(value, list):
        return [received(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and value in UNKNOWNS:
        return unknown(_WHY)
    return value
