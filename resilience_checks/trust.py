"""What is said of settings where they are trusted: for each project its resilience.yaml there, and what that names."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.model.files import content
from resilience_checks.model.thresholds import strictest
from resilience_checks.sources.trusted import SETTINGS, TrustedCommit, trusted
from resilience_checks.topology.declared_settings import Strictness

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from resilience_checks.policy.trusting import TrustedSide
    from resilience_checks.sources.trusted import Trusted
    from resilience_checks.topology.declared import Declarations

_READ = (".rego", ".yaml")
"""What of a folder that a resilience.yaml names is read at all."""
Named = tuple[str, str]
"""What a resilience.yaml names of its own: `catalogue` or `policy_packs`, and the path from the root."""


@dataclass
class Version:
    """The settings files of one trusted place."""

    files: Trusted
    alike: dict[tuple[str, str], Declarations] = field(default_factory=dict)
    """Files of the checkout that were read already, by path and digest: most are as they are there."""
    _declared: dict[str, Declarations] = field(default_factory=dict)

    def file(self, folder: str, project: str) -> str | None:
        """Return which file holds for the project in a folder: the one beside it, else that of the root.

        A project that has moved is held by the file of where it was.
        """
        from resilience_checks.sources.project import PROJECT_FILES

        if isinstance(self.files, TrustedCommit):
            self.files.read([f"{folder}/{name}" for name in (*PROJECT_FILES, SETTINGS)] + [SETTINGS])
            folder = folder if self._stands(folder) else self.projects.get(project, folder)
        places = dict.fromkeys((os.path.normpath(f"{folder}/{SETTINGS}"), SETTINGS))
        return next((place for place in places if self.files.content(place) is not None), None)

    def knows(self, folder: str, project: str) -> bool:
        """Return whether there is a project in a folder, or one of that name in another."""
        return self._stands(folder) or project in self.projects

    def _stands(self, folder: str) -> bool:
        from resilience_checks.sources.project import PROJECT_FILES

        return any(self.files.content(f"{folder}/{name}") is not None for name in PROJECT_FILES)

    def declared(self, file: str | None) -> Declarations:
        """Return what a file declares, nothing without one; raise UsageError where it cannot be read."""
        from resilience_checks.topology.declarations import Declarations, parsed

        if file is None:
            return Declarations.empty()
        if file not in self._declared:
            content = self.files.content(file) or b""
            name = file if isinstance(self.files, TrustedCommit) else self.files.name
            try:
                same = self.alike.get((name, hashlib.sha256(content).hexdigest()))
                self._declared[file] = same or parsed(content, name, alone=False)
            except UsageError as error:
                raise UsageError(
                    f"{file} of {self.files.name} is wrong: {error.what}",
                    why="settings that are trusted cannot be read, so nothing was checked",
                    remedy="correct it there first, or name another place with --settings",
                ) from error
        return self._declared[file]

    def own(self, files: Sequence[str]) -> dict[Named, Mapping[str, bytes]]:
        """Return the content of all that the files name of their own."""
        return {
            (key, path): {name: text for name, text in self.files.folder(path).items() if _is_read(name)}
            for file in files
            for key, path in self._named(file)
        }

    def _named(self, file: str) -> Iterator[Named]:
        declared = self.declared(file)
        for one in (*declared.catalogue, *declared.policy_packs):
            yield one.key, os.path.normpath(Path(file).parent / one.text)

    @cached_property
    def projects(self) -> dict[str, str]:
        """Where each project stands, by its name."""
        return {project: Path(name).parent.as_posix() for project, name in self.project_files.items()}

    @cached_property
    def stacks(self) -> dict[str, dict[str, str]]:
        """The file of each stack that has one, by its name, for each project."""
        from resilience_checks.sources.project import stack_directory, stack_of

        assert isinstance(self.files, TrustedCommit)
        folders: dict[str, dict[str, str]] = {}
        for name in self._names:
            if stack := stack_of(name.rpartition("/")[2]):
                folders.setdefault(Path(name).parent.as_posix(), {})[stack] = name
        return {
            project: folders.get(os.path.normpath(Path(file).parent / stack_directory(self._data(file))), {})
            for project, file in self.project_files.items()
        }

    @cached_property
    def _names(self) -> list[str]:
        assert isinstance(self.files, TrustedCommit)
        return self.files.names()

    @cached_property
    def project_files(self) -> dict[str, str]:
        """The Pulumi.yaml of each project, by its name."""
        from resilience_checks.sources.project import PROJECT_FILES

        assert isinstance(self.files, TrustedCommit)
        files = [name for name in self._names if name.rpartition("/")[2] in PROJECT_FILES]
        self.files.read(files)
        named = {file: self._data(file).get("name") for file in files}
        return {str(name): file for file, name in named.items() if name is not None}

    def _data(self, file: str) -> dict[str, Any]:
        """Return what a Pulumi.yaml says, nothing of one that cannot be read."""
        from resilience_checks.model.yaml_text import load

        try:
            data = load((self.files.content(file) or b"").decode())
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}


@dataclass(frozen=True, slots=True)
class Project:
    """One project as it is checked: its folder and name, and the resilience.yaml that holds for it in the checkout."""

    directory: Path
    name: str
    file: Path | None


class Trust:
    """Where settings are trusted now (`tip`), and as they were there when the change left it (`fork`)."""

    def __init__(self, given: str, root: Path, config: Path | None = None) -> None:
        """Find the place; raise UsageError where there is none. `config` is one file for all projects, if any."""
        self.files = trusted(given, root)
        self.root, self._config = root.resolve(), config
        self.tip = Version(self.files)
        self.shown: dict[Path, str] = {}
        """What people know the folders by that trusted content was written to."""
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def name(self) -> str:
        """What people know the place by."""
        return self.files.name

    @property
    def for_all(self) -> bool:
        """Whether it is an organisation's, which speaks of projects that are not checked here as well."""
        return not isinstance(self.files, TrustedCommit)

    @cached_property
    def holds(self) -> bool:
        """Whether it says anything of settings: not of a file of --config that no change can bring."""
        if self._config is None or not isinstance(self.files, TrustedCommit):
            return True
        return self.files.repository.holds(self._config.resolve())

    @cached_property
    def fork(self) -> Version:
        """The settings when the change left the place: what was changed there since is not the change's doing."""
        if not isinstance(self.files, TrustedCommit):
            return self.tip
        repository, commit = self.files.repository, self.files.commit
        found = repository.fork_point(commit.asked, "HEAD")
        if found.id == commit.id:
            return self.tip
        return Version(TrustedCommit(repository, self.root, found, f"{commit.asked} ({found.short})"), self.tip.alike)

    def know(self, declared: Declarations) -> None:
        """Take note of a file of the checkout, which need not be read again where it is the same there."""
        if declared.path is not None:
            self.tip.alike[declared.path, declared.digest] = declared

    def strictness(self, own: Strictness | None, stack: str, project: Project) -> Strictness:
        """Return how strictly a stack is gated: not less than is trusted, whatever the checkout says of it (`own`)."""
        if not self.for_all and own in {None, Strictness.GATED}:
            return Strictness.GATED
        theirs = self.tip.declared(self._file(self.tip, project)).stacks.said(stack)
        if self.for_all and own is None:
            return theirs or Strictness.GATED
        return min(own or Strictness.GATED, theirs or Strictness.GATED, key=list(Strictness).index)

    def threshold(self, own: str, stack: str, project: Project, otherwise: str) -> str:
        """Return the mildest severity that blocks for a stack, "" where nobody says so: not milder than is trusted.

        Who says nothing means what holds `otherwise`; where an organisation speaks, silence says the same as it does.
        """
        theirs = self.tip.declared(self._file(self.tip, project)).stacks.threshold(stack)
        if not own and (self.for_all or not theirs):
            return theirs
        return strictest((own or otherwise, theirs or otherwise))

    def places(self, key: str, projects: Sequence[Project]) -> list[Path]:
        """Return where the catalogue (or policy_packs) of the trusted files stands, as it is trusted."""
        found = self.tip.own(self._files(self.tip, projects))
        return [self._place(named, content) for named, content in found.items() if named[0] == key]

    def names(self, projects: Sequence[Project]) -> set[str]:
        """Return the paths of the checkout that the trusted files name too."""
        return set() if self.for_all else {path for _, path in self.tip.own(self._files(self.tip, projects))}

    def side(
        self,
        own: Declarations,
        stacks: Sequence[tuple[str, Project]],
        known: Collection[str] = (),
    ) -> TrustedSide:
        """Return what is said of an estate's settings, where `own` is what the checkout declares for it.

        `stacks` are its stacks with the project of each, `known` are the services that are declared for any estate.
        """
        from resilience_checks.policy.loosening import own_paths
        from resilience_checks.policy.trusting import TrustedSide
        from resilience_checks.topology.declaration_strictness import objectives
        from resilience_checks.topology.declaration_trust import says_nothing

        projects = list(dict.fromkeys(project for _, project in stacks))
        tip, fork = (self._files(version, projects) for version in (self.tip, self.fork))
        tip_declared = self._united(self.tip, stacks)
        here = {named: digest(on_disk(self.root / named[1])) for named in own_paths(own)}
        there = [
            {named: digest(content) for named, content in version.own(files).items()} if not self.for_all else {}
            for version, files in ((self.tip, tip), (self.fork, fork))
        ]
        held = [one for one in projects if self._is_held(one)] if not self.for_all else []
        kept = [file for file in self._files(self.tip, held) if file in fork]
        gone = [file for file in kept if not (self.root / file).is_file()]
        bare = bool(kept) and (
            any(one.file is None and self._file(self.tip, one) is not None for one in held)
            or (says_nothing(own) and not says_nothing(tip_declared))
        )
        there_too = {name for file in kept for name in objectives(self.tip.declared(file))}
        return TrustedSide(
            self.name,
            self.for_all,
            tip_declared,
            tip_declared if self.fork is self.tip else self._united(self.fork, stacks),
            own,
            (there[0], there[1], here),
            gone=tuple(gone or (kept if bare else ())),
            bare=bare,
            kept=frozenset(there_too.difference(known)),
        )

    def _is_held(self, project: Project) -> bool:
        """Return whether services that go from the trusted file are this project's: it stood there, or shares the file."""
        file = self._file(self.tip, project)
        shared = project.file is not None and file == self._inside(project.file)
        return shared or self.tip.knows(self._inside(project.directory), project.name)

    def _files(self, version: Version, projects: Sequence[Project]) -> list[str]:
        found = (self._file(version, one) for one in projects)
        return list(dict.fromkeys(file for file in found if file is not None))

    def _united(self, version: Version, stacks: Sequence[tuple[str, Project]]) -> Declarations:
        from resilience_checks.topology.declaration_union import of_stacks

        files = {project: self._file(version, project) for _, project in stacks}
        return of_stacks((name, version.declared(files[project])) for name, project in stacks)

    def _file(self, version: Version, project: Project) -> str | None:
        if self._config is not None and not self.for_all:
            inside = self._inside(self._config)
            return inside if version.files.content(inside) is not None else None
        return version.file(self._inside(project.directory), project.name)

    def _inside(self, path: Path) -> str:
        return Path(os.path.relpath(path.absolute(), self.root)).as_posix()

    def _place(self, named: Named, content: Mapping[str, bytes]) -> Path:
        """Return where trusted content stands: in the checkout where it is the same there, else in a folder of its own."""
        here = self.root / named[1]
        if content and not self.for_all and content == on_disk(here):
            return here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here
        if not content:
            raise UsageError(
                f"{named[0]}: {self.name} names {named[1]}, and there is nothing to read",
                why="what it was meant to say would be missing",
                remedy="correct it there first, or name another place with --settings",
            )
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="resilience-checks-")
        top = Path(self._folder.name) / digest({"": repr(named).encode()})
        for name, text in content.items():
            file = top / (name or Path(named[1]).name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text)
        found = top / Path(named[1]).name if "" in content else top
        self.shown[found] = f"{self.name}:{named[1]}"
        return found

    def close(self) -> None:
        """Remove what was written."""
        if self._folder is not None:
            self._folder.cleanup()


def _held(file: Path) -> bytes:
    """Return what a file holds, and of one that cannot be read why: that is nothing that stands where settings are trusted."""
    try:
        return content(file)
    except OSError as error:
        return f"{error}".encode()


def on_disk(place: Path) -> dict[str, bytes]:
    """Return what is read of a file or folder of the checkout, by the path from it ("" for a file itself)."""
    if place.is_file():
        return {"": _held(place)}
    files = {file.relative_to(place).as_posix(): file for file in sorted(place.rglob("*")) if file.is_file()}
    return {name: _held(file) for name, file in files.items() if _is_read(name)}


def digest(content: Mapping[str, bytes]) -> str:
    """Return what tells whether contents are the same."""
    return hashlib.sha256(repr(sorted(content.items())).encode()).hexdigest()[:10]


def _is_read(name: str) -> bool:
    return not name or name.endswith(_READ)
