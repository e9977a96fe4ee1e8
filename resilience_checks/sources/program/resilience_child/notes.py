"""What goes to the parent beside the protocol, and the frames of the program itself."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

_CONSTRUCTORS = 3
"""Of Resource, of CustomResource or ComponentResource, and of the resource's own class."""


class Notes:
    """What goes to the parent beside the protocol: one JSON object a line."""

    def __init__(self, private: Path, project: str) -> None:
        self.private, self.project = private, os.path.realpath(project) + os.sep
        self.file = (private / "notes.jsonl").open("w", encoding="utf-8")
        self.pending: list = []
        self.files: dict = {}
        self.count = 0
        self.outputs: object = None

    def number(self) -> int:
        self.count += 1
        return self.count

    def write(self, **note: object) -> None:
        self.file.write(json.dumps(note, default=str) + "\n")

    def inside(self, filename: str) -> bool:
        known = self.files.get(filename)
        if known is None:
            path = os.path.realpath(filename)
            own = path.startswith(self.project) and "site-packages" not in path
            known = self.files[filename] = own and Path(filename).is_absolute()
        return known

    def here(self, frame: object = None, *, task: bool = False) -> dict | None:
        """Return the innermost frame of the program itself, from here or from this frame on.

        `task`: only within the task that runs; below it stands whatever the program waits in at that moment.
        """
        frame = frame or sys._getframe(1)
        while frame is not None:
            if self.inside(frame.f_code.co_filename):
                return {"file": os.path.realpath(frame.f_code.co_filename), "line": frame.f_lineno}
            if task and frame.f_globals.get("__name__") == "asyncio.events":
                return None
            frame = frame.f_back
        return None

    def made(self) -> dict | None:
        """Return where a resource is made, as newer SDKs tell it: above the constructor of its own class."""
        frame, constructors = sys._getframe(1), 0
        while frame is not None and constructors < _CONSTRUCTORS:
            constructors += frame.f_code.co_name == "__init__"
            frame = frame.f_back
        return self.here(frame) if frame is not None and constructors == _CONSTRUCTORS else self.here()

    def finish(self, end: dict) -> None:
        for callback in self.pending:
            if not callback.called:
                self.write(kind="skipped", **callback.place)
        self.file.close()
        (self.private / "end.json").write_text(json.dumps(end, default=str), encoding="utf-8")
