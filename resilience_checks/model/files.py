"""Files that stand in a repository: whoever wrote it may have put something else in their place."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def content(path: Path) -> bytes:
    """Return what a file holds; raise OSError for what is none: a pipe would keep its reader waiting for ever."""
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        mode = os.fstat(number).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        with os.fdopen(number, "rb", closefd=False) as opened:
            return opened.read()
    finally:
        os.close(number)


def text(path: Path) -> str:
    """Return the UTF-8 text of a file, its line ends as line feeds; raise OSError or UnicodeDecodeError."""
    return content(path).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def stands(path: Path) -> bool:
    """Return whether anything has the name of a file, also what cannot be read: it must not pass for none."""
    return os.path.lexists(path)
