"""Locks what CI, the action and the project's own commands install: locks/NAME.txt, each pin with the hashes of its files.

`locks.py` makes them anew with uv, with the newest versions that pyproject.toml allows; `locks.py NAME...` makes some.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "locks"
_PROJECT = "pyproject.toml"
OLDER_SDKS = ("3.76.0", "3.120.0", "3.150.0")
"""The oldest SDK that is supported, one with plain lookups only, and the last that tells no stack trace."""

LOCKS: dict[str, list[str]] = {
    "run": [_PROJECT],
    "demo": [_PROJECT, "--extra=demo", "--group=build"],
    "test": [_PROJECT, "--extra=test", "--group=build"],
    "types": [_PROJECT, "--extra=types", "--group=imports", "--group=build"],
    **{
        name: [f"--group={name}"]
        for name in ("lint", "tox", "build", "release", "audit", "fuzz", "coverage", "mutation", "go", "node")
    },
}
"""What each lock is made of: the project with extras, or one of its dependency groups alone."""


def path(name: str) -> Path:
    return FOLDER / f"{name}.txt"


def installation(*names: str) -> list[str]:
    """Return pip's arguments that install what locks say, and nothing that has another hash."""
    return ["install", "--quiet", "--require-hashes", *(f"--requirement={path(name)}" for name in names)]


def lock(name: str) -> None:
    """Write one lock; the packages are resolved for every system and each Python that is supported."""
    text = "" if name in LOCKS else f"pulumi=={name.removeprefix('sdk-')}\nsetuptools<80\n"
    what = LOCKS.get(name, ["-"])
    options = [
        "--universal",
        "--python-version=3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--quiet",
        "--upgrade",
    ]
    command = ["uv", "pip", "compile", *options, "--custom-compile-command=python -m tools.locks", *what]
    subprocess.run([*command, f"--output-file={path(name)}"], input=text, text=True, cwd=ROOT, check=True)


def main(arguments: list[str]) -> int:
    FOLDER.mkdir(exist_ok=True)
    # The oldest SDKs import pkg_resources, which newer setuptools no longer have.
    names = [*LOCKS, *(f"sdk-{version}" for version in OLDER_SDKS)]
    if unknown := [name for name in arguments if name not in names]:
        print(f"no lock is called {', '.join(unknown)}: there are {', '.join(names)}", file=sys.stderr)
        return 2
    for name in arguments or names:
        lock(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
