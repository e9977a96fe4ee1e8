"""Where the project stands that the engine runs: the protocol does not say it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.model.errors import InputError
from resilience_checks.sources.project import PROJECT_FILES, Project, read_project

if TYPE_CHECKING:
    from collections.abc import Iterable


def surroundings() -> tuple[Path, ...]:
    """Return where the Pulumi command may have been started: the directory of its process, and the shell's."""
    found = [Path(f"/proc/{os.getppid()}/cwd")]
    if shell := os.environ.get("PWD"):
        found.append(Path(shell))
    return tuple(found)


def here() -> Path:
    """Return what a project directory of the configuration is relative to: where the Pulumi command was started."""
    return next((place for place in surroundings() if place.is_dir()), Path.cwd())


def find(project: str, starts: Iterable[Path], given: Path | None = None) -> Project:
    """Return the project of this name: in the directory that was given, else around one of `starts`.

    As the Pulumi command does, the nearest Pulumi.yaml upwards counts. Raises InputError where there is none of
    this name, since a check without the project's resilience.yaml would be another check.
    """
    for start in [given] if given is not None else starts:
        file = _nearest(start)
        if file is None:
            continue
        found = read_project(file, file.parent)
        if found.name == project:
            return found
    where = f"in {given}" if given is not None else "around the directory of the Pulumi command"
    raise InputError(
        f"no Pulumi.yaml of project {project} was found {where}",
        why="its resilience.yaml and its program stand there, and without them the check would be another one",
        remedy='name the directory in the file of --policy-pack-config: {"resilience-checks": {"projectDirectory": "..."}}',
    )


def _nearest(start: Path) -> Path | None:
    try:
        directory = start.resolve(strict=True)
    except OSError:
        return None
    for place in (directory, *directory.parents):
        for name in PROJECT_FILES:
            if (place / name).is_file():
                return place / name
    return None
