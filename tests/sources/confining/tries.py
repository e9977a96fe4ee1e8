"""Tries what a program under check is not to do; prints for each whether it was done or refused."""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LIBC = ctypes.CDLL(None, use_errno=True)
NEW_USER = 0x10000000


def called(result: int) -> None:
    """Raise where a function of the C library failed."""
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")


def read_memory(process: int) -> None:
    """Read a few bytes of another process."""
    buffer = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
    called(LIBC.process_vm_readv(process, vector, 1, vector, 1, 0))


def connect(family: int, address: Any, kind: int = socket.SOCK_STREAM) -> None:
    """Send a byte there."""
    with socket.socket(family, kind) as opened:
        opened.connect(address)
        opened.send(b"x")


def connect_file(file: str) -> None:
    """Send a byte to a socket in the file system, whose whole path may be too long."""
    os.chdir(Path(file).parent)
    connect(socket.AF_UNIX, Path(file).name)


def tries(home: str, parent: str, port: str, name: str, file: str) -> dict[str, Callable[[], object]]:
    """Return what is tried by its name; the last leaves the program's folder."""
    own = Path("own.txt")
    return {
        "read own": own.read_bytes,
        "read git": Path(".git/HEAD").read_bytes,
        "write scratch": lambda: Path(os.environ["TMPDIR"], "x").write_text("x"),
        "start": lambda: subprocess.run(["true"], check=True),
        "read git credentials": lambda: Path(".git/config").read_bytes()[0],
        "read home": Path(home, ".aws/credentials").read_bytes,
        "read shadow": Path("/etc/shadow").read_bytes,
        "list home": lambda: list(Path(home).iterdir()),
        "read parent's variables": Path(f"/proc/{parent}/environ").read_bytes,
        "read memory": lambda: read_memory(int(parent)),
        "write own": lambda: own.write_text("x"),
        "change own": lambda: os.truncate(own, 0),
        "change mode": lambda: own.chmod(0o600),
        "move own": lambda: own.rename("other.txt"),
        "remove own": own.unlink,
        "write home": lambda: Path(home, "x").write_text("x"),
        "write tmp": lambda: Path("/tmp/resilience-checks-written").write_text("x"),
        "write system": lambda: Path("/usr/lib/resilience-checks-written").write_text("x"),
        "connect tcp": lambda: connect(socket.AF_INET, ("127.0.0.1", int(port))),
        "send udp": lambda: connect(socket.AF_INET, ("192.0.2.1", 53), socket.SOCK_DGRAM),
        "connect abstract": lambda: connect(socket.AF_UNIX, f"\0{name}"),
        "signal parent": lambda: os.kill(int(parent), 0),
        "unshare": lambda: called(LIBC.unshare(NEW_USER)),
        "connect file": lambda: connect_file(file),
    }


def tried(attempt: Callable[[], object]) -> str:
    """Return whether it was done or refused."""
    try:
        attempt()
    except (OSError, IndexError):
        return "refused"
    return "done"


if __name__ == "__main__":
    said: dict[str, object] = {what: tried(attempt) for what, attempt in tries(*sys.argv[1:]).items()}
    said["locale"] = sorted({"LANG", "LC_ALL", "LC_CTYPE"} & os.environ.keys())
    said["variables"] = sorted(os.environ)
    sys.stdout.write(json.dumps(said))
