"""Whether thousands of checks in one process leave anything behind: memory, threads, files, processes.

`python -m benchmarks.soak [CHECKS]` prints a line for each twentieth of the way, and fails where anything grows.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.check import Options, run

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = 2000
SLOPE = 1.0
"""KiB that each check may add to the resident memory: a check makes some 20 MB, so what is kept by mistake shows."""
_WARM = 10
FILES = {
    "Pulumi.yaml": """\
name: web
runtime: yaml
resources:
  front:
    type: vsphere:index/virtualMachine:VirtualMachine
    properties: {}
""",
    "Pulumi.prod.yaml": "config: {}\n",
    "resilience.yaml": "version: 1\nservices:\n  shop: {scope: national, tier: 1, entry: {select: {name: front}}}\n",
}
_BLOCKED = 13


@dataclass(frozen=True)
class Level:
    """What this process holds: resident memory in KiB, threads, open files, child processes, temporary files."""

    memory: int
    threads: int
    files: int
    children: int
    temporary: int

    @property
    def countable(self) -> tuple[int, int, int, int]:
        return self.threads, self.files, self.children, self.temporary


def level(temporary: Path) -> Level:
    """Return what is held now, by Linux's own account."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    tasks = list(Path("/proc/self/task").iterdir())
    children = sum(len((task / "children").read_text(encoding="ascii").split()) for task in tasks)
    files = len(list(Path("/proc/self/fd").iterdir()))
    left = sum(1 for _ in temporary.rglob("*"))
    return Level(pages * os.sysconf("SC_PAGE_SIZE") // 1024, threading.active_count(), files, children, left)


def soak(checks: int, temporary: Path, *, every: int = 10) -> Iterator[tuple[int, Level]]:
    """Check one small project that often, and yield what is held after each so many checks, from the tenth on."""
    project = temporary.parent / "project"
    project.mkdir()
    for name, text in FILES.items():
        (project / name).write_text(text, encoding="utf-8")
    options = Options((project,), project)
    for number in range(1, checks + 1):
        report = run(options)
        assert report.verdict.exit_code == _BLOCKED, report.verdict
        del report
        if number >= _WARM and number % every == 0:
            gc.collect()
            yield number, level(temporary)


def slope(levels: list[tuple[int, Level]]) -> float:
    """Return how many KiB a check adds: the median of the slopes between all pairs (Theil 1950, Sen 1968)."""
    pairs = [
        (later.memory - earlier.memory) / (at - before)
        for index, (before, earlier) in enumerate(levels)
        for at, later in levels[index + 1 :]
    ]
    return sorted(pairs)[len(pairs) // 2]


def main(checks: int = CHECKS) -> int:
    with tempfile.TemporaryDirectory() as folder:
        temporary = Path(folder) / "tmp"
        temporary.mkdir()
        tempfile.tempdir = str(temporary)
        begun, spent = time.monotonic(), time.process_time()
        levels = []
        for number, held in soak(checks, temporary):
            levels.append((number, held))
            if number % max(_WARM, checks // 20) == 0:
                print(
                    f"{number:6} checks: {held.memory / 1024:7.1f} MiB, {held.threads} threads, {held.files} files, "
                    f"{held.children} children, {held.temporary} temporary files",
                    flush=True,
                )
        tempfile.tempdir = None
    later = levels[len(levels) // 4 :]
    grows, counts = slope(later), {held.countable for _, held in levels}
    print(f"{checks} checks in {time.monotonic() - begun:.0f} s ({time.process_time() - spent:.0f} s of this process)")
    print(f"{grows:+.3f} KiB a check over the last three quarters (limit {SLOPE}); counts: {sorted(counts)}")
    return int(grows > SLOPE or len(counts) > 1)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
