"""What a program is made of, as one number and file by file."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

NOT_PROGRAM = frozenset(
    {".git", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)
_COMPILED = "__pycache__"
_UNREADABLE = b"not readable"
_BEGINNING = 1 << 20
_LARGEST = 1 << 30


def digest(directory: Path, apart: Collection[Path] = ()) -> str:
    """Return the SHA-256 of the program's files: sorted relative paths and bytes, environments left out.

    So are the files of `apart`, resolved paths. What cannot be read, or goes away meanwhile, counts by its path alone.
    """
    return of(files(directory, apart))


def files(directory: Path, apart: Collection[Path] = ()) -> dict[str, str]:
    """Return the SHA-256 of each of these files by its relative path, "" of one that cannot be read."""
    return {path: "" if content == _UNREADABLE else content.hex() for path, content in _contents(directory, apart)}


def of(found: Mapping[str, str]) -> str:
    """Return the digest of files of which `files` told the hashes."""
    total = hashlib.sha256()
    for path, content in found.items():
        total.update(os.fsencode(path) + b"\0")
        total.update(bytes.fromhex(content) or _UNREADABLE)
    return total.hexdigest()


def contents(directory: Path) -> Iterator[bytes]:
    """Yield what each of these files begins with, as far as it can be read."""
    for path in parts(directory):
        with suppress(OSError), path.open("rb") as file:
            yield file.read(_BEGINNING)


def is_part(path: Path, project: Path) -> bool:
    """Return whether a path is of what `digest` covers; both are resolved."""
    if not path.is_relative_to(project):
        return False
    return NOT_PROGRAM.isdisjoint(path.relative_to(project).parts)


def _contents(directory: Path, apart: Collection[Path]) -> Iterator[tuple[str, bytes]]:
    for path in parts(directory, apart):
        try:
            found = content(path)
        except OSError:
            found = _UNREADABLE
        yield path.relative_to(directory).as_posix(), found


def content(path: Path) -> bytes:
    """Return the SHA-256 of a file; of one beyond any program's, such as a disk's image, that of its size and beginning."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= _LARGEST:
            return hashlib.file_digest(file, "sha256").digest()
        return hashlib.sha256(f"{size}\0".encode() + file.read(_BEGINNING)).digest()


def parts(directory: Path, apart: Collection[Path] = ()) -> Iterator[Path]:
    """Yield the program's files in the order of their folders and names, environments and those of `apart` left out.

    Code that Python has compiled is of it where it stands for no source, or where Python would not look at that.
    """
    for parent, folders, names in os.walk(directory):
        compiled = Path(parent) / _COMPILED if _COMPILED in folders else None
        folders[:] = sorted(name for name in folders if name not in NOT_PROGRAM)
        for name in sorted(names):
            path = Path(parent) / name
            if path.is_file() and not (apart and path.resolve() in apart):
                yield path
        if compiled is not None:
            yield from filter(_is_unchecked, sorted(compiled.glob("*.pyc")))


def _is_unchecked(path: Path) -> bool:
    """Return whether Python runs it without a look at its source: of its flags, by a hash, and unchecked (PEP 552)."""
    if not path.is_file():  # opened, a pipe would keep us waiting
        return False
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError:
        return False
    return len(head) == 8 and int.from_bytes(head[4:], "little") & 0b11 == 0b01  # noqa: PLR2004 the head's length
