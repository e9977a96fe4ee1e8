"""Where the project of a preview or state stands in the repository."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
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


class Homes:
    """The homes of projects under some paths, which are looked through once."""

    def __init__(self, paths: Sequence[Path], root: Path) -> None:
        """Look at nothing yet."""
        self._paths, self._root = paths, root

    def of(self, project: str) -> Home:
        """Return the home of the project of this name: the first found under the paths, else the current directory."""
        if project in self._known:
            return self._known[project]
        here = Path.cwd()
        note = f"no Pulumi.yaml of project {project} was found: positions are taken to be relative to the current directory"
        return Home(here, Location(relative(here / "Pulumi.yaml", self._root), 1), (note,))

    @cached_property
    def _known(self) -> dict[str, Home]:
        found: dict[str, Home] = {}
        for project in projects(self._paths, self._root):
            found.setdefault(project.name, Home(project.directory, project.location))
        return found
