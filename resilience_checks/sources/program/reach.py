"""Which files the check reads on behalf of a program, such as assets: none that the program itself may not read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.sources.program import readable

if TYPE_CHECKING:
    from collections.abc import Iterable

ALLOWED = "--readable lets programs read more"
_OUTSIDE = "is outside of the repository"
_HIDDEN = "may hold credentials"


@dataclass
class Reach:
    """Folders and files, such as a repository and what the user lets programs read besides, without what is hidden there."""

    tops: tuple[Path, ...]
    more: tuple[Path, ...] = ()
    refused: dict[str, None] = field(default_factory=dict)
    """What was asked for and is out of reach, and why."""

    @classmethod
    def of(cls, root: Path, project: Path, program: Path, more: tuple[Path, ...]) -> Reach:
        """Return that of a program in this folder, of a project in that one, whatever its language."""
        tops = readable.repositories(root.resolve(), project.resolve())
        return cls((*tops, *readable.folder(program, tops)), more)

    def lacks(self, path: Path) -> str:
        """Return why a path, links followed, is out of reach, "" where it is not; it need not be there."""
        try:
            found = Path(os.path.realpath(path))
        except (OSError, ValueError):
            return _OUTSIDE
        nearest = next((one for one in (found, *found.parents) if one in self._known), None)
        if nearest is None:
            return _OUTSIDE
        return "" if nearest in self._shown else _HIDDEN

    def lacks_of(self, folder: Path) -> str:
        """Return the same of what is in a folder: something that is hidden, or a link that leads out."""
        found = Path(os.path.realpath(folder))
        if any(one.is_relative_to(found) and one.exists() for one in self._known - self._shown):
            return f"holds what {_HIDDEN}"
        inner = (self.lacks(inner) for inner in found.rglob("*") if inner.is_symlink())
        return next((f"has a link to what {why}" for why in inner if why), "")

    def held(self, paths: Iterable[str], directory: Path) -> list[str]:
        """Return those of the paths from a directory that are within reach."""
        return [path for path in paths if not self.lacks(directory / path)]

    def notes(self, root: Path) -> tuple[str, ...]:
        """Return the report's notes on what may be read besides, by paths from the root, and on what is not read."""
        names = dict.fromkeys(os.path.relpath(os.path.realpath(path), os.path.realpath(root)) for path in self.more)
        more = f"as --readable says, the program may read {' and '.join(names)}"
        refused = (f"{said}, so it is not read and has no hash; {ALLOWED}" for said in sorted(self.refused))
        return (*((more,) if self.more else ()), *refused)

    @cached_property
    def _shown(self) -> frozenset[Path]:
        return frozenset(Path(os.path.realpath(path)) for path in (*self.tops, *self.more))

    @cached_property
    def _known(self) -> frozenset[Path]:
        """All that is shown, and what of that is hidden."""
        return self._shown | frozenset(readable.hidden(self._shown))
