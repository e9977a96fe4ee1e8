"""Runs an OPA server for as long as standard input is open: it ends with the process that started it, even a killed one.

A process of its own, because nothing tells a server that its client was killed. Usage: opa_keeper OPA ADDRESS.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading

_SET_DEATH_SIGNAL = 1


def main() -> None:
    """Start the server; end it when standard input ends, and end with its exit code when it ends."""
    binary, address = sys.argv[1:]
    server = subprocess.Popen(
        [binary, "run", "--server", "--addr", address, "--disable-telemetry", "--log-level", "error"],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        preexec_fn=_end_with_keeper,  # noqa: PLW1509 there is no thread yet
    )

    def end() -> None:
        sys.stdin.buffer.read()
        server.kill()

    threading.Thread(target=end, daemon=True).start()
    code = server.wait()
    os._exit(max(0, code))  # the thread may still wait for standard input


def _end_with_keeper() -> None:
    """Have the system end the server when this process is killed, where it can do that."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)


if __name__ == "__main__":
    main()
