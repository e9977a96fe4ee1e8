"""Runs OPA's own checks over the policies: `opa.py verify DIR` runs check, fmt and test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this file is run as a script, too

from tools.binaries import TOOLS


def verify(directory: str) -> int:
    opa = str(TOOLS["opa"].build())
    formatted = subprocess.run([opa, "fmt", "--list", directory], capture_output=True, text=True, check=False)
    if formatted.returncode or formatted.stdout.strip():
        print(f"not formatted (run `opa fmt -w {directory}`):\n{formatted.stdout}{formatted.stderr}")
        return 1
    for command in (["check", "--strict", directory], ["test", directory]):
        code = subprocess.run([opa, *command], check=False).returncode
        if code:
            return code
    return 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["verify", directory]:
            return verify(directory)
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
