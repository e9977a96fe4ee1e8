"""Which projects of a repository a change cannot affect: told from files and names alone, and affected where in doubt.

A project is affected where a file of its directory changed, or one that no project owns and that a program may read.
Whatever mentions an affected project by name or folder, is mentioned by it, or shares its resilience.yaml is affected
too, where the name stands so that it can mean that (said.py). What is read by a name that stands in no file as a whole
is not seen.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from resilience_checks.sources.project import PROJECT_FILES
from resilience_checks.sources.said import Said, key, said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from resilience_checks.sources.worktrees import Commit, Repository

DECLARATIONS = "resilience.yaml"
_NO_INPUT = frozenset({".md", ".rst", ".adoc"})
_NO_INPUTS = re.compile(
    r"(licen[cs]e|notice|copying|codeowners|authors)(\.\w+)?|jenkinsfile|azure-pipelines\.ya?ml|\.gitlab-ci\.ya?ml|"
    r"bitbucket-pipelines\.ya?ml|\.(gitignore|gitattributes|editorconfig|mailmap|pre-commit-(config|hooks)\.yaml)"
)
_NO_INPUT_FOLDERS = frozenset({".github", ".gitlab", ".circleci", ".buildkite", ".vscode", ".idea"})
_READ = frozenset(
    {".py", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".go", ".cs", ".java", ".json", ".yaml", ".yml", ".toml"}
    | {".ini", ".env", ".properties", ".txt", ".csv", ""}
)
"""What of the files that no project owns can lead from one project to another."""
_DATA = frozenset({".json", ".yaml", ".yml", ".toml", ".ini", ".env", ".properties", ".txt", ".csv", ""})
_PACKAGES = frozenset({".go", ".cs", ".java"})
"""Of languages in which a folder, or what it is called, is imported as a whole."""
_WHOLE = frozenset({"__init__", "index", "mod"})
_TOOLS = re.compile(
    r"package(-lock)?\.json|pnpm-.*|yarn\.lock|tsconfig.*\.json|pyproject\.toml|uv\.lock|poetry\.lock|tox\.ini|setup\.cfg|"
    r"mkdocs\.yml|makefile|dockerfile|justfile|resilience(-\w+)?\.(yaml|json)"
)
"""Files of tools, which list projects and lead no program to another."""
_MOST = 5_000
"""Files that no project owns are read up to this number; where there are more, everything is affected."""
_HEAD = 8192
_REFERENCE = re.compile(rb"stack[-_ ]?reference", re.IGNORECASE)
_SETTING = re.compile(rb"^(name|main|stackConfigDir|config):[ \t]*[\"']?([^\s\"'#{]+)", re.MULTILINE)


@dataclass
class _Project:
    """A project of either version: its names, the folders that it reads from, and the files that are its own."""

    directory: str
    names: set[str] = field(default_factory=set)
    roots: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def owns(self, path: str) -> bool:
        return any(_below(path, root) for root in self.roots)

    def own(self) -> frozenset[str]:
        """Return its files, as programs name them, and their folders."""
        places = [PurePosixPath(path) for path in self.files]
        folders = {str(folder) for place in places for folder in place.parents} - {"."}
        return frozenset({*self.files, *(str(place.with_suffix("")) for place in places), *folders})


@dataclass
class _Named:
    """Projects or files by the keys of the names that must be said, all of them, to mean them."""

    by_key: dict[str, list[tuple[str, frozenset[str]]]] = field(default_factory=lambda: defaultdict(list))
    always: list[str] = field(default_factory=list)

    def add(self, thing: str, names: Iterable[str]) -> None:
        """Add a project or a file; one whose names have neither letters nor digits is always meant."""
        keys = frozenset(map(key, names)) - {""}
        if keys:
            self.by_key[max(keys, key=len)].append((thing, keys))
        else:
            self.always.append(thing)

    def meant(self, told: frozenset[str]) -> Iterator[str]:
        """Yield what is meant where these names are said."""
        yield from self.always
        for one in told & self.by_key.keys():
            yield from (thing for thing, keys in self.by_key[one] if keys <= told)


@dataclass(frozen=True)
class Change:
    """What lies between a commit and the working tree, and how settings are found (`config`: one file for all).

    `inputs` are files and folders that the caller names himself, by their path from the top of the repository: where
    one of them changed, everything is affected. `ignored` are such files that no program reads.
    """

    repository: Repository
    fork: Commit
    inputs: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    one_file: bool = False

    def unaffected(self) -> frozenset[str]:
        """Return the directories of the projects that the change cannot affect, by their path from the top ("." for it)."""
        changed = [path for path in self._changed if path not in self.ignored]
        if any(self._concerns_all(path) for path in changed) or len(self._outside) > _MOST:
            return frozenset()
        seeds = {one.directory for one in self._projects for path in changed if one.owns(path)}
        everything = frozenset(one.directory for one in self._projects)
        if not seeds or seeds == everything:
            return everything - seeds
        return everything - _connected(seeds | self._unsure, self._links())

    @cached_property
    def _changed(self) -> tuple[str, ...]:
        return tuple(self.repository.changed(self.fork))

    @cached_property
    def _before(self) -> Mapping[str, bytes]:
        """What the changed files held at the commit."""
        found = zip(self._changed, self.repository.contents(self.fork, self._changed), strict=True)
        return {path: content for path, content in found if content is not None}

    @cached_property
    def _files(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.repository.files(), *self._changed)))

    @cached_property
    def _projects(self) -> tuple[_Project, ...]:
        """The projects of either version; each file is one of the innermost project around it."""
        found: dict[str, _Project] = {}
        for path in self._files:
            if PurePosixPath(path).name in PROJECT_FILES:
                directory = PurePosixPath(path).parent.as_posix()
                one = found.setdefault(directory, _Project(directory, roots={directory}))
                for content in self._versions(path):
                    _describe(one, content)
        roots: dict[str, list[_Project]] = defaultdict(list)
        for one in found.values():
            for root in one.roots:
                roots[root].append(one)
        for path in self._files:
            place = PurePosixPath(path)
            around = next((str(folder) for folder in (place, *place.parents) if str(folder) in roots), None)
            for one in roots.get(around or "", ()):
                one.files.add(path)
        return tuple(found.values())

    @cached_property
    def _outside(self) -> tuple[str, ...]:
        """The files that no project owns and that may lead from one project to another."""
        owned = {path for one in self._projects for path in one.files}
        rest = (path for path in self._files if path not in owned and not _no_input(path))
        return tuple(path for path in rest if _leads(PurePosixPath(path)))

    def _versions(self, path: str) -> Iterator[bytes]:
        """Yield what a file of text holds and what it held; of a symbolic link, where it leads."""
        file = self.repository.root / path
        found = [self._before[path]] if path in self._before else []
        with suppress(OSError):
            if file.is_symlink():
                found.append(os.fsencode(file.readlink()))
            elif file.is_file():
                found.append(file.read_bytes())
        yield from (content for content in found if b"\0" not in content[:_HEAD])

    def _concerns_all(self, path: str) -> bool:
        """Return whether a changed file may be read by any program, or says how all of them are judged.

        A project that is gone is no stack any more, and what is lost with it shows only where all are looked at.
        """
        if PurePosixPath(path).name in PROJECT_FILES and not (self.repository.root / path).is_file():
            return True
        if any(_below(path, given) or _below(given, path) for given in self.inputs):
            return True
        if path.endswith(".rego") or any(b"resilience-catalogue/" in content for content in self._versions(path)):
            return True
        return not _no_input(path) and not any(one.owns(path) for one in self._projects)

    @cached_property
    def _by_name(self) -> _Named:
        """The projects by their names, and by the end of their path that no other has."""
        found = _Named()
        paths = [one.directory.split("/") for one in self._projects]
        for one, path in zip(self._projects, paths, strict=True):
            for told in one.names:
                found.add(one.directory, [told])
            if one.directory != ".":
                found.add(one.directory, _tail(path, paths))
        return found

    def _said(self, path: str, home: str = ".", own: Collection[str] = ()) -> Said:
        """Return what either version of a file says."""
        return Said.of(
            said(path, content.decode("utf-8", errors="replace"), home, own) for content in self._versions(path)
        )

    @cached_property
    def _mentions(self) -> Mapping[str, frozenset[str]]:
        """The other projects that each project leads to, directly or by way of files that no project owns."""
        between = _Between(self._outside, self._said)
        found = {}
        for one in self._projects:
            own = one.own()
            declared = {path for path in one.files if PurePosixPath(path).name == DECLARATIONS}
            read = (path for path in one.files - declared if PurePosixPath(path).suffix not in _NO_INPUT)
            program = Said.of(self._said(path, one.directory, own) for path in read)
            reached = between.reached(program)
            is_open = program.open or any(each.open for each in reached)
            texts = [program, *reached, *(self._said(path, one.directory, own) for path in declared)]
            named = {other for each in texts for other in self._by_name.meant(each.counted(open=is_open))}
            found[one.directory] = frozenset(named - {one.directory})
        return found

    @property
    def _unsure(self) -> set[str]:
        """The projects that read another stack whose name stands nowhere: it may be any."""
        return {
            one.directory
            for one in self._projects
            if not self._mentions[one.directory]
            and any(_REFERENCE.search(content) for path in one.files for content in self._versions(path))
        }

    def _links(self) -> Iterator[tuple[str, str]]:
        """Yield pairs of projects of which one is affected with the other."""
        for directory, others in self._mentions.items():
            yield from ((directory, other) for other in others)
        shared = [one.directory for one in self._projects if self.one_file or self._takes_the_root_file(one)]
        yield from ((shared[0], other) for other in shared[1:])

    def _takes_the_root_file(self, one: _Project) -> bool:
        """Return whether the project has the resilience.yaml of the root, in either version."""
        if DECLARATIONS not in self._files:
            return False
        own = DECLARATIONS if one.directory == "." else f"{one.directory}/{DECLARATIONS}"
        there = (self.repository.root / own).is_file()
        return own == DECLARATIONS or not there or (own in self._changed and own not in self._before)


def _describe(one: _Project, content: bytes) -> None:
    """Take up what a Pulumi.yaml says: the name, and where the program and the stacks' files stand."""
    for setting, value in _SETTING.findall(content):
        text = value.decode(errors="replace")
        if setting == b"name":
            one.names.add(text)
        else:
            place = os.path.normpath(f"{one.directory}/{text}")
            one.roots |= set() if place.startswith("..") else {place}


def _below(path: str, folder: str) -> bool:
    return folder in {".", path} or path.startswith(f"{folder}/")


def _no_input(path: str) -> bool:
    """Return whether a file that no project owns is surely read by no program.

    >>> [_no_input(path) for path in ("docs/a.md", ".github/b.yml", "LICENSE", "lib/c.py", "d.json")]
    [True, True, True, False, False]
    """
    place = PurePosixPath(path)
    return (
        place.suffix in _NO_INPUT
        or place.parts[0] in _NO_INPUT_FOLDERS
        or _NO_INPUTS.fullmatch(place.name.lower()) is not None
    )


def _leads(path: PurePosixPath) -> bool:
    return path.suffix.lower() in _READ and _TOOLS.fullmatch(path.name.lower()) is None


class _Between:
    """The files that no project owns, and which of them lead to which.

    A file means another where it says its name and that of its folder. One beside it, and one at the top, needs its name
    alone; what stands for a folder (`__init__`, `index`, a file of a package), and data, which a program may look for in
    a folder, that of the folder alone.
    """

    def __init__(self, paths: Sequence[str], read: Callable[[str], Said]) -> None:
        """Sort the files by what they are called; each is read when something leads to it."""
        self._read = cache(read)
        self._far, self._near = _Named(), defaultdict[str, list[str]](list)
        for path in paths:
            place = PurePosixPath(path)
            self._near[str(place.parent)].append(path)
            names = {place.parent.name} if _is_folders(place) else {place.stem, place.parent.name}
            self._far.add(path, names - {""} or {place.stem})
        self._steps = cache(self._steps_of)

    def reached(self, program: Said) -> list[Said]:
        """Return what those of these files say that a program leads to."""
        reached: set[str] = set()
        pending = list(self._far.meant(program.counted(open=program.open)))
        while pending:
            path = pending.pop()
            if path not in reached:
                reached.add(path)
                pending += self._steps(path)
        return [self._read(path) for path in reached]

    def _steps_of(self, path: str) -> frozenset[str]:
        told = self._read(path)
        names, folder = told.counted(open=told.open), str(PurePosixPath(path).parent)
        beside = (
            other
            for other in self._near[folder]
            if _is_folders(place := PurePosixPath(other)) or key(place.stem) in names
        )
        return frozenset((*self._far.meant(names), *beside))


def _is_folders(place: PurePosixPath) -> bool:
    """Return whether a file is meant by who means its folder."""
    return place.stem in _WHOLE or place.suffix in _DATA or place.suffix in _PACKAGES


def _tail(path: Sequence[str], paths: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the shortest end of a path that is the end of no other."""
    for length in range(1, len(path)):
        if sum(list(other[-length:]) == list(path[-length:]) for other in paths) == 1:
            return tuple(path[-length:])
    return tuple(path)


def _connected(seeds: Iterable[str], links: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the seeds and all that is linked to them, in either direction."""
    near: dict[str, set[str]] = defaultdict(set)
    for one, other in links:
        near[one].add(other)
        near[other].add(one)
    found: set[str] = set()
    pending = list(seeds)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += near[name]
    return frozenset(found)


def top(repository: Repository, place: Path) -> str | None:
    """Return a path from the top of the repository, None for one outside of it."""
    found = os.path.relpath(os.path.abspath(place), repository.root)  # noqa: PTH100 a link is looked at where it stands
    return None if found.startswith("..") else PurePosixPath(found).as_posix()
