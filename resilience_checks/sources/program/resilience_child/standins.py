"""What stands for a value that nobody knows where the program cannot be given an unknown.

Each stand-in carries a mark that the parent recognises wherever it ends: a text is the mark itself, a number becomes
it when it is sent. How long a list is, whether a flag is set and which number it is are assumptions, and said to be
as soon as the program can make anything hang on them.
"""

from __future__ import annotations

import collections.abc
import hashlib
import sys
import typing

from .guesses import Empty, Guessed, Marked, asks, is_answer

_DEEPEST = 5


class Guess(Marked):
    """What stands for a number or a flag; `read` is called when the program reads it."""

    read: object = None


class Number(Guess, int):
    """A number that is not known, taken to be one; a flag that is not known is a zero."""


class Decimal(Guess, float):
    """A number with a fraction that is not known."""


class Anything(str):
    """A value of which not even the type is known: its mark as a text, an object of any fields, a list of nothing."""

    __slots__ = ("_at", "_stand")

    def __new__(cls, stand: object, at: str) -> Anything:  # noqa: PYI034 Self is newer than the oldest Python here
        made = super().__new__(cls, stand.text(at))
        made._stand, made._at = stand, at
        return made

    def __getitem__(self, key: object) -> object:
        if isinstance(key, str):
            return Anything(self._stand, f"{self._at}.{key}")
        if isinstance(key, int):
            return Anything(self._stand, f"{self._at}[{key}]")
        return super().__getitem__(key)

    def get(self, key: str, _default: object = None) -> object:
        return self[key]

    def __iter__(self) -> object:
        self._stand.guess("elements", self._at, 0, sys._getframe(1))
        return iter(())

    def __len__(self) -> int:
        self._stand.guess("elements", self._at, 0, sys._getframe(1))
        return 0

    def __bool__(self) -> bool:
        return True

    def keys(self) -> list:
        return list(self)

    values = items = keys


class Fields(Marked, Empty, dict):
    """An object of which no field is known: each is a text as soon as it is asked for; as a whole it is its mark."""

    def __init__(self, stand: object, at: str) -> None:
        super().__init__()
        self._stand, self._at = stand, at

    @property
    def mark(self) -> str:
        return self._stand.text(self._at)

    def __missing__(self, key: object) -> object:
        self[key] = self._stand.anything(f"{self._at}.{key}" if self._at else str(key))
        return self[key]

    def get(self, key: object, default: object = None) -> object:
        return self[key] if isinstance(key, str) else default


class Standin:
    """Makes the stand-ins of one lookup.

    `tell` is told each mark with its path, `guess` what had to be assumed, at which path, and by which frame.
    """

    def __init__(self, lookup: str, tell: object, guess: object) -> None:
        self._lookup, self._tell, self._told = lookup, tell, set()
        self.guess = guess

    def anything(self, at: str) -> Anything:
        """Return the value at a path of an answer without types."""
        return Anything(self, at)

    def answer(self, kind: object) -> object:
        """Return an answer of this type, of any fields where there is no type."""
        return self.of(kind, "", 0)

    def of(self, kind: object, at: str, depth: int) -> object:
        from pulumi import Archive, Asset, _types

        kind = _types.unwrap_optional_type(kind) if kind is not None else None
        if isinstance(kind, type) and _types.is_output_type(kind):
            return self._object(kind, at, depth)
        if isinstance(kind, type) and issubclass(kind, (Asset, Archive)):
            self.guess("file", at, 0, sys._getframe())
            return None
        origin = typing.get_origin(kind) or kind
        if kind is None or origin in (dict, collections.abc.Mapping):
            return Fields(self, at)
        if origin in (list, collections.abc.Sequence):
            (inner,) = typing.get_args(kind) or (typing.Any,)
            return Guessed(self, at, lambda index: self.of(inner, f"{at}[{index}]", depth + 1))
        if kind is bool:
            return self._marked(Number(0), at, shown=False)
        if kind is int:
            return self._marked(Number(1), at)
        if kind is float:
            return self._marked(Decimal(1.0), at)
        return self.anything(at) if kind is typing.Any else self.text(at)

    def text(self, at: str) -> str:
        """Return the mark of the value at a path of the answer."""
        mark = f"lookup{hashlib.sha256(f'{self._lookup} {at}'.encode()).hexdigest()[:24]}"
        if mark not in self._told:
            self._told.add(mark)
            self._tell(mark, at)
        return mark

    def texts(self, at: str) -> Guessed:
        """Return the list of texts at a path of the answer."""
        return Guessed(self, at, lambda index: self.text(f"{at}[{index}]"))

    def _marked(self, number: object, at: str, *, shown: object = 1) -> object:
        number.mark = self.text(at)
        number.read = lambda frame: self.guess("number", at, shown, frame)
        return number

    def _object(self, kind: type, at: str, depth: int) -> object:
        from pulumi import _types

        types = {} if depth > _DEEPEST else _types.output_type_types(kind)
        values = {name: self.of(inner, f"{at}.{name}" if at else name, depth + 1) for name, inner in types.items()}
        return _types.output_type_from_dict(kind, values)


def watch_numbers() -> None:
    """Tell of a number or a flag when the program reads it: what hangs on one cannot be seen."""
    import pulumi
    from pulumi import _types

    original = _types.get

    def read(self: object, name: str) -> object:
        value = original(self, name)
        if isinstance(value, Guess) and sys._getframe(1).f_locals.get("self") is self:
            frame = sys._getframe(2)
            if asks(frame) and not is_answer(frame.f_locals.get("self")):
                value.read(frame)
        return value

    pulumi.get = _types.get = read
