"""A folder of the user's own that keeps what was found before, by what it was found from.

Nothing in it is trusted that anybody else could have written: it has to belong to the user and be closed to all others, and
each entry has a digest, keyed with a key of that folder, of its name and content. A file that was cut off, copied or moved is
none. Files appear whole, by renaming, so that several checks may share it. What was not asked for longest goes when there
is too much.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from resilience_checks.model import files
from resilience_checks.model.writing import PART, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KEY, _PRUNED = "key", "pruned"
_DIGEST = 32
_HOUR = 3600
_KEPT = 30 * 24 * _HOUR
"""How many seconds an entry stays that nobody asks for."""
MOST = 1 << 30
"""How many bytes all entries may have."""
_SHARE = 8
"""A check that writes this part of them looks again at once whether there is too much."""


class Untrusted(Exception):  # noqa: N818 it becomes the end of a sentence
    """Why a folder is not used."""


class Store:
    """The entries of one folder, of at most so many bytes: more for as long as an hour, by an eighth for each writer."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        """Make the folder where there is none; raise Untrusted, or OSError, where it cannot be used."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise Untrusted(f"{folder} is no folder")
        if found.st_uid != os.getuid():
            raise Untrusted(f"{folder} belongs to somebody else")
        if found.st_mode & 0o077:
            raise Untrusted(f"{folder} is open to others: chmod 700 it")
        self._folder = folder
        self._most, self._written = most, 0
        self._key = self._own_key()
        self._prune(_HOUR)

    def derived(self, purpose: str) -> bytes:
        """Return a key of this folder for some purpose."""
        return hmac.digest(self._key, purpose.encode(), "sha256")

    def get(self, name: str) -> bytes | None:
        """Return what is kept under a name, None where nothing whole is."""
        path = self._path(name)
        try:
            data = files.content(path, files.LARGEST_OUTPUT, links=False)
        except OSError:
            return None
        if not hmac.compare_digest(data[:_DIGEST], self._digest(name, data[_DIGEST:])):
            return None
        with suppress(OSError):
            os.utime(path)
        return data[_DIGEST:]

    def put(self, name: str, content: bytes) -> None:
        """Keep something under a name; where it cannot be written, nothing is kept."""
        path = self._path(name)
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, exist_ok=True)
            if _is_another_thing(path):
                path.unlink()  # what is written would go into it, or to where it leads
            write(path, self._digest(name, content) + content, private=True)
            self._written += len(content)
        if self._written > self._most // _SHARE:
            self._written = 0
            self._prune()

    def _digest(self, name: str, content: bytes) -> bytes:
        return hmac.digest(self._key, name.encode() + b"\0" + content, "sha256")

    def _path(self, name: str) -> Path:
        told = hashlib.sha256(name.encode()).hexdigest()
        return self._folder / told[:2] / told[2:]

    def _own_key(self) -> bytes:
        """Return the key of the folder; of several checks that make one at the same time, one wins."""
        path = self._folder / _KEY
        if _is_another_thing(path):
            raise Untrusted(f"{path} is no key: remove {self._folder}")
        with suppress(OSError):
            if len(found := files.content(path, links=False)) == _DIGEST:
                return found
        with suppress(FileExistsError):
            write(path, os.urandom(_DIGEST), new=True, private=True)
        found = files.content(path, links=False)
        if len(found) != _DIGEST:
            raise Untrusted(f"{path} is no key: remove {self._folder}")
        return found

    def _prune(self, every: int = 0) -> None:
        """Remove what nobody asked for in a month, and the oldest where there is too much; not twice in `every` seconds."""
        told = self._folder / _PRUNED
        with suppress(OSError):
            if time.time() - told.stat().st_mtime < every:
                return
        with suppress(OSError):
            told.touch()
        left, now = self._most, time.time()
        for path, asked, size in sorted(self._entries(), key=lambda entry: entry[1], reverse=True):
            left -= size
            if left < 0 or now - asked > _KEPT:
                with suppress(OSError):
                    path.unlink()
        for path in (*self._folder.glob(f"{PART}*"), *self._folder.glob(f"*/{PART}*")):  # of a check that was killed
            with suppress(OSError):
                if now - path.stat().st_mtime > _HOUR:
                    path.unlink()

    def _entries(self) -> Iterator[tuple[Path, float, int]]:
        """Yield each entry with when it was last asked for, and its size."""
        for path in self._folder.glob("*/*"):
            with suppress(OSError):  # another check may have removed it
                found = path.stat()
                yield path, found.st_mtime, found.st_size


def _is_another_thing(path: Path) -> bool:
    """Return whether there is something that is no plain file, a link to one among them."""
    try:
        return not stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
