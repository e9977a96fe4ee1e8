"""Files of a child's private directory, where a program may have put something else in their place: never followed."""

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

_PRINTED = 2000
_LONGEST = 1 << 20


def content(file: Path, most: int) -> bytes | None:
    """Return what a plain file holds, of one with more bytes than `most` its last ones; None where there is none.

    A link, a hard one too, could lead to a file that the program itself cannot read, and a pipe would never come to
    an end.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        return None
    with os.fdopen(descriptor, "rb") as opened:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            return None
        opened.seek(max(0, found.st_size - most))
        return opened.read(most)


def text(file: Path, most: int = _LONGEST) -> str:
    """Return the same as text, "" where there is none."""
    return (content(file, most) or b"").decode(errors="replace")


def printed(private: Path) -> str:
    """Return the end of what a program printed."""
    return text(private / "output.txt", _PRINTED).strip()


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
