"""Where settings are trusted: the files of a commit, or those of an organisation, which a change cannot alter."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from resilience_checks.model import files
from resilience_checks.model.errors import UsageError
from resilience_checks.sources.worktrees import Commit, Repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SETTINGS = "resilience.yaml"
_WHY = "which settings are trusted is not known, so nothing was checked"


class Trusted(ABC):
    """Files that are trusted, by their path from the root of what is checked (`a/resilience.yaml`)."""

    name: str
    """What people know it by, such as `origin/main (0123456789)` or `organisation/resilience.yaml`."""

    @abstractmethod
    def content(self, path: str) -> bytes | None:
        """Return what a file holds; None where there is no such file, or it leads out of what is trusted."""

    @abstractmethod
    def folder(self, path: str) -> Mapping[str, bytes]:
        """Return what each file at or below a path holds, by its path relative to that one ("" for a file itself)."""

    def unnamed(self, *names: str) -> tuple[Path, ...]:
        """Return the files of these names whose content `name` does not tell, as the id of a commit does."""
        _ = self, names
        return ()


class TrustedCommit(Trusted):
    """The files as they stand at a commit; links are followed inside of it and nowhere else."""

    def __init__(self, repository: Repository, root: Path, commit: Commit, name: str) -> None:
        """Read files of `commit` by their path from `root`, a folder of the repository."""
        self.name, self.commit, self.repository = name, commit, repository
        self._prefix = repository.within(root).as_posix()
        self._known: dict[str, bytes | None] = {}

    def content(self, path: str) -> bytes | None:
        """Return what a file holds at the commit."""
        self.read([path])
        inside = self.inside(path)
        return None if inside is None else self._known[inside]

    def read(self, paths: Iterable[str]) -> None:
        """Read several files at once, so that each is there when it is asked for."""
        inside = [found for path in paths if (found := self.inside(path)) is not None and found not in self._known]
        if inside:
            self._known |= zip(inside, self.repository.contents(self.commit, inside), strict=True)

    def folder(self, path: str) -> Mapping[str, bytes]:
        """Return the files at or below a path at the commit."""
        inside = self.inside(path)
        if inside is None:
            return {}
        names = self.repository.names(self.commit, inside)
        found = zip(names, self.repository.contents(self.commit, names), strict=True)
        return {_below(inside, name): content for name, content in found if content is not None}

    def names(self) -> list[str]:
        """Return the path of every file at the commit."""
        found = self.repository.names(self.commit, self._prefix)
        return [_below(self._prefix, name) for name in found] if self._prefix != "." else found

    def inside(self, path: str) -> str | None:
        """Return the path from the top of the repository, None for one outside of it.

        It is read as it is written: what the checkout has made of a folder, such as a link, says nothing of the commit.
        """
        found = os.path.normpath(PurePosixPath(self._prefix, path))
        return None if found.startswith(("..", "/")) else found


class TrustedFile(Trusted):
    """An organisation's resilience.yaml, which holds for all projects, and what stands beside it.

    A file is found by its name wherever it is asked for: `a/b/resilience.yaml` is the file itself, and
    `a/b/resilience-waivers.yaml` the one beside it.
    """

    def __init__(self, file: Path, name: str) -> None:
        """Read `file` and its neighbours."""
        self.name, self.file = name, file

    def content(self, path: str) -> bytes | None:
        """Return what the file of that name holds; raise UsageError for one that is there and cannot be read."""
        name = PurePosixPath(path).name
        place = self.file if name == SETTINGS else self.file.parent / name
        try:
            return files.content(place) if place.exists() else None
        except OSError as error:
            what = f"--settings: {place} cannot be read: {error.strerror}"
            raise UsageError(what, why=_WHY, remedy=files.remedy(error, "make it a readable file")) from error

    def unnamed(self, *names: str) -> tuple[Path, ...]:
        """Return the file itself, and those beside it that there are."""
        return (self.file, *(place for name in names if (place := self.file.parent / name).is_file()))

    def folder(self, path: str) -> Mapping[str, bytes]:
        """Return the files at or below a path that is relative to the folder of the file."""
        place = self.file.parent / path
        files = sorted(file for file in place.rglob("*") if file.is_file()) if place.is_dir() else [place]
        return {_below(place.as_posix(), file.as_posix()): file.read_bytes() for file in files if file.is_file()}


def trusted(given: str, root: Path) -> Trusted:
    """Return what `given` names: a commit of the repository that holds `root`, else a file.

    A commit goes before a file of the same name, as a change can bring files and no commits; `./NAME` is a file.
    Raises UsageError where it is neither, and for a file that belongs to what is checked.
    """
    repository = _repository(root)
    commit = repository.found(given) if repository is not None else None
    if repository is not None and commit is not None:
        return TrustedCommit(repository, root, commit, f"{given} ({commit.short})")
    file = Path(given)
    if not file.is_file():
        raise _neither(given, repository)
    if repository is not None:
        for place in _on_the_way(file):
            if repository.holds(place):
                raise UsageError(
                    f"--settings: {given} is part of what is checked",
                    why="whoever changes the programs could change it in the same breath",
                    remedy="name a commit, such as origin/main, or a file that no change brings",
                )
    return TrustedFile(file, given)


def _repository(root: Path) -> Repository | None:
    try:
        return Repository(root)
    except UsageError:
        return None


def _on_the_way(file: Path) -> Iterator[Path]:
    """Yield the file as it is named, every link on the way to it, and what it is in the end."""
    place = Path()
    for part in file.parts:
        place = place / part
        if place.is_symlink():
            yield Path(os.path.normpath(place.parent.resolve() / place.name))
    yield place.parent.resolve() / place.name
    yield file.resolve()


def _neither(given: str, repository: Repository | None) -> UsageError:
    if Path(given).is_dir():
        what, remedy = "is a folder", f"name the file in it: {given.rstrip('/')}/{SETTINGS}"
    elif repository is None:
        what, remedy = "is no file, and there is no git repository here", "run inside a clone, or name a file"
    else:
        branch = given.removeprefix("origin/")
        what = "is neither a commit of this repository nor a file"
        remedy = f"fetch it first (`git fetch origin {branch}`; in a CI job the checkout may bring one commit alone), or name another"
    return UsageError(f"--settings: {given} {what}", why=_WHY, remedy=remedy)


def _below(top: str, path: str) -> str:
    return "" if path == top else PurePosixPath(path).relative_to(top).as_posix()
