"""The Aralia trees to order 3, `resilience-checks cut-sets` beside SCRAM in one run: whole commands, and CPU time.

`python -m benchmarks.aralia [FILE...]` takes other trees. Limit: twice SCRAM's time, or 0.3 seconds.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tools import scram

if TYPE_CHECKING:
    from collections.abc import Sequence

TREES = Path(__file__).resolve().parent.parent / "tests" / "validation" / "aralia"
ORDER = 3
LIMIT = 0.3


def main(arguments: Sequence[str]) -> int:
    files = [Path(argument) for argument in arguments] or sorted(TREES.glob("*.xml"))
    beside = scram.found() is not None
    if not beside:
        print("no SCRAM here (python tools/scram.py build): the times stand alone")
    print(f"{'tree':10} {'sets':>7}   ours: wall    CPU   SCRAM: wall    CPU   (seconds, medians of 5)")
    slow = 0
    with tempfile.TemporaryDirectory() as made:
        for file in files:
            slow += _compare(file, Path(made), beside=beside)
    print(f"{slow} of {len(files)} slower than twice SCRAM and {LIMIT} s" if slow else "all within the limit")
    return int(slow > 0)


def _compare(file: Path, folder: Path, *, beside: bool) -> bool:
    ours, theirs = folder / "ours.json", folder / "theirs.xml"
    command = [sys.executable, "-m", "resilience_checks", "cut-sets", str(file), "--max-order", str(ORDER)]
    rival = [str(scram.found()), "--zbdd", "-l", str(ORDER), str(file), "-o", str(theirs)]
    times, others = [], []
    for _ in range(5):
        times.append(_timed([*command, "--format", "json", "--output", str(ours)], dict(os.environ)))
        if beside:
            others.append(_timed(rival, scram.environment()))
    counts = json.loads(ours.read_text(encoding="utf-8"))["counts_by_order"]
    if beside:
        assert [counts[str(size)] for size in range(1, ORDER + 1)] == _distribution(theirs), "the answers differ"
    (wall, cpu), (other, other_cpu) = _medians(times), _medians(others) if beside else (0.0, 0.0)
    slow = wall > max(LIMIT, 2 * other)
    line = f"{file.stem:10} {sum(counts.values()):7}   {wall:10.3f} {cpu:6.3f}   {other:11.3f} {other_cpu:6.3f}"
    print(line + ("   slow" if slow else ""), flush=True)
    return slow


def _timed(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds by the clock and of the processor."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _medians(times: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(wall for wall, _ in times), statistics.median(cpu for _, cpu in times)


def _distribution(report: Path) -> list[int]:
    found = ET.parse(report).getroot().find(".//sum-of-products")
    counts = [int(word) for word in found.attrib["distribution"].split()] if found is not None else []
    return [*counts, *[0] * ORDER][:ORDER]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
