"""What a program under check can reach: which files, what it may use, and what of that the system sees to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.interface import Limits
from resilience_checks.sources.program import readable
from resilience_checks.sources.program.confining.start import MEANS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_LAUNCH = Path(__file__).with_name("launch.py")
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")
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

    def by(self) -> str:
        """Return what keeps a program in."""
        means = (
            ("in namespaces of their own without network and other processes", self.alone),
            ("with a file system of their own", self.rooted),
            (f"under Landlock {self.landlock}", self.landlock),
            ("under seccomp", self.filter),
        )
        return ", ".join([*(text for text, there in means if there), "with limits on what they use"])

    def hindered(self) -> tuple[str, ...]:
        """Return what the system does not prevent here."""
        return tuple(self._hindered())

    def note(self) -> tuple[str, ...]:
        """Return the report's note on that, if anything."""
        found = "; ".join(self.hindered())
        return (f"what the program may do is only hindered here: {found} (docs/trust-model.md)",) if found else ()

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
    shown = {str(path) for path in (*_without_root(tops), *packages) if path.exists()}
    return {
        "means": list(MEANS),
        "readable": [*filter(os.path.lexists, readable.system()), *sorted(shown)],
        "hidden": sorted({str(path) for path in readable.hidden(tops)} - shown),
        "writable": [str(private)],
        "memory": limits.memory,
        "addresses": addresses,
        "disk": _DISK,
        "processes": _PROCESSES,
    }


def _without_root(tops: Iterable[Path]) -> Iterator[Path]:
    """Yield the folders, and for the root of all files what is in it: a root can be made of parts alone."""
    for top in tops:
        yield from top.iterdir() if top == Path(os.sep) else (top,)


def environment(private: Path) -> dict[str, str]:
    """Return the least that a program needs: none of the caller's credentials are in it."""
    return {
        **passed_on(_PASSED_ON),
        "HOME": str(private),
        "TMPDIR": str(private),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def passed_on(names: Sequence[str]) -> dict[str, str]:
    """Return those of the caller's variables that a program may see."""
    return {name: os.environ[name] for name in names if name in os.environ}


@dataclass(frozen=True, slots=True)
class Said:
    """What a short command wrote to standard output, None where it failed, and how it was confined."""

    output: str | None
    confinement: Confinement


def run(
    words: Sequence[str],
    tops: Iterable[Path] = (),
    packages: Iterable[Path] = (),
    variables: Mapping[str, str] | None = None,
    *,
    directory: Path | None = None,
    seconds: float = 20.0,
) -> Said:
    """Run a command that a repository brings along, confined as its programs are."""
    with tempfile.TemporaryDirectory(prefix="resilience-checks-") as folder:
        private = Path(folder).resolve()
        (parent, held), (told, tell) = os.pipe(), os.pipe()
        confined = job(Limits(), list(tops), packages, private, addresses=False)
        rest = {"command": list(words), "directory": str(directory or private), "parent": parent, "told": tell}
        (private / "job.json").write_text(json.dumps({**confined, **rest, "bare": True}), encoding="utf-8")
        try:
            with subprocess.Popen(
                command(private),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**environment(private), **(variables or {})},
                start_new_session=True,
                pass_fds=(parent, tell),
            ) as started:
                output = _output(started, held, seconds)
            os.close(tell)
            return Said(output, Confinement.told(os.read(told, 1 << 16)))
        finally:
            for descriptor in (parent, held, told):
                os.close(descriptor)


def _output(started: subprocess.Popen[bytes], held: int, seconds: float) -> str | None:
    try:
        output, _ = started.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.write(held, b"x")
        return None
    return output.decode(errors="replace") if started.returncode == 0 else None
