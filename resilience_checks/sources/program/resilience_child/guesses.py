"""A list of which only single elements can be relied on: nobody knows how long it is.

Its length is a guess, and told as one as soon as the program is given its last element, or its length, in any other
way than by a fixed index. As a whole it is one value, its mark, however long it is.
"""

from __future__ import annotations

import ast
import dis
import linecache
import sys

LENGTH = 3
LONGEST = 100
"""Beyond it an index is taken for a search for the end."""
_SILENT = frozenset({"pulumi", "google", "json", "copy", "pickle", __name__.split(".", maxsplit=1)[0]})
_ASKING = "pulumi.output"
"""The one module of the SDK that calls the program's functions, which may be `len` or `list`."""
revived: dict = {}


class Marked:
    """A value that is sent as its mark."""

    mark = ""


class Guessed(Marked, list):
    """A list of guessed length; `make` makes the element at an index, `stand` tells what is relied on."""

    def __init__(self, stand: object, at: str, make: object) -> None:
        super().__init__(make(index) for index in range(LENGTH))
        self._stand, self._at, self._make, self._changed = stand, at, make, False

    @property
    def mark(self) -> object:
        if self._changed:
            return list.copy(self)
        text = self._stand.text(self._at)
        revived[text] = self
        return text

    def _rely(self, length: int = 0, *, always: bool = False) -> None:
        frame = sys._getframe(2)
        if always or asks(frame):
            self._stand.guess("length", self._at, length or list.__len__(self), frame)

    def _longer(self, length: int) -> None:
        self._stand.guess("least", self._at, length, sys._getframe(2))
        list.extend(self, (self._make(index) for index in range(list.__len__(self), length)))

    def __getitem__(self, key: object) -> object:
        length = list.__len__(self)
        if isinstance(key, slice):
            if not _within(key, length):
                self._rely(always=True)
        else:
            at = key.__index__()
            if at < 0 or at >= LONGEST:
                self._rely(always=True)
            elif at >= length:
                self._longer(at + 1)
            return _read(list.__getitem__(self, key), sys._getframe(1))
        return list.__getitem__(self, key)

    def __iter__(self) -> object:
        wanted = _unpacked(sys._getframe(1))
        if LENGTH < wanted < LONGEST:
            self._longer(wanted)
        return self._walk(wanted)

    def _walk(self, wanted: int) -> object:
        index = 0
        while index < (wanted or list.__len__(self)):
            if index + 1 == (wanted or list.__len__(self)):
                self._rely(wanted)
            yield _read(list.__getitem__(self, index), sys._getframe(1))
            index += 1

    def __reversed__(self) -> object:
        self._rely()
        return list.__reversed__(self)

    def __len__(self) -> int:
        self._rely()
        return list.__len__(self)

    def __bool__(self) -> bool:
        self._rely()
        return True

    def __copy__(self) -> object:
        return self

    copy = __copy__

    def __deepcopy__(self, _memo: object) -> object:
        return self

    def __reduce_ex__(self, _protocol: object) -> tuple:
        return _revive, (self.mark, list.copy(self))

    def __radd__(self, other: list) -> list:
        self._rely()
        return other + list.copy(self)

    __hash__ = None


class Empty:
    """What every object of unknown fields shares: whoever goes through it is told that it seems to be empty."""

    def _rely(self) -> None:
        frame = sys._getframe(2)
        if asks(frame):
            self._stand.guess("elements", self._at, 0, frame)

    def __iter__(self) -> object:
        self._rely()
        return super().__iter__()

    def __len__(self) -> int:
        self._rely()
        return super().__len__()

    def __bool__(self) -> bool:
        self._rely()
        return super().__len__() > 0

    def __contains__(self, key: object) -> bool:
        self._rely()
        return super().__contains__(key)

    def keys(self) -> object:
        self._rely()
        return super().keys()

    def values(self) -> object:
        self._rely()
        return super().values()

    def items(self) -> object:
        self._rely()
        return super().items()


def _told(name: str, *, changes: bool) -> object:
    original = getattr(list, name)

    def method(self: Guessed, *arguments: object, **options: object) -> object:
        self._rely()
        self._changed = self._changed or changes
        return original(self, *arguments, **options)

    method.__name__ = name
    return method


_COMPARING = (
    "__contains__",
    "__eq__",
    "__ne__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
    "__add__",
    "__mul__",
    "__rmul__",
)
_CHANGING = ("__setitem__", "__delitem__", "__iadd__", "__imul__")
for _name in (*_COMPARING, "index", "count"):
    setattr(Guessed, _name, _told(_name, changes=False))
for _name in (*_CHANGING, "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse"):
    setattr(Guessed, _name, _told(_name, changes=True))


def asks(frame: object) -> bool:
    """Return whether code that goes through a value does so for the program, and can make something hang on it.

    The SDK serialises and scans, JSON becomes a text that is recognised as one made from an answer, and the classes of
    answers look whether they were given a list.
    """
    module = str(frame.f_globals.get("__name__"))
    if module != _ASKING and module.split(".", maxsplit=1)[0] in _SILENT:
        return False
    if frame.f_code.co_name == "__init__" and is_answer(frame.f_locals.get("self", frame.f_locals.get("__self__"))):
        return False
    return not _joins(frame)


def revive(value: object) -> object:
    """Return the list whose mark this is, any other value as it is."""
    return revived.get(value, value) if isinstance(value, str) else value


def _read(value: object, frame: object) -> object:
    """Return an element that the program takes out; a number among them is a guess."""
    read = getattr(value, "read", None) if isinstance(value, Marked) else None
    if read is not None and asks(frame):
        read(frame)
    return value


def _revive(mark: object, elements: list) -> object:
    return revived.get(mark, elements) if isinstance(mark, str) else elements


def _within(key: slice, length: int) -> bool:
    """Return whether a slice is the same whatever follows the elements that are there."""
    if key.stop is None or (key.step or 1) < 0:
        return False
    return (key.start or 0) >= 0 and 0 <= key.stop < length


def _unpacked(frame: object) -> int:
    """Return how many elements `a, b = value` takes, 0 where a frame does something else."""
    code, at = frame.f_code.co_code, frame.f_lasti
    return code[at + 1] if dis.opname[code[at]] == "UNPACK_SEQUENCE" else 0


def is_answer(value: object) -> bool:
    """Return whether a value is the answer of a lookup, or an object within one."""
    from pulumi import _types

    return _types.is_output_type(type(value))


def _joins(frame: object) -> bool:
    """Return whether a frame is at `text.join(value)`, whose text is recognised as one made from an answer."""
    code = frame.f_code
    if not hasattr(code, "co_positions"):
        return False
    line, last, column, end = list(code.co_positions())[frame.f_lasti // 2]
    if None in (line, last, column, end):
        return False
    lines = [text.encode() for text in linecache.getlines(code.co_filename)[line - 1 : last]]
    if not lines:
        return False
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][column:]
    try:
        call = ast.parse(b"(" + b"".join(lines) + b")", mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "join"
        and len(call.args) == 1
        and isinstance(call.args[0], (ast.Name, ast.Attribute, ast.Subscript))
    )
