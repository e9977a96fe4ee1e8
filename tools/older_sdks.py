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
from tools.locks import OLDER_SDKS, installation

_DONE = "resilience-checks-done"


def path(version: str) -> Path:
    return cache() / "sdk" / version


def exists(version: str) -> bool:
    return (path(version) / _DONE).exists()


def build() -> None:
    """Make what is missing; an interrupted build leaves nothing that looks whole."""
    for version in OLDER_SDKS:
        if exists(version):
            continue
        home = path(version)
        print(f"installing pulumi {version} into {home} (once)", flush=True)
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([home / "bin" / "pip", *installation(f"sdk-{version}")], check=True)
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
