"""From the values of the engine's files to values of a graph: unknowns, secrets and assets become what they are."""

from __future__ import annotations

import base64
import itertools
import json
import struct
from typing import TYPE_CHECKING, Any

from resilience_checks.model.values import Secret, Unknown
from resilience_checks.sources.wire import OUTPUT, SECRET, SIGNATURE, UNKNOWNS, is_unknown, secret, unknown

if TYPE_CHECKING:
    from resilience_checks.model.values import Value

MAX_DEPTH = 100
"""How deeply the inputs of a resource may be nested; what reads them later goes down by recursion."""
HIDDEN = "[secret]"
_BYTES = "803fd3297a5875dc03ca845dda5d2a98"
_FLOAT = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"
DEFAULTS = "__defaults"
_NUMBERS = itertools.count()
"""One for each secret that a file hides, over all files of this process."""


class TooDeepError(Exception):
    """The inputs of a resource are nested more deeply than the limit."""


class Values:
    """Converts the values of one file; equal texts, lists and objects are kept once, as nothing changes them.

    `hides` says that the file writes `[secret]` in place of each secret, as a preview does. No two of those are
    equal: the file cannot tell. A ciphertext stands for itself: the same one is the same secret, two different
    ones may hide the same secret too.
    """

    def __init__(self, *, hides: bool, surrogates: bool) -> None:
        """Take note of what the file may hold; `surrogates`: halves of characters that no output can write."""
        self._marks = UNKNOWNS | {HIDDEN} if hides else UNKNOWNS
        self._surrogates = surrogates
        self._texts: dict[str, str] = {}
        self._unknowns: dict[str | None, Unknown] = {}
        self._whole: dict[int, int] = {}
        self._alike: dict[tuple[object, ...], Value] = {}
        """Each list and object by what it is made of: each part is one object for all equal ones, and lives as long."""

    def text(self, value: str) -> str:
        """Return the text, the same object for equal ones."""
        if self._surrogates:
            value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return self._texts.setdefault(value, value)

    def inputs(self, bag: dict[str, Any], origins: dict[str, str]) -> dict[str, Value]:
        """Return a resource's inputs; `origins` names the resource that an unknown of an input comes from."""
        return {
            self.text(key): self._value(value, origins.get(key), 0)
            for key, value in bag.items()
            if not (key == DEFAULTS and isinstance(value, list))
        }

    def _value(self, value: Any, origin: str | None, depth: int) -> Value:
        if isinstance(value, str):
            if value in self._marks:
                return _hidden() if value == HIDDEN else self._unknown(origin)
            return self.text(value)
        if isinstance(value, dict):
            if depth >= MAX_DEPTH:
                raise TooDeepError
            return self._mapping(value, origin, depth + 1)
        if isinstance(value, list):
            if depth >= MAX_DEPTH:
                raise TooDeepError
            items = [self._value(item, origin, depth + 1) for item in value]
            return self._alike.setdefault((list, *map(id, items)), items)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return self._whole.setdefault(value, value) if type(value) is int else value

    def _mapping(self, value: dict[str, Any], origin: str | None, depth: int) -> Value:
        match value.get(SIGNATURE):
            case None:
                pass
            case str(mark) if mark == SECRET:
                return _secret(value)
            case str(mark) if mark == OUTPUT:
                if value.get("secret"):
                    return secret(value["value"]) if "value" in value else _hidden()
                return self._value(value["value"], origin, depth) if "value" in value else self._unknown(origin)
            case str(mark) if mark == _BYTES:
                return self.text(_shown(value.get("value")))
            case str(mark) if mark == _FLOAT:
                return Unknown(f"{_number(value.get('value'))} is no number that can be compared")
        found = {
            self.text(key): self._value(item, origin, depth)
            for key, item in value.items()
            if key != SIGNATURE and not (key == DEFAULTS and isinstance(item, list))
        }
        return self._alike.setdefault((dict, *map(id, found), *map(id, found.values())), found)

    def _unknown(self, origin: str | None) -> Unknown:
        if origin not in self._unknowns:
            self._unknowns[origin] = unknown(origin)
        return self._unknowns[origin]


def _secret(wrapper: dict[str, Any]) -> Value:
    """Return the secret of a wrapper: its plain text where the file shows it, else its ciphertext, as it is."""
    plain, cipher = wrapper.get("plaintext"), wrapper.get("ciphertext")
    if isinstance(plain, str) and plain:
        try:
            value = json.loads(plain)
        except (ValueError, RecursionError):
            return _hidden()
        return _hidden() if is_unknown(value) else secret(value)
    return secret({"ciphertext": cipher}) if isinstance(cipher, str) and cipher else _hidden()


def _hidden() -> Secret:
    """Return a secret that is equal to no other: its value is not shown, or not known yet."""
    return Secret(f"hidden {next(_NUMBERS)}")


def _shown(encoded: object) -> str:
    """Return bytes that are no text as the engine shows them."""
    try:
        base64.b64decode(str(encoded), validate=True)
    except ValueError:
        return 'b""'
    return f'b"{encoded}"'


def _number(bits: object) -> float | str:
    try:
        return struct.unpack(">d", bytes.fromhex(str(bits)))[0]  # type: ignore[no-any-return]
    except (ValueError, struct.error):
        return "this"
