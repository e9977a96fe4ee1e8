"""How the cost of a check grows with the estate: seconds and memory from 100 to 300,000 resources, as a plot.

Run as `python -m benchmarks.growth docs/growth.svg`; further numbers are the sizes. Needs matplotlib (extra `bench`).
Each size is one check of states of 100 resources each, which together are one estate of as many services.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import generated
from benchmarks.estates import FINE, RESOURCES
from benchmarks.reading import _run

SIZES = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000)


def main(plot: str = "docs/growth.svg", *sizes: str) -> int:
    points = [(size, *_measured(size)) for size in map(int, sizes or map(str, SIZES))]
    _draw(Path(plot), points)
    return 0


def _measured(size: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="resilience-checks-") as name:
        folder = Path(name)
        files = generated.states(folder, max(1, size // RESOURCES), RESOURCES)
        states = [part for file in files for part in ("--state", str(file))]
        command = generated.check("--config", str(folder / "resilience.yaml"), *states)
        seconds, memory = _run(command, fine=FINE)
    print(f"{size:7} resources {seconds:7.1f} s {memory:6.0f} MB", flush=True)
    return seconds, memory


def _draw(file: Path, points: list[tuple[int, float, float]]) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "resilience-checks", "font.size": 9})
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    sizes = [size for size, _, _ in points]
    axes.loglog(sizes, [seconds for _, seconds, _ in points], "o-", color="#1f5fa8", label="seconds")
    axes.set(xlabel="resources, in states of 100 each", ylabel="seconds", title="One check of an estate, 2 processors")
    other = axes.twinx()
    other.loglog(sizes, [memory for _, _, memory in points], "s--", color="#b8521c", label="MB of all processes")
    other.set_ylabel("MB")
    axes.legend(handles=[*axes.lines, *other.lines], loc="upper left", frameon=False)
    axes.grid(alpha=0.3)
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
