"""Files that a child wrote into its private directory, where a program may have put something else in their place."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PRINTED = 2000


def text(file: Path, last: int | None = None) -> str:
    """Return what a file says, or its `last` bytes; nothing of what is no plain file.

    A link could lead to a file that the program itself cannot read, and a pipe would never come to an end.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    with os.fdopen(descriptor, "rb") as opened:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            return ""
        if last is not None:
            opened.seek(max(0, found.st_size - last))
        return opened.read().decode(errors="replace")


def printed(private: Path) -> str:
    """Return the end of what a program printed."""
    return text(private / "output.txt", _PRINTED).strip()
