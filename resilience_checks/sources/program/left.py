"""What a child left in its private directory: the program could write there too, so it may be anything."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

from resilience_checks.model.json_text import JsonError, load

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 256 << 20
"""More than the notes of any program that its memory allows."""
_LISTS = frozenset({"unanswered", "read"})
_NUMBERS = frozenset({"line", "column"})
_ANY = frozenset({"ok", "isolated", "lacking", "environment"})


class Tampered(Exception):  # noqa: N818 it becomes the end of a sentence
    """Why a file is not what the check's own code leaves."""


def content(file: Path, most: int = MOST_BYTES) -> bytes:
    """Return what a file holds, of a longer one its end; raise Tampered where it is no file, or one of somebody else's.

    A pipe would keep the check waiting, and a link would have it read what the program itself may not.
    """
    try:
        number = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise Tampered(f"{file.name} cannot be read: {error.strerror}") from error
    try:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            raise Tampered(f"{file.name} is no file of its own")
        with os.fdopen(number, "rb", closefd=False) as opened:
            opened.seek(max(0, found.st_size - most))
            return opened.read(most)
    finally:
        os.close(number)


def text(file: Path, most: int = MOST_BYTES) -> str:
    """Return the text of a file for people, with what is no UTF-8 replaced; nothing where it is no file."""
    try:
        return content(file, most).decode("utf-8", "replace")
    except Tampered:
        return ""


def ending(file: Path) -> dict[str, Any] | None:
    """Return what the child wrote of its end, None where that is not in the form in which it writes it."""
    try:
        end = load(content(file))
    except (Tampered, JsonError):
        return None
    return end if isinstance(end, dict) and all(_fits(key, value) for key, value in end.items()) else None


def _fits(key: str, value: object) -> bool:
    if value is None or key in _ANY:
        return True
    if key == "looked_at":
        return _looked_at(value)
    if key in _LISTS:
        return _paths(value)
    if key in _NUMBERS:
        return type(value) is int and value > 0
    return isinstance(value, str | int) and not (key == "file" and "\0" in str(value))


def _looked_at(value: object) -> bool:
    """Return whether a value is a mapping of lists of paths without end characters, as the child records them."""
    return isinstance(value, dict) and all(_paths(item) for item in value.values())


def _paths(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and "\0" not in item for item in value)
