"""What the program looks at while it runs: files, folders, and what keeps that from being known."""

from __future__ import annotations

import os
import pathlib
import re
import sys
from pathlib import Path

_UNSEEN = {
    **dict.fromkeys(
        (
            "subprocess.Popen",
            "os.system",
            "os.exec",
            "os.posix_spawn",
            "os.spawn",
            "os.fork",
            "os.forkpty",
            "pty.spawn",
        ),
        "it starts another program",
    ),
    "ctypes.dlopen": "it loads a library by ctypes",
    "socket.connect": "it speaks to another process",
    "socket.gethostname": "it asks for the name of this machine",
}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
_HARMLESS = {"/dev/null"}
_PACKAGES = re.compile(r"[/\\](?:site-packages|dist-packages)[/\\]")
_STANDARD = os.path.dirname(os.__file__) + os.sep
_CHANGING = ("/dev/", "/proc/", "/sys/")


class Reads:
    """Takes note of every file that Python opens or asks about, and of every folder that it lists."""

    def __init__(self, private: Path, root: str, project: str) -> None:
        self._private = str(private) + os.sep
        self._root, self._project = (os.path.realpath(path) + os.sep for path in (root, project))
        self.opened: set = set()
        self.listed: set = set()
        self.asked: set = set()
        self.unseen: dict = {}

    def watch(self) -> None:
        """Begin; what the interpreter itself looks at when it imports is seen by the folders that it lists."""
        sys.addaudithook(self._hear)
        for name in ("stat", "lstat", "access", "readlink"):
            self._wrap(name)

    def files(self) -> list:
        """Return the files outside of the project's folder and below the root, without those of this child."""
        modules = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        found = {os.path.realpath(path) for path in (*self.opened, *modules) if isinstance(path, str)}
        here = str(Path(__file__).resolve().parent.parent) + os.sep
        return sorted(
            path for path in found if path.startswith(self._root) and not path.startswith((self._project, here))
        )

    def told(self) -> dict:
        """Return the paths, absolute, and why there may be more."""
        kinds = {"opened": self.opened, "listed": self.listed, "asked": self.asked}
        return {
            **{
                kind: sorted({path for one in list(found) if (path := self._path(one))})
                for kind, found in kinds.items()
            },
            "unseen": list(self.unseen),
            "environments": sorted({os.path.realpath(one) for one in (sys.prefix, sys.base_prefix)}),
        }

    def _hear(self, event: str, arguments: tuple) -> None:
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, (str, bytes)):
                self._open(os.fsdecode(path), mode, flags)
        elif event in {"os.listdir", "os.scandir"}:
            if arguments[0] is None or isinstance(arguments[0], (str, bytes)):
                self.listed.add(os.fsdecode(arguments[0] or "."))
        elif event in _UNSEEN:
            self._hidden(event, arguments)

    def _hidden(self, event: str, arguments: tuple) -> None:
        if event == "ctypes.dlopen" and arguments[0] is None:
            return
        if event == "socket.connect" and not isinstance(arguments[1], (str, bytes)):
            return
        if event == "socket.gethostname" and _by_package():
            return
        self.unseen[_UNSEEN[event]] = None

    def _open(self, path: str, mode: object, flags: object) -> None:
        if path.startswith(self._private) or path in _HARMLESS:
            return
        if (isinstance(mode, str) and not set("wax+").isdisjoint(mode)) or (
            mode is None and isinstance(flags, int) and flags & _WRITES
        ):
            self.unseen["it writes to files"] = None
        elif path.startswith(_CHANGING):
            if not _by_package():
                self.unseen[f"it reads {path}"] = None
        else:
            self.opened.add(path if os.path.isabs(path) else os.path.abspath(path))

    def _wrap(self, name: str) -> None:
        original = getattr(os, name)

        def noted(path: object, *arguments: object, **named: object) -> object:
            if isinstance(path, (str, bytes)) or hasattr(path, "__fspath__"):
                self.asked.add(os.fsdecode(path))
            return original(path, *arguments, **named)

        setattr(os, name, noted)
        for known in (os.supports_dir_fd, os.supports_follow_symlinks, os.supports_fd, os.supports_effective_ids):
            if original in known:
                known.add(noted)
        accessor = getattr(pathlib, "_NormalAccessor", None)  # up to Python 3.10 it holds the functions themselves
        if accessor is not None and hasattr(accessor, name):
            setattr(accessor, name, staticmethod(noted))

    def _path(self, path: str) -> str:
        found = path if os.path.isabs(path) else os.path.abspath(path)
        return "" if (found + os.sep).startswith((self._private, *_CHANGING)) else found


def _by_package() -> bool:
    """Return whether it is an installed package that asks, on its own behalf; those are taken to find the same again."""
    frame = sys._getframe(3)
    while frame is not None:
        file = frame.f_code.co_filename
        if _PACKAGES.search(file):
            return True
        if not file.startswith(("<", _STANDARD)):
            return False
        frame = frame.f_back
    return False
