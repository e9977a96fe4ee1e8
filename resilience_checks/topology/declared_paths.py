"""Files of one's own that a resilience.yaml names: catalogue files, and folders of policies."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.model.location import Location

_WHY = "what it was meant to say would be missing"


@dataclass(frozen=True, slots=True)
class OwnPath:
    """A path as it is written, relative to the file that names it, and where; `key` is what it is named for."""

    key: str
    text: str
    location: Location

    def place(self, file: Path, root: Path) -> Path:
        """Return where it is: below the root, so that whoever reviews the repository sees it; raise UsageError if not."""
        directory = file.resolve().parent
        found = (directory / self.text).resolve()
        if not found.is_relative_to(root.resolve()):
            raise UsageError(
                f"{self.key}: {self.text} is outside of the repository",
                location=self.location,
                why="nobody who reviews a change would see what is changed there",
                remedy="move it into the repository, or give it on the command line",
            )
        if not found.exists() or (self.key == "policy_packs" and not found.is_dir()):
            kind = "folder" if self.key == "policy_packs" else "file or folder"
            near = get_close_matches(Path(self.text).name, list(_names(found.parent, kind)), n=1)
            raise UsageError(
                f"{self.key}: there is no {kind} {self.text}",
                location=self.location,
                why=_WHY,
                remedy=f"did you mean {near[0]}?" if near else f"paths are relative to {self.location.path}",
            )
        return Path(_shown(found))


def places(paths: Sequence[OwnPath], file: Path, root: Path) -> tuple[Path, ...]:
    """Return where each is; raise UsageError at the line of the first that is not there, or outside of the root."""
    return tuple(path.place(file, root) for path in paths)


def _names(folder: Path, kind: str) -> Iterator[str]:
    if folder.is_dir():
        yield from sorted(entry.name for entry in folder.iterdir() if entry.is_dir() or kind != "folder")


def _shown(path: Path) -> str:
    """Return the path as a user would write it here: what is read is told by it, and no machine's folders with it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
