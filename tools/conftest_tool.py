"""Builds Conftest, which `benchmarks/reading.py` compares with, into a cache outside of the clone.

`python -m tools.conftest_tool build` makes it there, `path` prints where it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.golang import cache, go

VERSION = "0.71.1"
MODULE = f"github.com/open-policy-agent/conftest@v{VERSION}"


def path() -> Path:
    named = os.environ.get("RESILIENCE_CONFTEST")
    return Path(named) if named else cache() / f"conftest-{VERSION}" / "conftest"


def build() -> Path:
    """Build Conftest unless it is there."""
    target = path()
    if target.exists():
        return target
    print(f"building Conftest {VERSION} into {target.parent} (three minutes, once)", flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "GOBIN": str(target.parent), "GOFLAGS": "-mod=mod", "CGO_ENABLED": "0"}
    subprocess.run([go(), "install", MODULE], check=True, env=environment, cwd=target.parent)
    return target


def main(arguments: list[str]) -> int:
    match arguments:
        case ["build"]:
            build()
        case ["path"]:
            print(path())
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
