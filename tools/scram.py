"""Puts SCRAM, the fault tree analysis of Debian, into a cache outside of the clone; no root is needed.

`scram.py build` downloads the package and the libraries that are not installed, and unpacks them there; where there
is no apt it says so. `scram.py path` prints where the program is. SCRAM is GPL-3: it is run as a program of its own,
never linked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this file is run as a script, too

from tools import debian
from tools.binaries import cache

_PACKAGE = "scram"


def found() -> Path | None:
    """Return the program: what RESILIENCE_SCRAM names, the unpacked one, or one on PATH; None where there is none."""
    named = os.environ.get("RESILIENCE_SCRAM")
    unpacked = home() / "usr" / "bin" / "scram"
    other = shutil.which("scram")
    return Path(named) if named else unpacked if unpacked.exists() else Path(other) if other else None


def home() -> Path:
    return cache() / "scram-debian"


def environment() -> dict[str, str]:
    """Return the environment in which the program finds its libraries."""
    return debian.environment(home())


def run(tree: Path, order: int, output: Path) -> None:
    """Write the minimal cut sets of up to `order` events of the tree's tops, as SCRAM's report.

    By its decision diagrams: with a limit on the order its `--zbdd` leaves sets out of some trees (0.16.2).
    """
    program = found()
    assert program is not None, "SCRAM is not there: run `python tools/scram.py build`"
    command = [str(program), "--bdd", "-l", str(order), str(tree), "-o", str(output)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def build() -> None:
    """Unpack the package and its libraries unless SCRAM is there."""
    if found() is not None:
        return
    if not debian.unpack(_PACKAGE, home()):
        print("tests that compare with SCRAM are skipped")


if __name__ == "__main__":
    sys.exit(debian.command(sys.argv[1:], build, found, __doc__ or ""))
