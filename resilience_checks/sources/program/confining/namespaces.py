"""Network, processes and files of its own, by namespaces: what is not in them cannot be reached at all."""

from __future__ import annotations

import ctypes
import os

from resilience_checks.sources.program.confining import system

TYPE_CHECKING = False  # as type checkers read it, without the import
if TYPE_CHECKING:
    from collections.abc import Sequence

_NEW_MOUNTS, _NEW_IPC, _NEW_USER, _NEW_PROCESSES, _NEW_NETWORK = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_ALL = _NEW_MOUNTS | _NEW_IPC | _NEW_PROCESSES | _NEW_NETWORK
_NO_SETUID, _NO_DEVICES, _NO_EXECUTION, _BIND, _RECURSIVE, _UNBINDABLE, _PRIVATE = (
    2,
    4,
    8,
    4096,
    16384,
    1 << 17,
    1 << 18,
)
_DETACH = 2
_HERE = -100
_BELOW_TOO = 0x8000
_READ_ONLY_ATTRIBUTE, _NO_SETUID_ATTRIBUTE = 1, 2
_MOUNT_SETATTR = 442
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}


def enter() -> bool:
    """Move into namespaces of its own, the next child into one of processes; return whether the system lets it."""
    user, group = os.getuid(), os.getgid()
    if _unshared(_ALL):
        return True
    if not _unshared(_NEW_USER | _ALL):
        return False
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        try:
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
        except OSError:
            pass
    return True


def _unshared(which: int) -> bool:
    try:
        system.checked(system.function("unshare")(which))
    except OSError:
        return False
    return True


def root(
    place: str, readable: Sequence[str], hidden: Sequence[str], writable: Sequence[str], devices: Sequence[str]
) -> bool:
    """Change to a root that holds these paths and nothing else, mounted at an empty folder; return whether that worked.

    All is read-only except `writable` and devices. `/proc` shows the processes of this namespace where the system
    allows that, else all.
    """
    try:
        _mount("none", "/", "", _RECURSIVE | _PRIVATE)
        _mount("none", place, "tmpfs", _NO_SETUID | _NO_DEVICES, "mode=755,size=4m")
        _mount("none", place, "", _UNBINDABLE)  # it may stand in what is bound into it
    except OSError:
        return False
    try:
        _furnish(place, readable, hidden, writable, devices)
        os.chdir(place)
        system.call(_PIVOT_ROOT[os.uname().machine], b".", b".")
        system.checked(system.function("umount2")(b".", _DETACH))
        os.chdir("/")
    except (OSError, KeyError):
        os.chdir("/")
        system.function("umount2")(os.fsencode(place), _DETACH)
        return False
    return True


def _furnish(
    new: str, readable: Sequence[str], hidden: Sequence[str], writable: Sequence[str], devices: Sequence[str]
) -> None:
    for path in (*readable, *writable):
        _lay_links(new, path)
    _show(new, {os.path.realpath(path) for path in readable if os.path.exists(path)}, set(hidden))
    for path in devices:
        if os.path.exists(path):
            _bind(path, new + path)
    for name, target in _LINKS.items():
        os.symlink(target, f"{new}/dev/{name}")
    _processes(new + "/proc")
    for path in writable:
        os.makedirs(new + path, exist_ok=True)
    attributes = (ctypes.c_uint64 * 4)(_READ_ONLY_ATTRIBUTE | _NO_SETUID_ATTRIBUTE, 0, 0, 0)
    system.call(_MOUNT_SETATTR, _HERE, os.fsencode(new), _BELOW_TOO, attributes, 32)
    for path in writable:
        _bind(path, new + path, _BIND)  # without what is mounted in it: the new root


def _show(new: str, shown: set[str], hidden: set[str]) -> None:
    """Bind what is shown, and mask what of that is hidden; each may stand in the other."""
    for path in sorted(shown | hidden):
        above = next((one for one in _above(path) if one in shown or one in hidden), None)
        if path in shown:
            if above is None or above in hidden:
                _bind(path, new + path)
        elif above in shown and os.path.lexists(new + path):
            _mask(new, path)


def _above(path: str) -> list[str]:
    """Return the folders above a path, the nearest first."""
    found = []
    while path != "/":
        path = os.path.dirname(path)
        found.append(path)
    return found


def _lay_links(new: str, path: str) -> None:
    """Make the symbolic links that lead to a path."""
    done, left = "", path.strip("/").split("/")
    for _ in range(100):
        if not left:
            return
        here = f"{done}/{left.pop(0)}"
        if not os.path.islink(here):
            done = here
            continue
        target = os.readlink(here)
        if not os.path.lexists(new + here):
            os.makedirs(os.path.dirname(new + here), exist_ok=True)
            os.symlink(target, new + here)
        whole = os.path.normpath(os.path.join(done or "/", target, *left))
        done, left = "", [part for part in whole.split("/") if part]


def _bind(source: str, target: str, flags: int = _BIND | _RECURSIVE) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not os.path.lexists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "x", encoding="ascii"):
            pass
    _mount(source, target, "", flags)


def _mask(new: str, path: str) -> None:
    """Put something empty where something hidden stands."""
    if os.path.islink(new + path):
        return  # it leads to something that is not there
    if os.path.isdir(new + path):
        _mount("none", new + path, "tmpfs", _NO_SETUID | _NO_DEVICES, "mode=755,size=1m")
        return
    _mount("/dev/null", new + path, "", _BIND)


def _processes(place: str) -> None:
    os.makedirs(place, exist_ok=True)
    try:
        _mount("proc", place, "proc", _NO_SETUID | _NO_DEVICES | _NO_EXECUTION)
    except OSError:
        _mount("/proc", place, "", _BIND | _RECURSIVE)


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    texts = [os.fsencode(text) if text else None for text in (source, target, kind)]
    mount = system.function("mount")
    system.checked(mount(*texts, ctypes.c_ulong(flags), os.fsencode(options) if options else None))
