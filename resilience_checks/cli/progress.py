"""What is being done, on one line of a terminal that is gone before anything else is written."""

from __future__ import annotations

import shutil
import sys
import threading

_CLEAR = "\r\x1b[2K"


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
