"""How long a program may run."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resilience_checks.sources.given import Given


def ended(child: subprocess.Popen[bytes], started: float, seconds: float, given: Given) -> bool:
    """Wait for the program's end; return False when its own seconds are over, those not counted that others took."""
    while (left := seconds + given.waited() - (time.monotonic() - started)) > 0:
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=left)
            return True
    return child.poll() is not None
