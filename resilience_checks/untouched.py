"""Whether what a check stands on is still what it was when the programs began to run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.model.errors import InputError
from resilience_checks.model.location import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Untouched:
    """Files and folders of settings, policies and catalogue entries, as they were at one moment."""

    def __init__(self, places: Iterable[Path], root: Path) -> None:
        """Look at them; what is not there is to stay away."""
        self._root = root
        self._places = tuple(dict.fromkeys(places))
        self._before = self._looked_at()

    def changes(self) -> list[InputError]:
        """Return an error for each file that was changed, made or taken away since."""
        from resilience_checks.sources.project import relative

        after = self._looked_at()
        paths = sorted(path for path in {*self._before, *after} if self._before.get(path) != after.get(path))
        return [
            InputError(
                f"{relative(path, self._root)} was changed while the check ran",
                location=Location(relative(path, self._root), 1),
                why="programs run meanwhile, and what they may have changed decides nothing",
                remedy="check again; where no editor or other job wrote it, look for what of a program does",
            )
            for path in paths
        ]

    def _looked_at(self) -> dict[Path, tuple[int, ...]]:
        return {file: found for place in self._places for file in _files(place) if (found := _state(file))}


def _files(place: Path) -> Iterator[Path]:
    yield place
    for parent, _, names in os.walk(place):
        yield from (Path(parent) / name for name in names)


def _state(path: Path) -> tuple[int, ...]:
    """Return what every write changes, and no program can set: the times are those of the system."""
    try:
        found = path.stat()
    except OSError:
        return ()
    whole = () if path.is_dir() else (found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return (found.st_dev, found.st_ino, *whole)
