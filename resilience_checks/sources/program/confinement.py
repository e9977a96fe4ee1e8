"""What a program under check can reach: which files, what it may use, and what of that the system sees to."""

from __future__ import annotations

import json
import os
import pwd
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.program.confining.start import FILTER, LANDLOCK, MEANS, NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from resilience_checks.sources.interface import Limits

__all__ = ("FILTER", "LANDLOCK", "MEANS", "NAMESPACES", "Confinement", "command", "environment", "folder", "job", "node", "repositories")

_PACKAGE = Path(__file__).resolve().parents[2]
_LAUNCH = Path(__file__).with_name("launch.py")
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/nix/store", "/gnu/store")
_CONFIGURATION = (
    "alternatives ca-certificates.conf crypto-policies debian_version group host.conf hosts ld.so.cache ld.so.conf"
    " ld.so.conf.d ld-musl-x86_64.path ld-musl-aarch64.path locale.alias locale.conf localtime mime.types"
    " nsswitch.conf openssl os-release passwd pki/ca-trust/extracted pki/tls/cert.pem pki/tls/certs protocols python3 resolv.conf services ssl/certs ssl/openssl.cnf"
    " ssl/cert.pem terminfo timezone"
).split()
_MACHINE = ("/sys/devices/system/cpu", "/sys/devices/system/node")
_HIDDEN = ("/boot", "/dev", "/etc", "/proc", "/root", "/run", "/sys", "/var/lib", "/var/log", "/var/run", "/var/spool")
"""What a repository that is all of the file system brings along, and no program needs."""
_OF_ENVIRONMENT = ("bin", "lib", "lib64", "libexec", "include", "share", "ssl", "pyvenv.cfg", "Library", "Frameworks")
_REPOSITORY = (".git", ".hg", ".svn", ".jj")
_CREDENTIAL_VARIABLES = re.compile(
    r"CREDENTIAL|TOKEN|SECRET|PASSWORD|KEY|KUBECONFIG|NETRC|USERCONFIG|PIP_CONFIG|^GITHUB_|^SSH_"
)
_WITH_CREDENTIALS = re.compile(rb"extraheader|https?://[^/\s@]+@", re.IGNORECASE)
_CREDENTIAL_FILES = "gha-creds-*.json"
_PROCESSES = 128
_DISK = 512 << 20


@dataclass(frozen=True, slots=True)
class Confinement:
    """What kept a program in, as what started it told; all false where it told nothing.

    `alone`: namespaces without network and other processes, `rooted`: a root of its own, without what it may not
    read, `landlock`: the version of Landlock, `filter`: system calls and sockets are refused by seccomp. `stopped`:
    what it used too much of; `unstarted`: why it did not begin.
    """

    alone: bool = False
    rooted: bool = False
    landlock: int = 0
    filter: bool = False
    stopped: str = ""
    unstarted: str = ""

    @classmethod
    def told(cls, lines: bytes) -> Confinement:
        """Return what the lines say that a launcher wrote."""
        found: dict[str, Any] = {}
        for line in lines.splitlines():
            found |= json.loads(line)
        return cls(**found)

    @property
    def network(self) -> bool:
        """Whether the system itself refuses every connection."""
        return self.alone or self.filter

    @property
    def files(self) -> bool:
        """Whether the system itself refuses to read and to write outside of what is needed."""
        return self.rooted or self.landlock > 0

    def hindered(self) -> tuple[str, ...]:
        """Return what the system does not prevent here."""
        return tuple(self._hindered())

    def _hindered(self) -> Iterator[str]:
        if not self.network:
            tcp = "all connections but those by TCP" if self.landlock >= 4 else "connections"  # noqa: PLR2004 Landlock's
            yield f"{tcp} are refused inside the program's own process only"
        if not self.files:
            yield "it can read and write what the user who runs the check can"
        elif not self.rooted:
            yield "it can reach sockets in the file system, such as Docker's, that this user can"
        if not self.alone and self.landlock < 6:  # noqa: PLR2004 Landlock's version with signals
            yield "it can send signals to other processes of this user"
        if not self.alone:
            yield "what it leaves running is sought and ended, and not ended by the system"


def command(private: Path) -> list[str]:
    """Return what runs the job of a private directory."""
    return [sys.executable, "-I", "-S", str(_LAUNCH), str(private)]


def job(
    limits: Limits, tops: Iterable[Path], packages: Iterable[Path], private: Path, *, addresses: bool
) -> dict[str, Any]:
    """Return the part of a job file that confines.

    Read are repositories, packages, and what belongs to the system, written is `private` alone. `addresses`: the
    limit of memory counts addresses of each process, and else its data.
    """
    shown = {str(path) for path in (*tops, *packages, _PACKAGE) if path.exists()}
    return {
        "means": list(MEANS),
        "readable": [*filter(os.path.lexists, _system()), *sorted(shown)],
        "hidden": sorted({str(path) for path in _secrets(tops)} - shown),
        "writable": [str(private)],
        "memory": limits.memory,
        "addresses": addresses,
        "disk": _DISK,
        "processes": _PROCESSES,
    }


def _system() -> Iterator[str]:
    yield from _SYSTEM
    yield from (f"/etc/{name}" for name in _CONFIGURATION)
    yield from _MACHINE


def repositories(root: Path, project: Path) -> set[Path]:
    """Return the folders whose files a program may read: its repository, and that of which this is a working tree."""
    tops = {_repository(root)}
    if not any(project.is_relative_to(top) for top in tops):
        own = _repository(project)
        tops |= {own if _harmless(own) else project}
    return tops | {main for top in tops if (main := _main(top)) is not None}


def folder(program: Path) -> set[Path]:
    """Return the folder that `main` names, which is a text of the repository, where it may be read."""
    return {program} if _harmless(program) else set()


def _repository(folder: Path) -> Path:
    """Return the nearest folder above that is a repository, the folder itself where there is none."""
    above = (folder, *folder.parents)
    return next((one for one in above if any((one / name).exists() for name in _REPOSITORY)), folder)


def _main(top: Path) -> Path | None:
    """Return the repository of which this is a working tree or a submodule."""
    link = top / ".git"
    if not link.is_file():
        return None
    named = link.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
    return next((one.parent for one in (top / named).resolve().parents if one.name == ".git"), None)


def environment(python: Path) -> set[Path]:
    """Return what an interpreter needs of its virtual environment and of the Python that this was made from."""
    prefixes = [python.parent.parent, python.resolve().parent.parent]
    if python == Path(sys.executable):
        prefixes += [Path(sys.prefix), Path(sys.base_prefix)]
    for prefix in prefixes[:2]:
        base = _base(prefix / "pyvenv.cfg")
        prefixes += [base.parent, base.resolve().parent] if base is not None else []
    return {python, *_parts(prefixes), *_own_packages(python)}


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
        prefix / name for prefix in prefixes if prefix != Path("/") for name in _OF_ENVIRONMENT if (prefix / name).exists()
    }


def _base(file: Path) -> Path | None:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    fields = (line.partition("=") for line in lines)
    return next((Path(value.strip()) for key, _, value in fields if key.strip() == "home"), None)


def _own_packages(python: Path) -> set[Path]:
    """Return where the checker's own Python finds modules, for a program that runs with it."""
    if python != Path(sys.executable):
        return set()
    return {path.resolve() for entry in sys.path if entry and _harmless(path := Path(entry)) and path != Path.cwd()}


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
    return [Path(one).resolve() for one in named if os.path.isabs(one) and one != os.sep]


def _secrets(tops: Iterable[Path]) -> Iterator[Path]:
    """Yield what is hidden though it stands in a repository, or below one that holds all of a home."""
    for top in tops:
        for home in _homes():
            if home.is_relative_to(top) and home.is_dir():
                yield from (entry for entry in home.iterdir() if entry.name.startswith("."))
        yield from (place for place in map(Path, _HIDDEN) if place.is_relative_to(top))
        yield from (file for file in _git_settings(top / ".git") if _holds_credentials(file))
        yield from top.glob(_CREDENTIAL_FILES)
    for name, value in os.environ.items():
        if _CREDENTIAL_VARIABLES.search(name) and os.path.isabs(value) and Path(value).is_file():
            yield Path(value).resolve()


def _git_settings(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (folder / "config", folder / "config.worktree")
        yield from folder.glob("modules/*/config")


def _holds_credentials(file: Path) -> bool:
    try:
        return _WITH_CREDENTIALS.search(file.read_bytes()) is not None
    except OSError:
        return False
