"""Stays with a program until it ended, the checker has gone, or it uses too much; then ends all that is left of it."""

from __future__ import annotations

import os
import select
import time

TYPE_CHECKING = False  # as type checkers read it, without the import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MEMORY, PROCESSES, DISK = "memory", "processes", "disk"
_EVERY = 0.1
"""Seconds between two looks at what the program uses."""
_UNTIL = 5.0
"""Seconds within which all that is left has to end."""
_MOMENT = 0.002
_SIGKILL = 9
_KILLED = -_SIGKILL
_PAGE = os.sysconf("SC_PAGE_SIZE")
_BLOCK = 512


def keep(program: int, job: dict[str, Any], private: str, *, alone: bool) -> int:
    """Return the program's exit code, negative for a signal, when it and all that it has started are gone.

    `alone`: this process is the first of a namespace of processes, with which the system ends all others.
    """
    ends = [job["parent"]]
    try:
        ends.append(os.pidfd_open(program))
        every = _EVERY
    except (AttributeError, OSError):
        every = _EVERY / 10
    code = None
    while code is None:
        ready, _, _ = select.select(ends, [], [], every)
        if job["parent"] in ready:
            code = _KILLED
            break
        code = _reaped(program)
        used = None if ready else _too_much(job, private, alone=alone)
        if code is None and used is not None:
            tell(job["told"], stopped=used)
            code = _KILLED
    if not alone:
        _end_all(program)
    return code


def tell(descriptor: int, **facts: object) -> None:
    """Write facts as lines of name and value."""
    os.write(descriptor, "".join(f"{name}={value}\n" for name, value in facts.items()).encode())


def _reaped(program: int) -> int | None:
    """Take note of every child that has ended; return how the program did, None while it runs."""
    code = None
    while True:
        try:
            number, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if number == 0:
            return code
        if number == program:
            code = os.waitstatus_to_exitcode(status)


def _too_much(job: dict[str, Any], private: str, *, alone: bool) -> str | None:
    """Return what there is too much of."""
    if _size(private) > job["disk"]:
        return DISK
    found = _others() if alone else descendants(os.getpid())
    if len(found) > job["processes"]:
        return PROCESSES
    if job["memory"] and sum(map(_resident, found)) > job["memory"] and sum(map(_share, found)) > job["memory"]:
        return MEMORY
    return None


def _others() -> list[int]:
    """Return the processes of this namespace without this one, where `/proc` shows them alone."""
    if os.readlink("/proc/self") != "1":
        return descendants(int(os.readlink("/proc/self")))
    return [int(name) for name in os.listdir("/proc") if name.isdecimal() and name != "1"]


def descendants(process: int) -> list[int]:
    """Return the processes that a process has started, and theirs, by their numbers in `/proc`."""
    found, left = [], [process]
    while left:
        for child in _children(left.pop()):
            found.append(child)
            left.append(child)
    return found


def _children(process: int) -> list[int]:
    try:
        tasks = os.listdir(f"/proc/{process}/task")
        texts = [_text(f"/proc/{process}/task/{task}/children") for task in tasks]
    except OSError:
        return []
    return [int(number) for text in texts for number in text.split()]


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


def _resident(process: int) -> int:
    """Return the bytes in memory, those that it shares with others included."""
    fields = _text(f"/proc/{process}/statm").split()
    return int(fields[1]) * _PAGE if fields else 0


def _share(process: int) -> int:
    """Return the bytes in memory, of those shared with others its share."""
    found = (line.split() for line in _text(f"/proc/{process}/smaps_rollup").splitlines())
    return next((int(fields[1]) << 10 for fields in found if fields[0] == "Pss:"), _resident(process))


def _size(folder: str) -> int:
    """Return the bytes that a folder takes up on disk."""
    total, left = 0, [folder]
    while left:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    total += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                    if entry.is_dir(follow_symlinks=False):
                        left.append(entry.path)
        except OSError:
            continue
    return total


def _end_all(program: int) -> None:
    """End the program's group and all that this process has become the parent of, until nothing is left."""
    until = time.monotonic() + _UNTIL
    groups = {program}
    while time.monotonic() < until:
        for group in groups:
            _kill(os.killpg, group)
        left = descendants(os.getpid())
        for process in left:
            _kill(os.kill, process)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        groups = {group for process in left if (group := _group(process)) != os.getpgrp()}
        time.sleep(_MOMENT)


def _kill(how: Callable[[int, int], None], number: int) -> None:
    try:
        how(number, _SIGKILL)
    except OSError:
        return


def _group(process: int) -> int:
    try:
        return os.getpgid(process)
    except OSError:
        return os.getpgrp()  # it is gone
