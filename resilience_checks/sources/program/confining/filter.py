"""System calls that no Pulumi program needs, refused by seccomp, which any process may ask for.

Numbers from the kernel's `syscall_64.tbl` and `asm-generic/unistd.h`; instructions as in seccomp(2).
"""

from __future__ import annotations

import ctypes
import os
import struct

from resilience_checks.sources.program.confining import system

_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST, _THIRD = 0, 4, 16, 32
_EPERM, _ENOSYS, _NO_FAMILY = 1, 38, 97
_UNIX, _NETLINK = 1, 16
_NAMESPACES = 0x7E020080
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET."""
_X32 = 0x40000000
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_SOCKET, _CLONE, _CLONE3, _TRUNCATE = (41, 198), (56, 220), 435, (76, 45)
_REFUSED = (
    (101, 117),  # ptrace
    (310, 270),  # process_vm_readv
    (311, 271),  # process_vm_writev
    (438, 438),  # pidfd_getfd
    (425, 425),  # io_uring_setup, which opens and connects past this filter
    (272, 97),  # unshare
    (308, 268),  # setns
    (304, 265),  # open_by_handle_at
    (248, 217),  # add_key
    (249, 218),  # request_key
    (250, 219),  # keyctl: the user's keys are not the program's
    (321, 280),  # bpf
    (298, 241),  # perf_event_open
    (323, 282),  # userfaultfd
)


def apply(*, rooted: bool) -> bool:
    """Refuse them from now on; return whether the system can.

    `rooted`: namespaces keep from the network and a root of its own from files; else sockets of every network are
    refused, too, and to truncate a file by its name, which Landlock knows of since version 3.
    """
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        return False
    code = _program(*machine, rooted=rooted)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer)), 16)
    try:
        system.control(_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(program))
    except OSError:
        return False
    return True


def _program(architecture: int, column: int, *, rooted: bool) -> bytes:
    """Return the instructions: each is code, jump if so, jump if not, and a value."""
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        _refuse(_EPERM),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if column == 0:
        lines += [(_AT_LEAST, 0, 1, _X32), _refuse(_ENOSYS)]
    for numbers in _REFUSED if rooted else (*_REFUSED, _TRUNCATE):
        lines += [(_EQUAL, 0, 1, numbers[column]), _refuse(_EPERM)]
    lines += [(_EQUAL, 0, 1, _CLONE3), _refuse(_ENOSYS)]  # its flags cannot be read here; libraries then use clone
    lines += [
        (_EQUAL, 0, 4, _CLONE[column]),
        (_LOAD, 0, 0, _FIRST),
        (_ANY_BIT, 0, 1, _NAMESPACES),
        _refuse(_EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    if not rooted:
        lines += [
            (_EQUAL, 0, 6, _SOCKET[column]),
            (_LOAD, 0, 0, _FIRST),
            (_EQUAL, 4, 0, _UNIX),
            (_EQUAL, 0, 2, _NETLINK),
            (_LOAD, 0, 0, _THIRD),
            (_EQUAL, 1, 0, 0),  # routes, which tell the machine's addresses
            _refuse(_NO_FAMILY),
        ]
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _refuse(error: int) -> tuple[int, int, int, int]:
    return (_RETURN, 0, 0, _REFUSE | error)
