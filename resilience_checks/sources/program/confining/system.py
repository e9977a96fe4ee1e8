"""The system calls that Python does not offer, by ctypes."""

from __future__ import annotations

import ctypes
import os
import sys

TYPE_CHECKING = False  # as type checkers read it, without the import
if TYPE_CHECKING:
    from collections.abc import Callable

LINUX = sys.platform.startswith("linux")
_LIBC = ctypes.CDLL(None, use_errno=True)
_PARENT_DEATH, _SUBREAPER, _NO_NEW_PRIVILEGES, _DROP_BOUNDING, _AMBIENT, _CLEAR_ALL = 1, 36, 38, 24, 47, 4
_SIGKILL, _SIGPIPE, _SIGXFSZ = 9, 13, 25
_CAPABILITIES_V3 = 0x20080522
_DAC_OVERRIDE = 1
_LAST_CAPABILITY = 63


def call(number: int, *arguments: object) -> int:
    """Make a system call by its number; raise OSError where it fails."""
    return checked(_LIBC.syscall(ctypes.c_long(number), *(_argument(one) for one in arguments)))


def checked(result: int) -> int:
    """Return what a function of the C library returned; raise OSError where that says that it failed."""
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def function(name: str) -> Callable[..., int]:
    """Return a function of the C library."""
    return getattr(_LIBC, name)  # type: ignore[no-any-return]


def control(option: int, *values: int) -> None:
    """Change something about this process; raise OSError where the system does not."""
    padded = [*values, 0, 0, 0, 0][:4]
    checked(_LIBC.prctl(ctypes.c_int(option), *(ctypes.c_ulong(value) for value in padded)))


def end_with_parent() -> None:
    """Let the system kill this process when its parent ends."""
    if LINUX:
        control(_PARENT_DEATH, _SIGKILL)


def heed_signals() -> None:
    """End by a broken pipe and by a file that is too large, which Python would hand on as ignored."""
    for number in (_SIGPIPE, _SIGXFSZ):
        _LIBC.signal(number, None)


def adopt_orphans() -> None:
    """Become the parent of what descendants of this process leave behind."""
    if LINUX:
        control(_SUBREAPER, 1)


def gain_nothing() -> None:
    """See that no program that is started from now on brings rights of its own: no sudo, no setuid."""
    control(_NO_NEW_PRIVILEGES, 1)


def drop_capabilities() -> None:
    """Give up all that root may do, except to read and write files of other users, which a checkout may have."""
    kept = 1 << _DAC_OVERRIDE if os.getuid() == 0 else 0
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0)
    held = (ctypes.c_uint32 * 6)()
    checked(_LIBC.capget(header, held))
    kept &= held[1]
    for number in range(_LAST_CAPABILITY):
        if not kept >> number & 1 and _LIBC.prctl(_DROP_BOUNDING, ctypes.c_ulong(number), 0, 0, 0) == -1:
            break  # the last is past, or it is not ours to drop; what is not permitted stays so in any case
    _LIBC.prctl(_AMBIENT, ctypes.c_ulong(_CLEAR_ALL), 0, 0, 0)
    checked(_LIBC.capset(header, (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)))


def _argument(value: object) -> object:
    return ctypes.c_long(value) if isinstance(value, int) else value
