"""Checks the demo stacks and shows what a user would see; fails when that is not what it should be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TODAY = "2026-11-25"
"""On which dates are judged: evidence of tests grows old, and the demo stacks' with it."""
EXPECTED = {"nhs-wales-2018": 14, "nhs-wales-resilient": 0, "manchester-2018": 13, "manchester-resilient": 0}


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    wrong = []
    for stack, expected in EXPECTED.items():
        print(f"\n$ resilience-checks check stacks/{stack} --today {TODAY}", flush=True)
        command = [
            str(Path(sys.executable).with_name("resilience-checks")),
            "check",
            f"stacks/{stack}",
            "--today",
            TODAY,
        ]
        code = subprocess.run(command, cwd=root, check=False).returncode
        print(f"(exit code {code})", flush=True)
        if code != expected:
            wrong.append(f"{stack} ended with {code} instead of {expected}")
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
