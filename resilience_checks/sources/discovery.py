"""Finds the Pulumi projects under some paths, and their stacks."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from resilience_checks.model.errors import InputError, NothingToCheckError, UsageError
from resilience_checks.sources.project import PROJECT_FILES, UNREAD_FILE, Project, read_project, stack_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SKIPPED = frozenset(
    {".git", ".hg", ".tox", ".venv", "venv", "node_modules", "__pycache__", "site-packages", "dist", "build"}
)
_DEFAULT_STACK = "dev"


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack of a project that can be evaluated."""

    project: Project
    stack: str

    @property
    def name(self) -> str:
        """`project/stack`."""
        return f"{self.project.name}/{self.stack}"


@dataclass(frozen=True, slots=True)
class Discovery:
    """The stacks to check, what was found and not selected, and the projects that could not be read."""

    stacks: tuple[Stack, ...]
    others: tuple[Stack, ...] = ()
    failures: tuple[InputError, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names of the stacks that were found and not selected."""
        return tuple(stack.name for stack in self.others)


def discover(paths: Sequence[Path], root: Path, stacks: Sequence[str] = ()) -> Discovery:
    """Return every stack of every project under `paths` whose name matches one of `stacks` (globs; none: all).

    Raises NothingToCheckError when there is no project at all, UsageError when no stack has such a name.
    """
    taken: list[Stack] = []
    others: list[Stack] = []
    failures: list[InputError] = []
    files = [file for path in paths for file in _project_files(path)]
    if not files:
        listed = ", ".join(str(path) for path in paths)
        raise NothingToCheckError(
            f"no Pulumi.yaml under {listed}",
            why="nothing was checked",
            remedy="name the directory of a Pulumi project",
        )
    for file in dict.fromkeys(Path(os.path.realpath(file)) for file in files):
        try:
            found = _stacks(read_project(file, root))
        except InputError as error:
            failures.append(error)
            continue
        for stack in found:
            if wanted(stack, stacks):
                taken.append(stack)
            else:
                others.append(stack)
    if not taken and not failures:
        raise UsageError(
            f"no stack matches {', '.join(stacks)}",
            why="nothing was checked",
            remedy=f"the stacks found are {', '.join(stack.name for stack in others)}",
        )
    return Discovery(tuple(taken), tuple(others), tuple(failures))


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def stack(self) -> str: ...


def wanted(stack: _Named, globs: Sequence[str]) -> bool:
    """Return whether the stack's name, or its project/stack, matches one of the globs; none of them: all."""
    return not globs or any(fnmatchcase(stack.stack, glob) or fnmatchcase(stack.name, glob) for glob in globs)


def projects(paths: Sequence[Path], root: Path) -> Iterator[Project]:
    """Yield every project under `paths` whose Pulumi.yaml can be read."""
    for path in paths:
        for file in _project_files(path):
            with suppress(InputError):
                yield read_project(Path(os.path.realpath(file)), root)


def _stacks(project: Project) -> tuple[Stack, ...]:
    return tuple(Stack(project, name) for name in stack_names(project) or (_DEFAULT_STACK,))


def _project_files(path: Path) -> Iterator[Path]:
    if path.is_file() and path.name in {*PROJECT_FILES, UNREAD_FILE}:
        yield path
        return
    if not path.exists():
        raise UsageError(f"{path} does not exist", why="nothing was checked", remedy="correct the path")
    for directory, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        here = [name for name in (UNREAD_FILE, *PROJECT_FILES) if name in names]
        if here:
            yield Path(directory) / here[0]
