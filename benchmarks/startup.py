"""How long the command line takes to start, beside an empty Python process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

LIMIT = 0.15
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import resilience_checks": [sys.executable, "-c", "import resilience_checks"],
    "resilience-checks --help": [sys.executable, "-m", "resilience_checks", "--help"],
}


def main(runs: int = 11) -> int:
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            begun = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times[name].append(time.perf_counter() - begun)
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        print(f"{name:28} {median:6.3f} s")
    more = medians["resilience-checks --help"] - medians["python -c pass"]
    print(f"--help costs {more:.3f} s beside an empty process (limit {LIMIT} s)")
    return int(more > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
