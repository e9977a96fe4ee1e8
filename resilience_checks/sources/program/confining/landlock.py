"""Files, TCP ports, signals and abstract sockets by Landlock, which any process may ask for (Linux 5.13 and later).

Rights and structures: https://docs.kernel.org/userspace-api/landlock.html, versions 1 to 7 of its interface.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct

from resilience_checks.sources.program.confining import system

TYPE_CHECKING = False  # as type checkers read it, without the import
if TYPE_CHECKING:
    from collections.abc import Sequence

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_ASKED = 1
_BENEATH = 1
_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_FIRST = (1 << 13) - 1
_ADDED = {2: _REFER, 3: _TRUNCATE, 5: _IOCTL}
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL
_MAKE_DEVICES = 1 << 6 | 1 << 11
_TCP = 1 << 0 | 1 << 1
_OUTSIDE = 1 << 0 | 1 << 1
WITH_TCP, WITH_SIGNALS = 4, 6
"""The first versions that restrict TCP, and signals and abstract sockets."""


def version() -> int:
    """Return the version of the interface, 0 where the system has none."""
    try:
        return system.call(_CREATE, None, 0, _VERSION_ASKED)
    except OSError:
        return 0


def restrict(readable: Sequence[str], hidden: Sequence[str], writable: Sequence[str], devices: Sequence[str]) -> int:
    """Leave this process, and what it starts, only these files; return the version of Landlock that sees to it.

    `readable` are files and folders with all that is in them, without what of that is `hidden`, `devices` files that
    can be written, too. TCP, and signals and abstract sockets of others, are refused where the version knows them.
    """
    known = version()
    if not known:
        return 0
    handled = _FIRST | sum(right for since, right in _ADDED.items() if since <= known)
    attributes = struct.pack("QQQ", handled, _TCP, _OUTSIDE)
    size = 8 if known < WITH_TCP else 16 if known < WITH_SIGNALS else 24
    ruleset = system.call(_CREATE, ctypes.create_string_buffer(attributes, 24), size, 0)
    try:
        for path in readable:
            _grant(ruleset, path, hidden, (_EXECUTE | _READ | _LIST) & handled)
        for path in devices:
            _rule(ruleset, path, (_READ | _WRITE | _IOCTL) & handled)
        for path in writable:
            _rule(ruleset, path, handled & ~_MAKE_DEVICES)
        system.call(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return known


def _grant(ruleset: int, path: str, hidden: Sequence[str], rights: int) -> None:
    """Grant a path; one with something hidden in it piece by piece, because a rule covers all that is below."""
    inner = path.rstrip("/") + "/"
    if not any(one.startswith(inner) for one in hidden):
        _rule(ruleset, path, rights)
        return
    _rule(ruleset, path, rights & _LIST)
    try:
        names = os.listdir(path)
    except OSError:
        return
    for name in names:
        if inner + name not in hidden and not os.path.islink(inner + name):
            _grant(ruleset, inner + name, hidden, rights)


def _rule(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no rule
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        if rights:
            packed = struct.pack("=Qi", rights, place)
            system.call(_ADD, ruleset, _BENEATH, ctypes.create_string_buffer(packed, 12), 0)
    finally:
        os.close(place)
