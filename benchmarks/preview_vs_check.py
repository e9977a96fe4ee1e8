"""What a check of each demo stack costs beside the real `pulumi preview` of it through an echo provider."""

from __future__ import annotations

import compileall
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.engines.comparison import PACKAGES
from tests.engines.real import Engine
from tools.binaries import TOOLS

ROOT = Path(__file__).resolve().parent.parent
STACKS = sorted(path.parent for path in (ROOT / "stacks").glob("*/Pulumi.yaml"))
GOAL = 0.7
UNDECIDED = 10
"""The lowest exit code of a check that came to an end."""


def main(runs: int = 5) -> int:
    """Print medians of alternating runs, with providers that the engine starts and with providers that run already."""
    compileall.compile_dir(ROOT / "resilience_checks", quiet=1)  # as an installer leaves it
    over = False
    print(f"{'stack':30} {'check':>7} {'preview':>8} {'ratio':>6} {'attached':>9} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as home:
        engines = [Engine(TOOLS["pulumi"].build(), Path(home) / str(attach), attach=attach) for attach in (False, True)]
        for stack in STACKS:
            rounds = [(_check(stack), *(_preview(engine, stack) for engine in engines)) for _ in range(runs)]
            check, preview, attached = (statistics.median(column) for column in zip(*rounds, strict=True))
            print(
                f"{stack.name:30} {check:6.2f}s {preview:7.2f}s {check / preview:6.2f} "
                f"{attached:8.2f}s {check / attached:6.2f}",
                flush=True,
            )
            over |= check / preview > GOAL
        for engine in engines:
            engine.close()
    print(f"goal: a check takes at most {GOAL} of the time of a preview that starts its providers")
    return int(over)


def _check(stack: Path) -> float:
    command = [sys.executable, "-m", "resilience_checks", "check", str(stack), "--no-cache", "--format", "json"]
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - begun
    if 0 < done.returncode < UNDECIDED:
        sys.exit(f"{' '.join(command)} failed, so there is nothing to measure:\n{done.stderr}")
    return seconds


def _preview(engine: Engine, stack: Path) -> float:
    """Return the time of the CLI alone: copying the program and encrypting its secrets come before."""
    engine.preview(stack, "prod", packages=PACKAGES)
    return engine.seconds


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
