"""Files that stand in a repository or that a user names: whoever wrote them may have put something else in their place."""

from __future__ import annotations

import errno
import os
import select
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 1 << 20
"""How many bytes a file may have that people write, such as settings: YAML with places takes some 5 s for so many."""
LARGEST_PROGRAM = 16 << 20
"""The same of a YAML program, which tools may write, too."""
LARGEST_DATA = 32 << 20
"""The same of JSON that stands in a repository, such as a baseline, or answers lookups."""
LARGEST_OUTPUT = 512 << 20
"""The same of what tools write of a whole estate: previews, states and reports; more would not fit the memory of a CI runner."""
_CHUNK = 1 << 20
_PIPES: dict[tuple[int, int], bytes] = {}
"""What came out of each pipe, which stays open: so no other one gets its number."""
_PATIENCE = 2.0
"""Seconds within which something has to begin to write into a pipe."""


def content(path: Path, most: int = LARGEST, *, links: bool = True) -> bytes:
    """Return what a file of at most so many bytes holds, where `links` also one that a symbolic link leads to.

    Raises OSError for a larger one, and for what is no file: a pipe would keep its reader waiting for ever.
    """
    number = _opened(path, 0 if links else os.O_NOFOLLOW)
    try:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise _no_file(path)
        return _read(number, path, most)
    finally:
        os.close(number)


def text(path: Path, most: int = LARGEST) -> str:
    """Return the UTF-8 text of a file, its line ends as line feeds; raise OSError or UnicodeDecodeError."""
    return content(path, most).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def given(path: Path, most: int = LARGEST_DATA) -> bytes:
    """Return the same of what a user names himself, which may be a pipe into which something writes, as `<(...)` is.

    A pipe is read once, and says the same to all who ask for it.
    """
    number, stays = _opened(path), False
    try:
        found = os.fstat(number)
        if stat.S_ISREG(found.st_mode):
            return _read(number, path, most)
        if not stat.S_ISFIFO(found.st_mode):
            raise _no_file(path)
        pipe = found.st_dev, found.st_ino
        if pipe not in _PIPES:
            _PIPES[pipe] = _read(number, path, most, _begun(number, path))
            stays = True
        return _PIPES[pipe]
    finally:
        if not stays:
            os.close(number)


def stands(path: Path) -> bool:
    """Return whether anything has the name of a file, also what cannot be read: it must not pass for none."""
    return os.path.lexists(path)


def remedy(error: OSError, otherwise: str) -> str:
    """Return what to do about a file that could not be read.

    >>> remedy(too_large("a.yaml", LARGEST), "name a file")
    'make it smaller, or split what it says'
    """
    if error.errno == errno.EFBIG:
        return "make it smaller, or split what it says"
    return "put a regular file in its place" if error.errno == errno.EINVAL else otherwise


def too_large(path: object, most: int) -> OSError:
    """Return the error for a file of more bytes than `most`."""
    return OSError(errno.EFBIG, f"it is larger than {most >> 20} MB, the most that is read of such a file", str(path))


def _opened(path: Path, more: int = 0) -> int:
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | more)
    if stat.S_ISDIR(os.fstat(number).st_mode):
        os.close(number)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return number


def _no_file(path: Path) -> OSError:
    return OSError(errno.EINVAL, "it is no regular file", str(path))


def _begun(number: int, path: Path) -> bytes:
    """Return what comes out of a pipe first; one that nothing has open to write into is waited for but shortly."""
    waiting = select.poll()
    waiting.register(number, select.POLLIN)
    begun = waiting.poll(_PATIENCE * 1000)
    try:
        first = os.read(number, _CHUNK)
    except BlockingIOError:  # something has it open, and takes its time
        first = b""
    else:
        if not begun and not first:
            raise OSError(errno.EINVAL, "it is a pipe into which nothing writes", str(path))
    os.set_blocking(number, True)
    return first


def _read(number: int, path: Path, most: int, begun: bytes = b"") -> bytes:
    if os.fstat(number).st_size > most:
        raise too_large(path, most)
    parts, room = [begun], most + 1 - len(begun)
    while room > 0 and (part := os.read(number, min(room, _CHUNK))):
        parts.append(part)
        room -= len(part)
    if room <= 0:
        raise too_large(path, most)
    return b"".join(parts)
