"""Two versions of a repository side by side: a commit in a worktree of its own, always removed in the end."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.model.errors import InputError, UsageError
from resilience_checks.sources.blame import changes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from resilience_checks.sources.blame import LineChange

_ENVIRONMENTS = (".venv", "venv", "node_modules")
"""Folders that hold a program's packages and are in no commit."""
_PREFIX = "resilience-checks-"
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""Variables that git sets for its hooks, and that would lead a command in a worktree astray."""
_SHORT = 10
_GIT = ("git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit")
"""Git without programs that settings name, as far as it does without, and blind to a repository among a commit's files."""
_PINNED: dict[str, str] = {}
"""What names of commits are held to stand for, whatever they do by now."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as it was asked for and as it was found; `why` tells where it is another than the one named."""

    asked: str
    id: str
    why: str = ""

    @property
    def short(self) -> str:
        """The first digits of its id."""
        return self.id[:_SHORT]


@contextmanager
def pinned(commits: Mapping[str, str]) -> Iterator[None]:
    """Hold names of branches and tags to be those of these commits meanwhile, as they were at an earlier time."""
    before = dict(_PINNED)
    _PINNED.update(commits)
    try:
        yield
    finally:
        _PINNED.clear()
        _PINNED.update(before)


class Repository:
    """A git repository with a working tree."""

    def __init__(self, path: Path) -> None:
        """Find the repository that holds the path; raise UsageError where there is none."""
        place = path if path.is_dir() else path.parent
        if shutil.which("git") is None:
            raise UsageError("git is not on PATH", why="versions are read by git", remedy="install git")
        done = _git(place if place.exists() else Path(), "rev-parse", "--show-toplevel", may=(128,))
        if done.returncode:
            raise UsageError(
                f"{path} is in no git repository that can be read: {_said(done)}",
                why="without one there is no other version to compare with",
                remedy="run inside a clone, or compare what a preview says: `change --preview FILE`",
            )
        self.root = Path(done.stdout.strip()).resolve()

    def found(self, name: str) -> Commit | None:
        """Return the commit of a branch, tag or id, None where there is none."""
        asked = f"{_PINNED.get(name, name)}^{{commit}}"
        done = _git(self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", asked, may=(1, 128))
        return None if done.returncode else Commit(name, done.stdout.strip())

    def commit(self, name: str) -> Commit:
        """Return the commit of a branch, tag or id; raise UsageError where there is none."""
        found = self.found(name)
        if found is None:
            raise UsageError(
                f"{name} is no commit of this repository",
                why="there is nothing to compare with",
                remedy=f"fetch it first (`git fetch origin {name.removeprefix('origin/')}`), or name another",
            )
        return found

    def fork_point(self, base: str, head: str) -> Commit:
        """Return where `head` left `base`, as a pull request shows it; the base itself where no history tells."""
        named = self.commit(base)
        found = _git(self.root, "merge-base", named.id, self.commit(head).id, may=(1,))
        if found.returncode:
            shallow = _git(self.root, "rev-parse", "--is-shallow-repository").stdout.strip() == "true"
            why = "this clone is shallow, so where the change left it is not known" if shallow else "no common history"
            return Commit(base, named.id, f"{base} itself: {why}")
        fork = found.stdout.strip()
        return Commit(base, fork, "" if fork == named.id else f"where the change left {base}, which has moved on since")

    def content(self, commit: Commit, path: str) -> bytes | None:
        """Return what a file, by its path from the root, holds in a commit; None where it has no such file."""
        found = next(_blobs(_git_bytes(self.root, ("cat-file", "--batch"), f"{commit.id}:{path}\n".encode())))
        if found is None:
            self._hold_absent(commit, [path])
        return found

    def contents(self, commit: Commit, paths: Sequence[str]) -> list[bytes | None]:
        """Return what each file, by its path from the root, holds in a commit; links are followed inside of it alone."""
        asked = [path for path in paths if "\n" not in path]
        lines = "".join(f"{commit.id}:{path}\n" for path in asked).encode(errors="surrogateescape")
        answer = _git_bytes(self.root, ("cat-file", "--batch", "--follow-symlinks"), lines) if asked else b""
        found = dict(zip(asked, _blobs(answer), strict=True))
        self._hold_absent(commit, [path for path, content in found.items() if content is None])
        return [found.get(path) for path in paths]

    def _hold_absent(self, commit: Commit, paths: Sequence[str]) -> None:
        """Raise InputError where one of the files is in the commit after all: what it held is lost, and must not look like nothing."""
        if not paths:
            return
        listed = _git_bytes(self.root, ("--literal-pathspecs", "ls-tree", "-z", commit.id, "--", *paths))
        entries = (entry.partition(b"\t") for entry in listed.split(b"\0") if entry.startswith(b"100"))
        for _, _, name in entries:
            raise _no_answer(("cat-file", "-p", f"{commit.id}:{os.fsdecode(name)}"), 1, "the object is not there")

    def names(self, commit: Commit, path: str) -> list[str]:
        """Return the files at or below a path in a commit, by their paths from the root."""
        done = _git_bytes(
            self.root, ("--literal-pathspecs", "ls-tree", "-r", "-z", "--name-only", commit.id, "--", path)
        )
        return [os.fsdecode(name) for name in done.split(b"\0") if name]

    def holds(self, path: Path) -> bool:
        """Return whether a file belongs to the repository, or to another that it takes a folder from."""
        if not path.is_relative_to(self.root):
            return False
        name = path.relative_to(self.root).as_posix()
        done = _git(self.root, "--literal-pathspecs", "ls-files", "-z", "--", name)
        within = _git(path.parent, "rev-parse", "--show-superproject-working-tree", may=(128,))
        return bool(done.stdout or within.stdout.strip())

    def digest(self, commit: Commit | None, path: str) -> str:
        """Return what tells whether a file, or a folder of them, is the same: in a commit, or (None) in the working tree."""
        if commit is not None:
            done = _git(self.root, "ls-tree", "-r", commit.id, "--", path)
            entries = (line.split(None, 2)[2].partition("\t") for line in done.stdout.splitlines())
            found = {name: blob for blob, _, name in entries}
        else:
            place = self.root / path
            files = sorted(file for file in place.rglob("*") if file.is_file()) if place.is_dir() else [place]
            names = [file.relative_to(self.root).as_posix() for file in files if file.is_file()]
            blobs = _git(self.root, "hash-object", "--", *names).stdout.split() if names else []
            found = dict(zip(names, blobs, strict=True))
        read = {name: blob for name, blob in found.items() if name.endswith((".rego", ".yaml"))}
        return hashlib.sha256(repr(sorted(read.items())).encode()).hexdigest()[:_SHORT]

    def uncommitted(self, paths: Iterable[Path]) -> tuple[str, ...]:
        """Return the files under the paths that differ from the last commit, new ones among them."""
        done = _git(self.root, "status", "--porcelain", "--no-renames", "-z", "--", *map(str, paths))
        return tuple(entry[3:] for entry in done.stdout.split("\0") if entry)

    def lines(self, path: Path) -> dict[int, LineChange] | str:
        """Return who last changed each line of a file of the working tree, from 1; a text says why that is not known."""
        name = path.name if not path.is_relative_to(self.root) else path.relative_to(self.root).as_posix()
        done = _git(self.root, "blame", "--no-textconv", "--porcelain", "--", name, may=(128,))
        if done.returncode:
            return f"git does not know the file: {_said(done)}"
        shallow = _git(self.root, "rev-parse", "--is-shallow-repository").stdout.strip() == "true"
        return dict(changes(done.stdout, shallow=shallow))

    @property
    def branch(self) -> str:
        """The branch that is checked out; empty where a commit is."""
        return _git(self.root, "symbolic-ref", "--quiet", "--short", "HEAD", may=(1,)).stdout.strip()

    def changed(self, commit: Commit) -> tuple[str, ...]:
        """Return the files that differ between a commit and the working tree, new ones that are not ignored among them."""
        tracked = self._listed("diff", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "-z", commit.id)
        return (*tracked, *self._listed("ls-files", "--others", "--exclude-standard", "-z"))

    def files(self) -> tuple[str, ...]:
        """Return the files that git knows, also those of submodules."""
        return self._listed("ls-files", "--recurse-submodules", "-z")

    def _listed(self, *command: str) -> tuple[str, ...]:
        """Return the paths that git lists; raise InputError where it fails, as no path would look like none."""
        try:
            listed = _git_bytes(self.root, command)
        except InputError as error:
            error.what, error.why = f"git cannot list files: {error.what}", "what the change affects is not known"
            raise
        return tuple(os.fsdecode(name) for name in listed.split(b"\0") if name)

    def submodules(self, commit: str) -> tuple[str, ...]:
        """Return the folders that a commit takes from other repositories."""
        done = _git(self.root, "ls-tree", "-r", "-z", commit)
        entries = (entry.partition("\t") for entry in done.stdout.split("\0") if entry.startswith("160000 "))
        return tuple(path for _, _, path in entries)

    def within(self, path: Path) -> Path:
        """Return the path relative to the root; raise UsageError for one outside."""
        try:
            return path.resolve().relative_to(self.root)
        except ValueError:
            raise UsageError(
                f"{path} is outside of the repository {self.root}",
                why="only what is in the repository has another version",
                remedy="name paths of one repository",
            ) from None

    @contextmanager
    def checked_out(self, commit: Commit, projects: Iterable[Path]) -> Iterator[Path]:
        """Give the commit's files in a folder of their own, which is gone afterwards, after an interruption too.

        Packages that the projects have installed in the working tree are linked into it, as no commit holds them.
        """
        with _interruptible(), tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
            place = Path(folder).resolve() / "tree"
            try:
                self._add(place, commit)
                for project in projects:
                    self._link(project, place)
                yield place
            finally:
                with _uninterrupted():
                    with suppress(InputError):
                        _git(self.root, "worktree", "remove", "--force", "--force", str(place))
                    shutil.rmtree(place, ignore_errors=True)
                    with suppress(InputError):
                        _git(self.root, "worktree", "prune")

    def _add(self, place: Path, commit: Commit) -> None:
        done = _git(self.root, "worktree", "add", "--detach", "--quiet", str(place), commit.id, may=range(1, 256))
        if done.returncode:
            raise InputError(
                f"{commit.asked} cannot be checked out: {_said(done)}",
                why="its programs cannot be read",
                remedy="see that `git worktree add` works here, and that the commit is fetched whole",
            )

    def _link(self, project: Path, place: Path) -> None:
        """Link every folder of packages from the project's directory up to the root."""
        inside = self.within(project)
        for folder in (inside, *inside.parents):
            for name in _ENVIRONMENTS:
                here, there = self.root / folder / name, place / folder / name
                if here.is_dir() and there.parent.is_dir() and not there.exists():
                    there.symlink_to(here.resolve(), target_is_directory=True)


def _git(directory: Path, *arguments: str, may: Collection[int] = ()) -> subprocess.CompletedProcess[str]:
    """Run git without hooks, prompts or large files, and without what a hook was told about another place.

    Raises InputError where it ends otherwise than well or with a code that it `may` end with: that is no answer.
    """
    done = subprocess.run(
        [*_GIT, *arguments],
        cwd=directory,
        env=_environment(),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode and done.returncode not in may:
        raise _no_answer(arguments, done.returncode, _said(done))
    return done


def _git_bytes(directory: Path, arguments: Sequence[str], given: bytes = b"") -> bytes:
    """Return what git says, as it is; raise InputError where it fails, as nothing would look like no file."""
    done = subprocess.run(
        [*_GIT, *arguments],
        cwd=directory,
        env=_environment(),
        capture_output=True,
        input=given,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise _no_answer(arguments, done.returncode, lines[-1] if lines else f"it ended with {done.returncode}")
    return done.stdout


def _no_answer(arguments: Sequence[str], code: int, said: str) -> InputError:
    words = [word for word in arguments if not word.startswith("-") and "=" not in word]
    how = f"it was killed by signal {-code}" if code < 0 else said.removeprefix("fatal: ")
    return InputError(
        f"git {words[0]} failed: {how}",
        why="what another version holds is not known, so nothing can be compared with it or trusted",
        remedy=f"see that `git {' '.join(arguments)}` works here, and run again",
    )


def _blobs(answer: bytes) -> Iterator[bytes | None]:
    """Yield each object of what `git cat-file --batch --follow-symlinks` wrote, None for what is no file of the commit."""
    while answer:
        head, _, answer = answer.partition(b"\n")
        words = head.split()
        if words[-1] in {b"missing", b"ambiguous"}:
            yield None
            continue
        size = int(words[-1])
        content, answer = answer[:size], answer[size + 1 :]
        yield content if words[-2] == b"blob" else None


def _environment() -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if key not in _OF_A_HOOK}
    return environment | {"GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1", "LC_ALL": "C"}


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = done.stderr.strip().splitlines()
    return lines[-1].removeprefix("fatal: ") if lines else f"git ended with {done.returncode}"


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let a request to end (SIGTERM, SIGHUP) unwind like Ctrl-C does, so that nothing is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Finish what a second Ctrl-C would leave half done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
