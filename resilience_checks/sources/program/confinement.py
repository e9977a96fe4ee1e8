"""What a program under check can reach: which files, what it may use, and what of that the system sees to."""

from __future__ import annotations

import marshal
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.interface import Limits
from resilience_checks.sources.program import readable
from resilience_checks.sources.program.confining.start import JOB, MEANS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from typing import IO

_LAUNCH = Path(__file__).with_name("launch.py")
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")
_PROCESSES = 128
_DISK = 512 << 20
_ENDING = 10.0
"""Seconds within which a launcher ends what it has started."""
_SHORT = 20.0
"""Seconds within which a short command has to end."""


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
        found = dict(line.split("=", 1) for line in lines.decode().splitlines())
        return cls(
            alone=found.get("alone") == "True",
            rooted=found.get("rooted") == "True",
            landlock=int(found.get("landlock", 0)),
            filter=found.get("filter") == "True",
            stopped=found.get("stopped", ""),
            unstarted=found.get("unstarted", ""),
        )

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
            yield (
                "it can reach sockets in the file system, such as Docker's, that this user can, "
                "and change the modes and times of this user's files"
            )
        if not self.alone and self.landlock < 6:  # noqa: PLR2004 Landlock's version with signals
            yield "it can send signals to other processes of this user"
        if not self.alone:
            yield "what it leaves running is sought and ended, and not ended by the system"


@dataclass(frozen=True, slots=True)
class Job:
    """What to start and how to confine it.

    Read are repositories (`tops`), packages, and what belongs to the system, written is the private directory alone.
    `addresses`: the limit of memory counts addresses of each process, and else its data.
    """

    words: Sequence[str]
    directory: Path
    tops: Collection[Path]
    packages: Iterable[Path]
    limits: Limits
    addresses: bool

    def start(
        self, private: Path, variables: Mapping[str, str], output: IO[bytes] | int, errors: int = subprocess.STDOUT
    ) -> Started:
        """Start it with these variables besides the least, what it prints going to `output`."""
        (parent, held), (told, tell) = os.pipe(), os.pipe()
        job = {**self._confined(private), "parent": parent, "told": tell}
        (private / JOB).write_bytes(marshal.dumps(job))
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_LAUNCH), str(private)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env={**_least(private), **variables},
                cwd=private,
                start_new_session=True,
                pass_fds=(parent, tell),
            )
        except BaseException:
            os.close(held)
            os.close(told)
            raise
        finally:
            os.close(parent)
            os.close(tell)
        return Started(process, held, told)

    def _confined(self, private: Path) -> dict[str, Any]:
        shown = {str(path) for path in (*readable.parts(self.tops), *self.packages) if path.exists()}
        return {
            "means": list(MEANS),
            "command": list(self.words),
            "directory": str(self.directory),
            "readable": [*filter(os.path.lexists, readable.system()), *sorted(shown)],
            "hidden": sorted({str(path) for path in readable.hidden(self.tops)} - shown),
            "writable": [str(private)],
            "memory": self.limits.memory,
            "addresses": self.addresses,
            "disk": _DISK,
            "processes": _PROCESSES,
        }


class Started:
    """A program that runs confined, and with it what keeps it."""

    def __init__(self, process: subprocess.Popen[bytes], held: int, told: int) -> None:
        """Hold the end of the pipe with which the program ends, and that from which its launcher is heard."""
        self.process = process
        self._held, self._told = held, told
        self._ended = self._closed = False

    def confinement(self) -> Confinement:
        """Return what has been told so far."""
        os.set_blocking(self._told, False)
        try:
            return Confinement.told(os.read(self._told, 1 << 16))
        except BlockingIOError:
            return Confinement()

    def end(self) -> None:
        """End the program and whatever it has started, which may still be there when it is not."""
        if self._ended:
            return
        self._ended = True  # once: the number of a group that is gone may become another's
        with suppress(BrokenPipeError):
            os.write(self._held, b"x")
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_ENDING)  # the launcher ends it, and alone can find all of it
        with suppress(ProcessLookupError, PermissionError):  # macOS refuses where only the ended child is left
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        """End it, and hear no more of it."""
        self.end()
        if not self._closed:
            self._closed = True
            os.close(self._held)
            os.close(self._told)


def _least(private: Path) -> dict[str, str]:
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
    """What a short command printed, None where it failed, and how it was confined."""

    output: str | None
    confinement: Confinement


def run(
    words: Sequence[str],
    tops: Collection[Path] = (),
    packages: Iterable[Path] = (),
    variables: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Said:
    """Run a command that a repository brings along, confined as its programs are."""
    with tempfile.TemporaryDirectory(prefix="resilience-checks-") as folder:
        private = Path(folder).resolve()
        job = Job(words, directory or private, tops, packages, Limits(seconds=_SHORT), addresses=False)
        started = job.start(private, variables or {}, subprocess.PIPE, subprocess.DEVNULL)
        try:
            output, _ = started.process.communicate(timeout=_SHORT)
        except subprocess.TimeoutExpired:
            output = b""
            started.end()
        said = Said(output.decode(errors="replace") if started.process.returncode == 0 else None, started.confinement())
        started.close()
        return said
