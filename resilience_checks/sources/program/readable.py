"""Which files a program under check may read: its repository, its packages, and what interpreters need of the machine.

What is not named here is out of reach. That is the safe side, because nobody can list all places of credentials; and a
home cannot be hidden whole, because repositories and interpreters stand in it.
"""

from __future__ import annotations

import errno
import os
import pwd
import re
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.model.files import LARGEST_PROGRAM, content, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PACKAGE = Path(__file__).resolve().parents[2]
_SYSTEM = (
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/bin",
    "/sbin",
    "/nix/store",
    "/gnu/store",
    "/home/linuxbrew/.linuxbrew",
)
_CONFIGURATION = (
    "alternatives",
    "ca-certificates.conf",
    "crypto-policies",
    "debian_version",
    "group",
    "host.conf",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "ld-musl-x86_64.path",
    "ld-musl-aarch64.path",
    "locale.alias",
    "locale.conf",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "openssl",
    "os-release",
    "passwd",
    "pki/ca-trust/extracted",
    "pki/tls/cert.pem",
    "pki/tls/certs",
    "protocols",
    "python3",
    "resolv.conf",
    "services",
    "ssl/cert.pem",
    "ssl/certs",
    "ssl/openssl.cnf",
    "terminfo",
    "timezone",
)
_MACHINE = ("/sys/devices/system/cpu", "/sys/devices/system/node")
_HIDDEN = ("/boot", "/dev", "/etc", "/proc", "/root", "/run", "/sys", "/var/lib", "/var/log", "/var/run", "/var/spool")
"""What a repository that is all of the file system brings along, and no program needs."""
_OF_ENVIRONMENT = ("bin", "lib", "lib64", "libexec", "include", "share", "ssl", "pyvenv.cfg", "Library", "Frameworks")
_REPOSITORY = (".git", ".hg", ".svn", ".jj")
_CREDENTIAL_VARIABLES = re.compile(
    r"CREDENTIAL|TOKEN|SECRET|PASSWORD|KEY|KUBECONFIG|NETRC|USERCONFIG|PIP_CONFIG|^GITHUB_|^SSH_"
)
_WITH_CREDENTIALS = re.compile(rb"extraheader|https?://[^/\s@]+@", re.IGNORECASE)
_GIT_SETTINGS = ("config", "config.worktree")
_CREDENTIAL_FILES = "gha-creds-*.json"
_WORKTREE = re.compile(r"^\s*worktree\s*=\s*(.*\S)", re.MULTILINE | re.IGNORECASE)
_MARKS_OF_PYTHON = ("pyvenv.cfg", "lib/python*/os.py", "lib64/python*/os.py", "lib/pypy*/os.py", "lib-python/*/os.py")
"""What stands in an environment, and in an installation of Python."""


def system() -> Iterator[str]:
    """Yield what interpreters and their libraries need of the machine."""
    yield from _SYSTEM
    yield from (f"/etc/{name}" for name in _CONFIGURATION)
    yield from _MACHINE
    yield str(_PACKAGE)


def repositories(root: Path, project: Path) -> set[Path]:
    """Return the folders whose files a program may read: its repository, and that of which this is a working tree."""
    tops = {_repository(root)}
    if not any(project.is_relative_to(top) for top in tops):
        own = _repository(project)
        tops |= {own if _harmless(own) else project}
    return tops | {main for top in tops if (main := _main(top)) is not None}


def named(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return paths of a user as absolute ones, and where links lead, too."""
    both = ((Path(os.path.abspath(path)), path.resolve()) for path in paths)  # noqa: PTH100 links stay
    return tuple(dict.fromkeys(one for pair in both for one in pair))


def folder(program: Path, tops: Iterable[Path]) -> set[Path]:
    """Return the folder that `main` names where it stands outside: only where nothing says how far a repository goes.

    `main` is a text of the repository, which could as well name a place of credentials.
    """
    marked = any((top / name).exists() for top in tops for name in _REPOSITORY)
    return {program} if not marked and _harmless(program) else set()


def brings(root: Path, place: Path) -> bool:
    """Return whether a place stands in the repository of `root`, whose author could have put there what it holds.

    One that is all of a home, or of the machine, is the user's own.
    """
    top = _repository(root.resolve())
    return place.resolve().is_relative_to(top) and not any(home.is_relative_to(top) for home in _homes())


def _repository(folder: Path) -> Path:
    """Return the nearest folder above that is a repository, the folder itself where there is none."""
    above = (folder, *folder.parents)
    return next((one for one in above if any((one / name).exists() for name in _REPOSITORY)), folder)


def _main(top: Path) -> Path | None:
    """Return the repository of which this is a working tree or a submodule, where that one says so, too.

    A file named .git could name any folder, and whoever wrote it would read all that is there.
    """
    link = top / ".git"
    if not link.is_file():
        return None
    named = (top / _written(link).removeprefix("gitdir:").strip()).resolve()
    if not _says_so(named, link):
        return None
    return next((one.parent for one in named.parents if one.name == ".git"), None)


def _says_so(folder: Path, link: Path) -> bool:
    """Return whether git's own folder of a working tree, or of a submodule, names what has the link to it."""
    back = _written(folder / "gitdir").strip()
    tree = _WORKTREE.search(_written(folder / "config") + _written(folder / "config.worktree"))
    named = folder / back if back else folder / tree[1].strip('"') / ".git" if tree else None
    return named is not None and named.parent.resolve() == link.parent.resolve()


def _written(file: Path) -> str:
    """Return what a small file of git's says, "" where there is none."""
    try:
        return content(file).decode(errors="replace")
    except OSError:
        return ""


def environment(python: Path) -> set[Path]:
    """Return what an interpreter needs of its virtual environment and of the Python that this was made from."""
    prefixes = [python.parent.parent, python.resolve().parent.parent]
    if python == Path(sys.executable):
        prefixes += [Path(sys.prefix), Path(sys.base_prefix)]
    for prefix in prefixes[:2]:
        base = _base(prefix / "pyvenv.cfg")
        prefixes += [base.parent, base.resolve().parent] if base is not None else []
    return {python, *_parts(filter(_is_of_python, prefixes)), *_own_packages(python)}


def _is_of_python(prefix: Path) -> bool:
    """Return whether Python is installed there: the program's own pyvenv.cfg could name any folder, as ~/.local."""
    return any(next(prefix.glob(mark), None) is not None for mark in _MARKS_OF_PYTHON)


def node(executable: Path, modules: Iterable[Path]) -> set[Path]:
    """Return what Node needs, and the folders of packages, also those that they are links to."""
    found = {executable, executable.resolve(), *_parts([executable.parent.parent, executable.resolve().parent.parent])}
    for folder in modules:
        real = folder.resolve()
        if "node_modules" in real.parts:
            found |= {folder, real}
    return found


def _parts(prefixes: Iterable[Path]) -> set[Path]:
    """Return the folders of installations, and no more: what names a prefix may be the program's own file."""
    return {
        prefix / name
        for prefix in prefixes
        if prefix != Path("/")
        for name in _OF_ENVIRONMENT
        if (prefix / name).exists()
    }


def _base(file: Path) -> Path | None:
    try:
        lines = text(file).splitlines()
    except (OSError, ValueError):
        return None
    fields = (line.partition("=") for line in lines)
    return next((Path(value.strip()) for key, _, value in fields if key.strip() == "home"), None)


def _own_packages(python: Path) -> set[Path]:
    """Return where the checker's own Python finds modules, for a program that runs with it."""
    if python != Path(sys.executable):
        return set()
    # The first is where this process was started or its script stands: nobody chose that for packages.
    return {path.resolve() for entry in sys.path[1:] if entry and _harmless(path := Path(entry))}


def _harmless(path: Path) -> bool:
    """Return whether a path that the program's own files lead to holds no more than a program's folder would."""
    real = path.resolve()
    for home in _homes():
        if home.is_relative_to(real):
            return False
        if real.is_relative_to(home):
            return not real.relative_to(home).parts[0].startswith(".")
    return real != Path("/tmp") and not any(real.is_relative_to(place) for place in _HIDDEN)  # noqa: S108 not ours


def _homes() -> list[Path]:
    """Return the home that the environment names, and that of the user who runs this."""
    named = [os.path.expanduser("~")]  # noqa: PTH111 that of pathlib fails where there is none
    with suppress(KeyError):
        named.append(pwd.getpwuid(os.getuid()).pw_dir)
    return [Path(one).resolve() for one in named if Path(one).is_absolute() and one != os.sep]


def parts(tops: Iterable[Path]) -> Iterator[Path]:
    """Yield the folders, and for that of all files what is in it, without the places that no program needs."""
    for top in tops:
        if top != Path(os.sep):
            yield top
        else:
            yield from (entry for entry in top.iterdir() if str(entry) not in _HIDDEN)


def hidden(tops: Iterable[Path]) -> Iterator[Path]:
    """Yield what is hidden though it stands in a repository, or below one that holds all of a home."""
    for top in tops:
        for home in _homes():
            if home.is_relative_to(top) and home.is_dir():
                yield from (entry for entry in home.iterdir() if entry.name.startswith("."))
        yield from (place for place in map(Path, _HIDDEN) if place.is_relative_to(top))
        for folder in (top / ".git", *_second_checkouts(top)):
            yield from (file for file in _git_settings(folder) if _holds_credentials(file))
        yield from top.glob(_CREDENTIAL_FILES)
    for name, value in os.environ.items():
        if _CREDENTIAL_VARIABLES.search(name) and Path(value).is_absolute() and Path(value).is_file():
            yield Path(value).resolve()


@lru_cache
def _second_checkouts(top: Path) -> tuple[Path, ...]:
    """Return git's folders in folders of a repository, as jobs of CI make them; sought once, for estates of thousands."""
    return tuple(top.glob("*/.git"))


def _git_settings(folder: Path) -> Iterator[Path]:
    """Yield the settings of a repository, of its working trees and of its submodules, whose names may have slashes."""
    yield from (folder / name for name in _GIT_SETTINGS)
    for inner in ("modules", "worktrees"):
        for parent, folders, files in os.walk(folder / inner):
            if not {"HEAD", "config"}.isdisjoint(files):
                folders[:] = {"modules", "worktrees"}.intersection(folders)
                yield from (Path(parent) / name for name in _GIT_SETTINGS)


def _holds_credentials(file: Path) -> bool:
    try:
        return _WITH_CREDENTIALS.search(content(file, LARGEST_PROGRAM)) is not None
    except OSError as error:
        return error.errno == errno.EFBIG
