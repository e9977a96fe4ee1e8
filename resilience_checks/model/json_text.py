"""JSON that somebody else wrote, read so that it can mean one thing only."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
"""What JSON writes the half of a character as."""


class JsonError(ValueError):
    """Why a text is no JSON that can be relied on, and where; `line` is 0 where the place is not known."""

    def __init__(self, what: str, line: int = 0, column: int = 0) -> None:
        """Keep the parts, for an error that names the file too."""
        super().__init__(f"{what} (line {line}, column {column})" if line else what)
        self.what, self.line, self.column = what, line, column


def load(text: str | bytes) -> Any:
    """Return what a JSON text says; raise JsonError for what other readers might take for something else.

    That is, besides what is no JSON: a key that stands twice, NaN and infinite numbers, halves of characters, and what
    is larger than Python reads, in depth or in digits.

    >>> load('{"a": [1, null]}')
    {'a': [1, None]}
    """
    try:
        return _loaded(text)
    except JsonError:
        raise
    except json.JSONDecodeError as error:
        raise JsonError(f"not valid JSON: {error.msg}", error.lineno, error.colno) from error
    except UnicodeEncodeError as error:
        raise JsonError("it holds half of a character (a lone surrogate), which no output can write") from error
    except UnicodeDecodeError as error:
        raise JsonError(f"not UTF-8 text, at byte {error.start}") from error
    except RecursionError as error:
        raise JsonError("it is nested too deeply to be read") from error
    except ValueError as error:
        raise JsonError("it holds a number of more than 4300 digits") from error


def _loaded(text: str | bytes) -> Any:
    found = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    if isinstance(text, bytes) or SURROGATE.search(text) is not None:
        json.dumps(found, ensure_ascii=False).encode()
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonError(f"the key {repeated(pairs)!r} stands twice in one object")
    return found


def repeated(pairs: Iterable[tuple[str, Any]]) -> str:
    """Return the first key that stands again, of pairs among which one does.

    >>> repeated([("a", 1), ("b", 2), ("b", 3), ("a", 4)])
    'b'
    """
    seen: set[str] = set()
    return next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]


def _constant(name: str) -> object:
    raise JsonError(f"{name} is no JSON number")
