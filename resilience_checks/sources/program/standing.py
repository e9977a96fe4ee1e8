"""What a run hangs on outside of the program's own folder, and whether that still stands as it did."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.model.files import LARGEST_PROGRAM, content
from resilience_checks.sources.program import digest
from resilience_checks.sources.program.digest import is_part, sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE, FOLDER, LINK, PACKAGE, STAT = "file", "folder", "link", "package", "stat"
_UNRECORDED = "what the program reads is not recorded"
PYTHON = re.compile(
    rb"^[ \t]*(?:from|import)[ \t][^#\n]*\b(?:time|datetime|calendar|random|secrets|uuid|tempfile|socket|platform|getpass"
    rb"|numpy|importlib)\b|\b(?:urandom|__import__|getpid|getlogin|uname|cpu_count|getloadavg)\b",
    re.MULTILINE,
)
"""What of a Python file may give another answer the next time: the clock, chance, and facts of the machine."""
NODE = re.compile(
    rb"\b(?:Date|Temporal|DateTimeFormat|performance|hrtime|eval|WeakRef|FinalizationRegistry|getBuiltinModule)\b"
    rb"|\bMath\s*(?:\.\s*random\b|\[)|=\s*Math\b(?!\s*\.)|\bFunction\s*\(|\bimport\s*\("
    rb"|\b(?:randomUUID|randomBytes|pseudoRandomBytes|randomInt|randomFill\w*|getRandomValues|generate(?:Key|Prime)\w*)\b"
    rb"|\bprocess\s*(?:\[|\.\s*(?:pid|ppid|uptime|memoryUsage|cpuUsage|resourceUsage|availableMemory|constrainedMemory"
    rb"|report|get\w+id)\b)"
    rb"|[\"'`](?:node:)?(?:os|child_process|cluster|dgram|dns|http|http2|https|inspector|net|perf_hooks|sqlite|timers|tls|v8|vm"
    rb"|wasi|worker_threads)(?:/\w+)?[\"'`]"
    rb"|[\"'`](?:uuid|nanoid|ulid|cuid|short-uuid|randomstring|crypto-random-string|chance|faker|moment|dayjs|luxon|date-fns"
    rb"|execa|shelljs|zx|simple-git|systeminformation|node-machine-id|ci-info)(?:/[\w/-]+)?[\"'`]"
)
"""The same of a JavaScript or TypeScript file; beside it what imports as ES modules do."""
_SCRIPT = re.compile(r"(?<!\.d)\.[cm]?[jt]sx?$")
_PACKAGES = re.compile(r"[/\\](?:site-packages|dist-packages|node_modules)[/\\]")


@dataclass(frozen=True, slots=True)
class Standing:
    """The fields of a graph of the same names."""

    unseen: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)


def of_child(
    told: Mapping[str, Any] | None,
    project: Path,
    directory: Path,
    assets: Iterable[str],
    others: Iterable[Path] = (),
    began: float = inf,
) -> Standing:
    """Return what a child says that its program looked at; `assets` are paths from the program's directory.

    `others` are files that were read on its behalf. What changed since it `began`, in seconds since the epoch, may have been
    another when it was looked at.
    """
    if told is None:
        return Standing(unseen=_UNRECORDED)
    found = _Found(project.resolve(), tuple(told.get("environments", ())))
    for path in told.get("loaded", ()):
        found.module(path)
    for path in told.get("opened", ()):
        found.opened(path)
    for path in told.get("listed", ()):
        found.add(FOLDER, path)
    for path in told.get("asked", ()):
        found.add(STAT, path)
    for path in assets:
        found.asset(directory / path)
    for file in others:
        found.opened(str(file.resolve()))
    chance = _chance(project, found) if "loaded" not in told else _chance_in_scripts(found)
    return found.standing([*told.get("unseen", ()), *found.unseen, *chance, *found.changed(began)])


def of_files(files: Iterable[Path], project: Path, directory: Path, assets: Iterable[str]) -> Standing:
    """Return what a program read that reads nothing but these files, its own, and assets."""
    found = _Found(project.resolve())
    for path in files:
        found.opened(str(path))
    for name in assets:
        found.asset(directory / name)
    return found.standing(found.unseen)


class _Found:
    """Sorts paths: what is the program's own counts by its digest, what is of an environment by size and time."""

    def __init__(self, project: Path, environments: tuple[str, ...] = ()) -> None:
        self._project, self._inside = project, f"{project}{os.sep}"
        self._environments = tuple(one + os.sep for one in environments)
        self.keys: dict[tuple[str, str], None] = {}
        self.own: dict[str, None] = {}
        """Files of the program itself that were read."""
        self.unseen: list[str] = []
        self._folders: set[str] = set()

    def opened(self, path: str) -> None:
        """Add a file; compiled code of a package stands for its source, other compiled code counts beside its source."""
        if path.endswith(".pyc"):
            if not (_PACKAGES.search(path) or path.startswith(self._environments)):
                self.add(FILE, path)  # Python believes its time
            with suppress(ValueError, NotImplementedError):
                path = importlib.util.source_from_cache(path)
        self.add(FILE, path)

    def module(self, path: str) -> None:
        """Add a module of Node, and each package.json that may say how it is read: up to the nearest one."""
        self.opened(path)
        folder = path.rpartition(os.sep)[0]
        while folder not in self._folders:
            self._folders.add(folder)
            told = f"{folder}{os.sep}package.json"
            self.add(FILE, told)
            if folder.endswith(f"{os.sep}node_modules") or Path(told).is_file():
                break
            folder = folder.rpartition(os.sep)[0]

    def changed(self, since: float) -> Iterable[str]:
        """Yield what is another since a time, or may be: what it was then is not known."""
        for kind, path in self.keys:
            if kind != LINK and _changed(path, folders=kind != STAT) > since:
                yield f"{path} changed while it ran"

    def add(self, kind: str, path: str) -> None:
        folder, _, name = path.rpartition(os.sep)
        real = _real(folder or os.sep).rstrip(os.sep) + os.sep + name
        self.keys.update(dict.fromkeys((LINK, link) for link in _links(folder)))
        if real.startswith(_OWN):
            return
        if real.startswith(self._inside) and is_part(Path(real), self._project):
            self.own[real] = None
            return
        if os.path.islink(real):  # noqa: PTH114 of thousands of paths, for each of which a Path costs more than the look
            self.keys[LINK, real] = None
        if _PACKAGES.search(real) or real.startswith(self._environments):
            kind = PACKAGE
        self.keys[kind, real] = None

    def asset(self, path: Path) -> None:
        if path.is_dir() and not is_part(path.resolve(), self._project):
            self.unseen.append(f"it packs the folder {path}, which is not its own")
        else:
            self.add(FILE, str(path))

    def standing(self, reasons: Iterable[str]) -> Standing:
        marks = {f"{kind} {path}": mark(kind, path) for kind, path in sorted(self.keys)}
        return Standing("; ".join(dict.fromkeys(reasons)), marks)


@lru_cache(maxsize=1 << 14)
def _real(folder: str) -> str:
    return os.path.realpath(folder)


@lru_cache(maxsize=1 << 14)
def _links(folder: str) -> tuple[str, ...]:
    """Return the links on the way to a folder, which may lead elsewhere the next time."""
    if _real(folder) == folder:
        return ()
    above, own = folder.rpartition(os.sep)[0], (folder,) if Path(folder).is_symlink() else ()
    return (*_links(above), *own) if above else own


_OWN = os.path.realpath(Path(__file__).parents[1]) + os.sep
"""Where what runs the program stands, which counts by the version."""


def stands(marks: Mapping[str, str]) -> bool:
    """Return whether all of it is still as it was."""
    return all(mark(*key.split(" ", 1)) == told for key, told in marks.items())


def mark(kind: str, path: str) -> str:
    """Return how something stands: a file by its SHA-256, a folder by its names, what is of a package by size and time.

    A link stands as the place where it leads.
    """
    return _package(path) if kind == PACKAGE else _mark(kind, path)


def _mark(kind: str, path: str) -> str:
    place = Path(path)
    try:
        if kind == LINK:
            return os.path.realpath(path)
        if kind == FILE and place.is_file():
            return sha256(place)
        if kind == STAT:
            found = place.stat()
            return "folder" if place.is_dir() else f"{found.st_size} {found.st_mtime_ns}"
        names = sorted(os.fsencode(inner.name) for inner in place.iterdir())
        return hashlib.sha256(b"\0".join(names)).hexdigest()
    except OSError:
        return ""


@lru_cache(maxsize=1 << 17)
def _package(path: str) -> str:
    """Return it from memory: packages do not change while a check runs, and many programs load the same."""
    try:
        found = os.stat(path)  # noqa: PTH116 as above
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"


def _chance(project: Path, found: _Found) -> Iterable[str]:
    """Yield the Python files of the program that may ask for what is another the next time."""
    parts = list(digest.parts(project))
    own = [path for path in parts if path.suffix == ".py"]
    yield from (
        f"{path.name} is compiled, and nothing shows what it asks for" for path in parts if path.suffix == ".pyc"
    )
    others = [Path(path) for kind, path in found.keys if kind == FILE and path.endswith(".py")]
    for path in (*own, *others):
        yield from _asks(path, PYTHON)


def _chance_in_scripts(found: _Found) -> Iterable[str]:
    """Yield the same of the scripts that were read, and are no package."""
    read = (*found.own, *(path for kind, path in found.keys if kind == FILE))
    for path in read:
        if _SCRIPT.search(path):
            yield from _asks(Path(path), NODE)


def _asks(path: Path, chance: re.Pattern[bytes]) -> Iterable[str]:
    try:
        match = chance.search(content(path, LARGEST_PROGRAM))
    except OSError as error:
        if error.errno == errno.EFBIG:
            yield f"{path.name} cannot be looked through: {error.strerror}"
        return
    if match is not None:
        yield f"{path.name} may ask for the time, for chance or for this machine: {match.group(0).decode(errors='replace').strip()}"


def _changed(path: str, *, folders: bool) -> float:
    """Return when something, or what is told of it, last changed: nobody can set that time back."""
    try:
        found = os.stat(path)  # noqa: PTH116 as above
    except OSError:
        return 0.0
    return found.st_ctime if folders or not stat.S_ISDIR(found.st_mode) else 0.0
