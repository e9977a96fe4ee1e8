"""The one place where files are written: each appears whole under its name, or not at all, and what stood there stays."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PART = ".resilience-checks-"
"""How the name of a file begins that is being written."""
_SYSTEM = ("/dev/", "/proc/")


def write(path: Path, content: bytes, *, new: bool = False, private: bool = False) -> None:
    """Write a file beside its place, and rename it; raise OSError, after which all is as it was.

    `new`: raise FileExistsError where there is a file of the name, also one that appeared meanwhile. `private`: only its
    owner may read it, and it need not outlast a power cut. What is no regular file, such as a pipe, is written into.
    """
    if _is_written_into(path):
        with path.open("wb", buffering=0) as file:
            _all_of(content, file.fileno())
        return
    write_all({path: content}, new=new, private=private)


def write_all(contents: Mapping[Path, bytes], *, new: bool = False, private: bool = False) -> None:
    """Write several files, none of which appears before all of them are on the disk."""
    parts: dict[Path, Path] = {}
    appeared: list[Path] = []
    try:
        for path, content in contents.items():
            place = Path(os.path.realpath(path))  # a link stays what it is: the file that it names is replaced
            if place.is_dir() or (place.exists() and not os.access(place, os.W_OK)):
                number = errno.EISDIR if place.is_dir() else errno.EACCES
                raise OSError(number, os.strerror(number), str(place))
            part = parts[place] = place.with_name(f"{PART}{secrets.token_hex(8)}")
            _write_part(part, content, place, private=private)
        for place, part in parts.items():
            if new:
                _appear(part, place)
                appeared.append(place)
            else:
                part.replace(place)
    except BaseException:
        for place in appeared:
            place.unlink(missing_ok=True)
        raise
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait for others that change the file in such a block: what each has read of it is then what it replaces."""
    folder = os.open(Path(os.path.realpath(path)).parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks: as good as it gets
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _is_written_into(path: Path) -> bool:
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False
    return not regular or str(path.absolute()).startswith(_SYSTEM)


def _write_part(part: Path, content: bytes, place: Path, *, private: bool) -> None:
    number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600 if private else 0o666)
    try:
        with suppress(OSError):  # what it replaces had an owner and a mode
            before = place.stat()
            os.fchmod(number, stat.S_IMODE(before.st_mode))
            os.fchown(number, before.st_uid, before.st_gid)
        _all_of(content, number)
        if not private:
            os.fsync(number)
    finally:
        os.close(number)


def _all_of(content: bytes, number: int) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(number, left) :]


def _appear(part: Path, place: Path) -> None:
    """Give the file its name unless there is one; a file system without hard links leaves a moment between."""
    try:
        os.link(part, place)
    except FileExistsError:
        raise
    except OSError:
        if place.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from None
        part.replace(place)
