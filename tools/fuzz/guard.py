"""Tries one input: what a reader raises besides the package's own errors, or what takes it too long, is a crash."""

from __future__ import annotations

import contextlib
import shutil
import signal
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.fuzz.harnesses import HARNESSES, _said

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 5.0
"""Seconds of processor time that one input may take."""
_OURS = "resilience_checks/"


class TooLong(BaseException):
    """An input took longer than it may."""


@dataclass(frozen=True, slots=True)
class Crash:
    """What went wrong, by what tells it from others: the error's type and the package's own line that it passed last."""

    kind: str
    place: str
    trace: str

    @property
    def key(self) -> str:
        """A name for it."""
        return f"{self.kind} at {self.place}"


def tried(reader: str, data: bytes, folder: Path | None = None) -> Crash | None:
    """Return the crash of a reader on this input, None where it reads or refuses it as it should."""
    from resilience_checks.model.errors import CheckError

    harness = HARNESSES[reader]
    with _folder(folder) as empty:
        try:
            with _limited():
                harness.read(data, empty)
        except CheckError as error:
            try:
                _said(error, empty)
                if error.location is None and harness.file not in error.what:
                    return _crash(AssertionError(f"an error without a place: {error.what}"), error)
            except Exception as other:  # noqa: BLE001 whatever it is, it is the crash
                return _crash(other, other)
        except (Exception, TooLong) as error:  # noqa: BLE001 whatever it is, it is the crash
            return _crash(error, error)
    return None


@contextlib.contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """Lend an empty folder: the given one is emptied, as making new ones takes longer than most inputs."""
    if given is None:
        with tempfile.TemporaryDirectory() as made:
            yield Path(made)
        return
    for item in given.iterdir():
        shutil.rmtree(item) if item.is_dir() else item.unlink()
    yield given


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooLong(f"more than {LONGEST:g} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _crash(error: BaseException, raised: BaseException) -> Crash:
    frames = traceback.extract_tb(raised.__traceback__)
    ours = [frame for frame in frames if _OURS in frame.filename] or frames
    last = ours[-1]
    place = f"{last.filename.rpartition(_OURS)[2]}:{last.name}"
    return Crash(type(error).__name__, place, "".join(traceback.format_exception(error))[-6000:])
