"""Graphs, answers and decisions as bytes: between processes and on disk.

They are pickled, which is several times as fast as JSON. What is read may make nothing but the values of this package's
model, plain containers, and the plain classes that the reader names, so bytes that somebody else wrote start nothing.
"""

from __future__ import annotations

import gc
import io
import pickle
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN = frozenset(
    {
        ("builtins", "frozenset"),
        ("builtins", "set"),
        ("collections", "OrderedDict"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "timedelta"),
    }
)
_OURS = "resilience_checks.model."


class UnreadableError(Exception):
    """Bytes that are not what `pack` makes."""


def pack(value: object) -> bytes:
    """Return the bytes of a value of the model."""
    return pickle.dumps(value, protocol=5)


def unpack(data: bytes, *further: type) -> Any:
    """Return the value of some bytes; raise UnreadableError for any that could make something else.

    `further` are dataclasses beside those of the model that it may hold.
    """
    collecting = gc.isenabled()
    gc.disable()  # all that is made lives on, and looking through it again and again takes longer than making it
    try:
        return _Reader(io.BytesIO(data), further).load()
    except Exception as error:
        raise UnreadableError(str(error)) from error
    finally:
        if collecting:
            gc.enable()


class _Reader(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, further: Iterable[type]) -> None:
        super().__init__(file)
        self._further = {(one.__module__, one.__qualname__): one for one in further}

    def find_class(self, module: str, name: str) -> Any:
        """Return a class of the model, or a further one; refuse any other."""
        if (module, name) in self._further:
            return self._further[module, name]
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.startswith(_OURS) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise UnreadableError(f"{module}.{name} is no value of the model")
