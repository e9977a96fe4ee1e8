"""A resource as digests: what is needed to say later which input of it differs, and no value of any."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.model.resource import Resource
    from resilience_checks.model.values import Value

_PLAIN = re.compile(r"[^\s.\[\]\"]+")
_PLACEHOLDER = re.compile(r"secure[0-9a-f]{24}")
"""What stands for an encrypted value of the configuration where a program reads it in clear (`project.placeholder`)."""
_NOT_YET = Unknown("computed at deployment")
_DIGITS = 32
"""128 bits of SHA-256: to find two values of one digest takes 2^64 attempts."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One resource: digests of what it is (type, parent, provider, id) and of each known input by its path.

    Of unknown and of secret inputs there is only the path. `kept` are the inputs of which the program asks the engine
    to keep what is deployed. `custom` is False for a component, whose inputs reach no provider.
    """

    custom: bool
    identity: Mapping[str, str]
    inputs: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def fingerprint(resource: Resource) -> Fingerprint:
    """Return the digests of a resource."""
    known: dict[str, str] = {}
    unknown: list[str] = []
    secret: list[str] = []
    for path, value in sorted(leaves(resource.inputs)):
        match value:
            case Secret():
                secret.append(path)
            case Unknown() | LookupAnswer() | StackOutput():
                unknown.append(path)
            case str() if _PLACEHOLDER.search(value):
                unknown.append(path)
            case _:
                known[path] = _digest(value)
    identity = {
        "type": resource.type,
        "parent": resource.parent,
        "provider": resource.provider,
        "id": resource.external_id,
    }
    return Fingerprint(
        custom=resource.custom,
        identity={key: _digest(value) for key, value in identity.items() if value is not None},
        inputs=known,
        unknown=tuple(unknown),
        secret=tuple(secret),
        kept=tuple(sorted(resource.options.ignore_changes)),
    )


def leaves(value: Value, at: str = "") -> Iterator[tuple[str, Value]]:
    """Yield every value that holds no other, with its path; what is null is not there.

    >>> list(leaves({"a": [{"b": 1}, []], "c.d": True, "e": None}))
    [('a[0].b', 1), ('a[1]', []), ('["c.d"]', True)]
    """
    if isinstance(value, Mapping) and (value or not at):
        for key, item in value.items():
            yield from leaves(_NOT_YET if key == "id" and _is_reference(value) else item, joined(at, str(key)))
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        for index, item in enumerate(value):
            yield from leaves(item, f"{at}[{index}]")
    elif value is not None:
        yield at, value


def _is_reference(value: Mapping[str, Value]) -> bool:
    """Return whether this is a resource that is given whole, and whose id is not known yet: then it stands empty."""
    return value.get("id") == "" and str(value.get("urn")).startswith("urn:pulumi:")


def joined(at: str, key: str) -> str:
    """Return the path of a member of what is at a path, written so that no two members have the same."""
    if not _PLAIN.fullmatch(key):
        return f"{at}[{json.dumps(key)}]"
    return f"{at}.{key}" if at else key


def _digest(value: Any) -> str:
    """Return the digest of a plain value: 1 and 1.0 are one number, but neither true nor the text 1."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = json.dumps(value, ensure_ascii=True, default=_held)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _held(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"a value of a graph cannot be {type(value)}")
