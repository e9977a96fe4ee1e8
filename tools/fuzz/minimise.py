"""Keeps of many inputs the smallest that together reach every line: `python -m tools.fuzz.minimise READER TO FROM...`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.fuzz.guard import tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 3_000
MOST = 24_000
"""Bytes of one input, and of all that are kept of one reader."""
COUNT = 400
"""How many inputs, the smallest, are looked at."""
_OURS = "/resilience_checks/"


def minimised(reader: str, inputs: Iterable[bytes]) -> Iterator[bytes]:
    """Yield each input that reaches a line of the package which no smaller one reaches."""
    seen: set[tuple[str, int]] = set()
    for data in sorted(inputs, key=lambda data: (len(data), data)):
        lines = _lines(reader, data)
        if not lines <= seen:
            seen |= lines
            yield data


def _lines(reader: str, data: bytes) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()

    def local(frame: Any, event: str, _: object) -> Any:
        if event == "line":
            found.add((frame.f_code.co_filename, frame.f_lineno))
        return local

    def trace(frame: Any, _event: str, _: object) -> Any:
        return local if _OURS in frame.f_code.co_filename else None

    sys.settrace(trace)
    try:
        tried(reader, data)
    finally:
        sys.settrace(None)
    return found


def main() -> None:
    """Write the kept inputs to a folder, in place of what is there."""
    from hashlib import sha1

    reader, to, *folders = sys.argv[1:]
    paths = [path for folder in folders for path in Path(folder).iterdir()]
    inputs = sorted({data for path in paths if len(data := path.read_bytes()) <= LONGEST}, key=len)[:COUNT]
    for data in inputs[:: max(1, len(inputs) // 20)]:
        tried(reader, data)  # what runs when something is imported, or first asked for, is no reason to keep an input
    kept = list(minimised(reader, inputs))
    shutil.rmtree(to, ignore_errors=True)
    Path(to).mkdir(parents=True)
    size = 0
    for data in kept:
        size += len(data)
        if size <= MOST:
            (Path(to) / sha1(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main()
