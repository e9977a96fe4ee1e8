"""Previews of changes by the real engine, as they are kept beside a stack: without frames of other people's code.

`python -m tests.engines.recording` writes that of the routine change of the firewalls again.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.end_to_end.editing import STACKS, copy

if TYPE_CHECKING:
    from tests.engines.real import Engine

STACK = STACKS / "nhs-wales-2018"
PATCH = STACK / "routine-change.patch"
FILE = STACK / "routine-change.preview.json.gz"
_PACKAGES = ("fortios", "f5bigip", "vsphere")
_OUTSIDE = "project:///.."


def patched(target: Path) -> Path:
    """Return a copy of the stack with the routine change in it."""
    directory = copy(STACK.name, target)
    subprocess.run(["git", "apply", "-p3", str(PATCH)], cwd=directory, check=True, capture_output=True)
    return directory


def routine_change(engine: Engine, target: Path) -> dict[str, Any]:
    """Return what a preview says of the routine change once the stack as it is was deployed."""
    return without_frames(engine.preview_of_change(STACK, patched(target), "prod", packages=_PACKAGES))


def without_frames(preview: dict[str, Any]) -> dict[str, Any]:
    """Return the preview without the frames of its stack traces that lead out of the project."""
    for step in preview["steps"]:
        for state in (step.get("oldState"), step.get("newState")):
            if state is not None:
                frames = state.get("stackTrace", ())
                state["stackTrace"] = [each for each in frames if not _outside(each)]
                if _outside(state):
                    del state["sourcePosition"]
    return preview


def _outside(place: dict[str, Any]) -> bool:
    return str(place.get("sourcePosition", "")).startswith(_OUTSIDE)


def write(preview: dict[str, Any]) -> None:
    """Write the recorded preview; the same preview gives the same bytes."""
    with FILE.open("wb") as stream, gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0) as packed:
        packed.write(json.dumps(preview, indent=2).encode())


def main() -> None:
    """Record the preview anew."""
    from tests.engines.real import Engine
    from tools.binaries import TOOLS

    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(TOOLS["pulumi"].build(), Path(folder) / "home")
        try:
            write(routine_change(engine, Path(folder)))
        finally:
            engine.close()


if __name__ == "__main__":
    main()
