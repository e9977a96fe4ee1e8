"""Estates of many stacks: throughput of their evaluation by workers, memory of the whole, and a second run of the unchanged.

Run as `python -m benchmarks.estates`; `--stacks`, `--programs` and `--total` make it smaller. Needs the extra
`distributed`. What it writes is removed again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import generated
from benchmarks.reading import ROOT, _run
from resilience_checks.sources import opening
from resilience_checks.sources.discovery import discover
from resilience_checks.sources.files.reading import open_all
from resilience_checks.sources.given import Given
from resilience_checks.sources.interface import Limits
from resilience_checks.sources.stacks.together import Together
from resilience_checks.sources.stacks.workers import DaskWorkers, LocalWorkers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.sources.stacks.evaluations import Make
    from resilience_checks.sources.stacks.workers import Workers

EFFICIENCY, MEMORY, AGAIN = 0.8, 4096, 0.1
"""The goals: of two workers beside one, MB of the process tree, and the second run beside the first."""
RESOURCES = 100
_COUNTED = 30_000_000
FINE = (0, 3, 10, 11, 12, 13, 14)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("stacks", 1000), ("programs", 100), ("total", 300_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="resilience-checks-") as name:
        folder = Path(name)
        reached = [
            *_throughput(f"{asked.stacks} states of {RESOURCES} resources", _states(folder / "states", asked.stacks)),
            *_throughput(f"{asked.programs} programs", _programs(folder / "programs", asked.programs)),
            _again(folder, asked.programs),
            _memory(folder / "total", asked.total),
        ]
        _decided_again(folder, asked.stacks)
    return int(not all(reached))


def _states(folder: Path, stacks: int) -> list[Make]:
    folder.mkdir()
    files = generated.states(folder, stacks, RESOURCES)
    return [opening.again(source) for source in open_all([], files, [folder], folder).sources]


def _programs(folder: Path, programs: int) -> list[Make]:
    folder.mkdir()
    generated.programs(folder, programs)
    return [opening.OfProgram(stack, folder, Limits(300.0)) for stack in discover([folder], folder).stacks]


def _throughput(what: str, makes: Sequence[Make]) -> list[bool]:
    """Measure one and two workers of each kind, the kinds one after the other.

    Beside them stands what the machine itself gives: no workers can do better than two that only count.
    """
    print(f"{what} (two processes that only count: efficiency {_machine():.2f})")
    reached = []
    for kind in ("local processes", "a Dask cluster"):
        seconds = {size: _evaluated(makes, kind, size) for size in (1, 2)}
        efficiency = seconds[1] / (2 * seconds[2])
        told = ", ".join(f"{size}: {len(makes) / took:.1f}/s" for size, took in seconds.items())
        print(f"  {kind:16} {told}, efficiency {efficiency:.2f} (goal {EFFICIENCY})")
        reached.append(efficiency >= EFFICIENCY)
    return reached


def _machine() -> float:
    """Return the efficiency of two processes that share nothing; less than 1 where the processors have other work."""
    seconds = {}
    for size in (1, 2):
        with ProcessPoolExecutor(size, mp_context=get_context("spawn")) as executor:
            list(executor.map(_count, [1] * size))  # they have begun
            begun = time.perf_counter()
            list(executor.map(_count, [_COUNTED] * 2))
            seconds[size] = time.perf_counter() - begun
    return seconds[1] / (2 * seconds[2])


def _count(end: int) -> int:
    return sum(range(end))


def _evaluated(makes: Sequence[Make], kind: str, size: int) -> float:
    """Return the seconds that workers, which have begun, take to evaluate all."""
    with ExitStack() as stack:
        workers: Workers
        if kind == "local processes":
            workers = LocalWorkers(size)
        else:
            from distributed import LocalCluster

            cluster = stack.enter_context(
                LocalCluster(n_workers=size, threads_per_worker=1, dashboard_address=":0", silence_logs=50)
            )
            workers = DaskWorkers(cluster.scheduler_address)
        stack.callback(workers.close)
        _results(makes[: 2 * size], _Open(workers))
        begun = time.perf_counter()
        _results(makes, _Open(workers))
        return time.perf_counter() - begun


class _Open:
    """Workers that outlive those who use them; they take everything that travels."""

    def __init__(self, workers: Workers) -> None:
        self._workers, self.size = workers, workers.size
        self.answers = workers.answers

    def takes(self, make: Make) -> bool:
        return bool(getattr(make, "travels", False))

    def close(self) -> None:
        """Leave them open."""


def _results(makes: Sequence[Make], workers: _Open) -> None:
    with closing(Together(makes, Given(), workers=workers)) as together:  # type: ignore[arg-type]
        together.start()
        for result in together.results():
            assert result.made is not None, result.error  # packed, as it comes: opening it is part of the joining


def _again(folder: Path, programs: int) -> bool:
    """Measure a second check of unchanged programs beside the first."""
    command = [str(folder / "programs"), "--timeout", "300"]
    share = _twice(f"check of {programs} programs", folder, command)
    print(f"  goal {AGAIN}")
    return share <= AGAIN


def _decided_again(folder: Path, stacks: int) -> None:
    """Measure a second check of unchanged states beside the first: they are read again, and not decided again."""
    states = [part for file in sorted((folder / "states").glob("*.json")) for part in ("--state", str(file))]
    command = ["--config", str(folder / "states" / "resilience.yaml"), *states]
    _twice(f"check of {stacks} states of {RESOURCES} resources", folder, command)


def _twice(what: str, folder: Path, arguments: Sequence[str]) -> float:
    """Return the share of a second check in the seconds of the first, and print both, with those of the processors."""
    environment = {**os.environ, "RESILIENCE_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "resilience_checks", "check", "--cache", *arguments]
    seconds, busy = [], []
    for _ in range(2):
        begun, before = time.perf_counter(), os.times()
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=subprocess.DEVNULL)
        assert done.returncode in FINE, done.returncode
        seconds.append(time.perf_counter() - begun)
        after = os.times()
        busy.append(after.children_user + after.children_system - before.children_user - before.children_system)
    share = seconds[1] / seconds[0]
    print(
        f"{what}: {seconds[0]:.1f} s (of processors {busy[0]:.1f} s), "
        f"unchanged again {seconds[1]:.1f} s ({busy[1]:.1f} s): {share:.3f}"
    )
    return share


def _memory(folder: Path, total: int) -> bool:
    """Measure a check of so many resources in all."""
    folder.mkdir()
    files = generated.states(folder, total // RESOURCES, RESOURCES)
    states = [part for file in files for part in ("--state", str(file))]
    command = generated.check("--config", str(folder / "resilience.yaml"), *states)
    seconds, memory = _run(command, fine=FINE)
    print(f"check of {total} resources in {len(files)} states: {seconds:.0f} s, {memory:.0f} MB (goal {MEMORY} MB)")
    return memory <= MEMORY


if __name__ == "__main__":
    sys.exit(main())
