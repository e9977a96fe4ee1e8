"""What a whole check costs beside the same program run bare under the same offline monitor, and where it goes."""

from __future__ import annotations

import compileall
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STACKS = sorted(path.parent for path in (ROOT / "stacks").glob("*/Pulumi.yaml"))
LIMIT = 0.5
ASKED = ("--format", "json", "--timings", "--no-cache")
UNDECIDED = 10
"""The lowest exit code of a check that came to an end."""
BARE = """
import sys
from pathlib import Path
from resilience_checks.sources.discovery import discover
from resilience_checks.sources.program.source import ProgramSource
path = Path(sys.argv[1])
source = ProgramSource(discover([path], path).stacks[0], path)
source.graph()
source.close()
"""


def main(runs: int = 7) -> int:
    compileall.compile_dir(ROOT / "resilience_checks", quiet=1)  # as an installer leaves it
    over = False
    print(f"{'stack':30} {'bare':>7} {'check':>7} {'more':>7} {'ratio':>6}  where it goes")
    for stack in STACKS:
        bare, whole, reports = [], [], []
        for _ in range(runs):
            bare.append(_seconds([sys.executable, "-c", BARE, str(stack)])[0])
            seconds, output = _seconds([sys.executable, "-m", "resilience_checks", "check", str(stack), *ASKED])
            whole.append(seconds)
            reports.append(json.loads(output)["timings"])
        one, other = statistics.median(bare), statistics.median(whole)
        stations = {name: statistics.median(report[name] for report in reports) for name in reports[0]}
        where = ", ".join(f"{name} {seconds:.2f}" for name, seconds in stations.items())
        print(f"{stack.name:30} {one:6.2f}s {other:6.2f}s {other - one:+6.2f}s {other / one:6.2f}  {where}")
        over |= other - one > LIMIT
    print(f"limit: {LIMIT} s more than the program itself")
    return int(over)


def _seconds(command: list[str]) -> tuple[float, str]:
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if 0 < done.returncode < UNDECIDED:
        sys.exit(f"{' '.join(command)} failed, so there is nothing to measure:\n{done.stderr}")
    return time.perf_counter() - begun, done.stdout


if __name__ == "__main__":
    sys.exit(main())
