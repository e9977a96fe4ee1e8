"""Where the project of a preview or state stands in the repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.model.location import Location
from resilience_checks.sources.discovery import projects
from resilience_checks.sources.project import relative

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Home:
    """The directory that positions in a file are relative to, and where findings about the stack itself point."""

    directory: Path
    project_file: Location
    notes: tuple[str, ...] = ()


def find(project: str, paths: Sequence[Path], root: Path) -> Home:
    """Return the home of the project of this name: the first found under `paths`, else the current directory."""
    for found in projects(paths, root):
        if found.name == project:
            return Home(found.directory, found.location)
    here = Path.cwd()
    note = f"no Pulumi.yaml of project {project} was found: positions are taken to be relative to the current directory"
    return Home(here, Location(relative(here / "Pulumi.yaml", root), 1), (note,))
