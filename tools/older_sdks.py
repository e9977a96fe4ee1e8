"""Makes environments with older Pulumi SDKs, for programs that are pinned to one, in a cache outside of the clone.

`older_sdks.py build` makes them there, `older_sdks.py path VERSION` prints where one is.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this file is run as a script, too

from tools.binaries import cache

VERSIONS = ("3.76.0", "3.120.0", "3.150.0")
"""The oldest that is supported, one with plain lookups only, and the last that tells no stack trace."""
_DONE = "resilience-checks-done"


def path(version: str) -> Path:
    return cache() / "sdk" / version


def exists(version: str) -> bool:
    return (path(version) / _DONE).exists()


def build() -> None:
    """Make what is missing; an interrupted build leaves nothing that looks whole."""
    for version in VERSIONS:
        if exists(version):
            continue
        home = path(version)
        print(f"installing pulumi {version} into {home} (once)", flush=True)
        venv.create(home, with_pip=True, clear=True)
        # The oldest of them imports pkg_resources, which newer setuptools no longer have.
        packages = [f"pulumi=={version}", "setuptools<80"]
        subprocess.run([home / "bin" / "pip", "install", "--quiet", *packages], check=True)
        (home / _DONE).touch()


def main(arguments: list[str]) -> int:
    match arguments:
        case ["build"]:
            build()
        case ["path", version]:
            print(path(version))
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
