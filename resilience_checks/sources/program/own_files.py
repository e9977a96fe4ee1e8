"""The files of a program as they were before it ran, and which of them it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.sources.program import digest

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


class OwnFiles:
    """What a program is made of at one moment: a later change of it is not what ran."""

    def __init__(self, directory: Path, apart: Collection[Path] = ()) -> None:
        """Read them; the files of `apart` are none."""
        self._directory = directory
        self._stats = {path: _stat(path) for path in digest.parts(directory, apart)}
        self._contents = digest.files(directory, apart)

    @property
    def digest(self) -> str:
        """What `digest.digest` said of them."""
        return digest.of(self._contents)

    def changed(self) -> list[str]:
        """Return the relative paths of those that are gone, or hold something else."""
        touched = (path for path, before in self._stats.items() if _stat(path) != before)
        names = ((path, path.relative_to(self._directory).as_posix()) for path in touched)
        return [name for path, name in names if self._contents.get(name) != _content(path)]


def _stat(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _content(path: Path) -> str | None:
    """Return the SHA-256 of what it holds now, "" where that cannot be read, None where it is no file any more."""
    if not path.is_file():
        return None
    try:
        return digest.content(path).hex()
    except OSError:
        return ""
