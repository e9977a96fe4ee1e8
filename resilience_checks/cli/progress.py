"""What is being done: on one line of a terminal that is gone before anything else is written, or once a minute in CI."""

from __future__ import annotations

import shutil
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.cli.surroundings import Surroundings

_CLEAR = "\r\x1b[2K"
_MINUTE = 60.0


class Progress:
    """Tells standard error each step; steps of several threads at once follow each other on the same line."""

    def __init__(self) -> None:
        """Nothing is shown yet."""
        self._lock, self._shown = threading.Lock(), False

    def __call__(self, what: str) -> None:
        """Show this step in place of the one before it."""
        from resilience_checks.report.text import one_line

        text = f"resilience-checks: {one_line(what)}"[: shutil.get_terminal_size().columns - 1]
        with self._lock:
            sys.stderr.write(_CLEAR + text)
            sys.stderr.flush()
            self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        with self._lock:
            if self._shown:
                sys.stderr.write(_CLEAR)
                sys.stderr.flush()
                self._shown = False


progress = Progress()


class Minutely:
    """Writes a line to standard error each minute: runners end what seems to stand still, and keep all that is written."""

    def __init__(self, seconds: float = _MINUTE) -> None:
        """Say nothing for the first minute, and never anything where nothing is being done."""
        self._what, self._seconds = "", seconds
        self._begun, self.ended = False, threading.Event()

    def __call__(self, what: str) -> None:
        """Take note of this step."""
        self._what = what
        if not self._begun:
            self._begun = True
            threading.Thread(target=self._tell, daemon=True).start()

    def _tell(self) -> None:
        from resilience_checks.report.text import one_line

        while not self.ended.wait(self._seconds):
            sys.stderr.write(f"resilience-checks: {one_line(self._what)}\n")
            sys.stderr.flush()


def observer(around: Surroundings) -> Callable[[str], None]:
    """Return what tells each step where the command runs."""
    if around.progress:
        return progress
    return Minutely() if around.system else lambda _: None
