"""Which files of the repository, outside of its own folder, the program reads."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_WRITES = os.O_WRONLY | os.O_RDWR


class Reads:
    """Takes note of each file that is opened to be read, and of the modules that are loaded in the end."""

    def __init__(self, root: str, project: str) -> None:
        self.root, self.project = (os.path.realpath(path) + os.sep for path in (root, project))
        self.opened: set = set()

    def watch(self) -> None:
        def note(event: str, arguments: tuple) -> None:
            if event == "open" and isinstance(arguments[0], str) and not self._is_written(*arguments[1:3]):
                path = arguments[0]
                self.opened.add(path if path.startswith(os.sep) else str(Path.cwd() / path))

        sys.addaudithook(note)

    @staticmethod
    def _is_written(mode: object, flags: object) -> bool:
        if isinstance(mode, str):
            return not set("wax+").isdisjoint(mode)
        return isinstance(flags, int) and bool(flags & _WRITES)

    def files(self) -> list:
        """Return the files outside of the project's folder and below the root, without those of this child."""
        modules = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        found = {os.path.realpath(path) for path in (*self.opened, *modules) if isinstance(path, str)}
        here = str(Path(__file__).resolve().parent.parent) + os.sep
        apart = (self.project, here)
        return sorted(path for path in found if path.startswith(self.root) and not path.startswith(apart))
