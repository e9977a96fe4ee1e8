"""From the protocol's structs to values: unknowns, secrets and lookup answers become types of their own."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from typing import TYPE_CHECKING, Any

from resilience_checks.model.values import LookupAnswer, Secret, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from resilience_checks.model.values import Value
    from resilience_checks.sources.program.answers import Answers

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 the protocol's mark, not a secret
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_PLACEHOLDER = re.compile(r"secure[0-9a-f]{24}")
_KEY = os.urandom(32)
"""Of this process alone: equal secrets are equal within one run, and a digest tells nothing outside of it."""


class Converter:
    """Converts the inputs of one program's resources and lookups."""

    def __init__(self, answers: Answers) -> None:
        """Recognise the values of these answers."""
        self._answers = answers

    def mapping(
        self, data: Mapping[str, Any], origin: Callable[[str], str | None], note: Callable[[str, str], None]
    ) -> dict[str, Value]:
        """Return an input bag as values.

        `origin` names where an unknown at a path would come from; `note` is told each lookup that a text was built from.
        """
        return {key: self._value(item, key, origin, note) for key, item in data.items()}

    def _value(
        self, value: Any, at: str, origin: Callable[[str], str | None], note: Callable[[str, str], None]
    ) -> Value:
        if isinstance(value, dict):
            return self._mapping(value, at, origin, note)
        if isinstance(value, list):
            return [self._value(item, f"{at}[{index}]", origin, note) for index, item in enumerate(value)]
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, str):
            return self._text(value, at, origin, note)
        return value  # type: ignore[no-any-return]

    def _mapping(
        self, value: dict[str, Any], at: str, origin: Callable[[str], str | None], note: Callable[[str, str], None]
    ) -> Value:
        mark = value.get(SIGNATURE)
        if mark == SECRET:
            inner = value.get("value")
            return Unknown("a secret that is not known before deployment") if is_unknown(inner) else secret(inner)
        if mark == OUTPUT:
            if value.get("secret"):
                return (
                    secret(value["value"])
                    if "value" in value
                    else Unknown("a secret that is not known before deployment")
                )
            return self._value(value["value"], at, origin, note) if "value" in value else unknown(origin(at))
        if mark == RESOURCE:
            return unknown(value.get("urn"))
        plain = {key: item for key, item in value.items() if key != SIGNATURE}
        return {key: self._value(item, f"{at}.{key}", origin, note) for key, item in plain.items()}

    def _text(
        self, value: str, at: str, origin: Callable[[str], str | None], note: Callable[[str, str], None]
    ) -> Value:
        if value in UNKNOWNS:
            return unknown(origin(at))
        if "secure" in value and _PLACEHOLDER.search(value):
            return secret(value)
        if "lookup" not in value:
            return value
        source = self._answers.source(value)
        if source is not None:
            return LookupAnswer(*source)
        parts = self._answers.within(value)
        for lookup, _ in parts:
            note(at, lookup)
        return Unknown(f"built from the answer of {parts[0][0].split(':', 1)[1]}") if parts else value


def secret(value: object) -> Secret:
    """Return a secret of which only equality within this run is kept."""
    return Secret(hmac.new(_KEY, json.dumps(value, sort_keys=True, default=str).encode(), hashlib.sha256).hexdigest())


def unknown(origin: str | None) -> Unknown:
    """Return an unknown that says where its value will come from."""
    if origin is None:
        return Unknown("computed at deployment")
    kind, _, name = origin.rpartition("::")
    return Unknown(f"computed at deployment by {kind.rsplit('::', 1)[-1].rsplit('$', 1)[-1]} {name}")


def is_unknown(value: object) -> bool:
    """Return whether a struct's value is unknown or has something unknown in it."""
    if isinstance(value, dict):
        return any(is_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(is_unknown(item) for item in value)
    return isinstance(value, str) and value in UNKNOWNS
