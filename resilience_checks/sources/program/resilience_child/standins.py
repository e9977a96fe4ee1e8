"""What stands for a value that nobody knows where the program cannot be given an unknown.

Each stand-in carries a mark that the parent recognises wherever it ends: a text is the mark itself, a number becomes
it when it is sent. How long a list is, whether a flag is set and which number it is are assumptions, and said to be.
"""

from __future__ import annotations

import collections.abc
import hashlib
import typing

LENGTH = 3
_DEEPEST = 5


class Marked:
    """A value that is sent as its mark."""

    mark = ""


class Number(Marked, int):
    """A number that is not known, taken to be one; a flag that is not known is a zero."""


class Decimal(Marked, float):
    """A number with a fraction that is not known."""


class Fields(dict):
    """An object of which no field is known: each is a text as soon as it is asked for."""

    def __init__(self, stand: object, at: str) -> None:
        super().__init__()
        self._stand, self._at = stand, at

    def __missing__(self, key: object) -> object:
        self[key] = self._stand.text(f"{self._at}.{key}" if self._at else str(key))
        return self[key]

    def get(self, key: object, default: object = None) -> object:
        return self[key] if isinstance(key, str) else default


class Standin:
    """Makes the stand-ins of one lookup; `tell` is told each mark with its path, `assumed` what had to be assumed."""

    def __init__(self, lookup: str, tell: object) -> None:
        self._lookup, self._tell, self._told = lookup, tell, set()
        self.assumed: set = set()

    def answer(self, kind: object) -> object:
        """Return an answer of this type, of any fields where there is no type."""
        return self.of(kind, "", 0)

    def of(self, kind: object, at: str, depth: int) -> object:
        from pulumi import _types

        kind = _types.unwrap_optional_type(kind) if kind is not None else None
        if isinstance(kind, type) and _types.is_output_type(kind):
            return self._object(kind, at, depth)
        origin = typing.get_origin(kind) or kind
        if kind is None or origin in (dict, collections.abc.Mapping):
            return Fields(self, at)
        if origin in (list, collections.abc.Sequence):
            self.assumed.add("length")
            (inner,) = typing.get_args(kind) or (str,)
            return [self.of(inner, f"{at}[{index}]", depth + 1) for index in range(LENGTH)]
        if kind is bool:
            return self._marked(Number(0), at)
        if kind is int:
            return self._marked(Number(1), at)
        if kind is float:
            return self._marked(Decimal(1.0), at)
        return self.text(at)

    def text(self, at: str) -> str:
        """Return the mark of the value at a path of the answer."""
        mark = f"lookup{hashlib.sha256(f'{self._lookup} {at}'.encode()).hexdigest()[:24]}"
        if mark not in self._told:
            self._told.add(mark)
            self._tell(mark, at)
        return mark

    def _marked(self, number: object, at: str) -> object:
        self.assumed.add("number")
        number.mark = self.text(at)
        return number

    def _object(self, kind: type, at: str, depth: int) -> object:
        from pulumi import _types

        types = {} if depth > _DEEPEST else _types.output_type_types(kind)
        values = {name: self.of(inner, f"{at}.{name}" if at else name, depth + 1) for name, inner in types.items()}
        return _types.output_type_from_dict(kind, values)
