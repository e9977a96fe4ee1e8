"""What a child left in its private directory, which its program could write to as well: read and removed, never followed."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Neither through a link, which may lead to what only the caller may read, nor waiting for somebody to write."""


def left(file: Path, most: int) -> bytes | None:
    """Return what a plain file holds, of one with more bytes than `most` its last ones.

    None where there is no such file, or something else in its place: a link (a hard one too), a FIFO, a device.
    """
    try:
        found = os.open(file, _FLAGS)
    except (OSError, ValueError):
        return None
    with os.fdopen(found, "rb") as stream:
        status = os.fstat(found)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            return None
        stream.seek(max(0, status.st_size - most))
        return stream.read(most)


def left_text(file: Path, most: int) -> str:
    """Return the same as text, "" where there is none."""
    return (left(file, most) or b"").decode(errors="replace")


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that can be done: closed folders and very deep ones, too."""
    with suppress(RecursionError):
        shutil.rmtree(folder, onerror=_opened)  # `onexc` is of Python 3.12
    if folder.exists():  # nested deeper than Python goes
        subprocess.run(["rm", "-rf", "--", folder], stderr=subprocess.DEVNULL, check=False)  # noqa: S607 the system's own


def _opened(act: Callable[..., object], path: str, _error: object) -> None:
    """Try again what failed in a folder that was closed."""
    with suppress(OSError):
        for place in (os.path.dirname(path), path):  # noqa: PTH120 it is no Path
            if not os.path.islink(place):  # noqa: PTH114
                os.chmod(place, 0o700)  # noqa: PTH101
        act(path)
