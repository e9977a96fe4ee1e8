"""From the protocol's structs to values: unknowns, secrets and lookup answers become types of their own."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from resilience_checks.model.values import LookupAnswer, Unknown
from resilience_checks.sources.program.structs import EXACT
from resilience_checks.sources.wire import (
    OUTPUT,
    RESOURCE,
    SECRET,
    SIGNATURE,
    UNKNOWNS,
    is_unknown,
    secret,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from resilience_checks.model.values import Value
    from resilience_checks.sources.program.answers import Answers

_HIDDEN = Unknown("a secret that is not known before deployment", secret=True)
_PLACEHOLDER = re.compile(r"secure[0-9a-f]{24}")


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
        if isinstance(value, float):
            return _number(value)
        if isinstance(value, str):
            return self._text(value, at, origin, note)
        return value  # type: ignore[no-any-return]

    def _mapping(
        self, value: dict[str, Any], at: str, origin: Callable[[str], str | None], note: Callable[[str, str], None]
    ) -> Value:
        mark = value.get(SIGNATURE)
        if mark == SECRET:
            inner = value.get("value")
            return _HIDDEN if is_unknown(inner) else secret(inner)
        if mark == OUTPUT:
            if value.get("secret"):
                return secret(value["value"]) if "value" in value else _HIDDEN
            return self._value(value["value"], at, origin, note) if "value" in value else unknown(origin(at))
        if mark == RESOURCE:
            made = value.get("id")
            known = isinstance(made, str) and made not in UNKNOWNS
            return {
                "urn": str(value.get("urn")),
                "id": made if known else "",
                "packageVersion": value.get("packageVersion", ""),
            }
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


def _number(value: float) -> Value:
    """Return a number as an integer where it is one, as far as a double tells one integer from the next."""
    if not math.isfinite(value):
        return Unknown(f"{value} is no number that can be compared")
    return int(value) if value.is_integer() and abs(value) <= EXACT else value
