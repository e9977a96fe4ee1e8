"""Unpacks packages of Debian, with the libraries that are not installed, outside of the clone; no root is needed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def unpack(package: str, home: Path) -> bool:
    """Download and unpack the package and what it needs into `home`; return whether that is there.

    Where there is no apt, or it does not find the package, that is printed.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        print(f"{package} is not installed, and there is no apt here")
        return False
    print(f"downloading {package} into {home} (once)", flush=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as made:
        folder = Path(made)
        unpacked = folder / "unpacked"
        try:
            subprocess.run(["apt-get", "download", "-qq", *_missing(package)], check=True, cwd=folder)
        except subprocess.CalledProcessError:
            print(f"{package} cannot be downloaded (`apt-get update` may help)")
            return False
        for archive in sorted(folder.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", str(archive), str(unpacked)], check=True)
        unpacked.replace(home)  # an interrupted download leaves nothing that looks whole
    return True


def environment(home: Path) -> dict[str, str]:
    """Return the environment in which unpacked programs find their libraries."""
    folders = sorted({str(file.parent) for file in home.rglob("*.so*")})
    return {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(folders)} if folders else dict(os.environ)


def command(arguments: Sequence[str], build: Callable[[], None], found: Callable[[], Path | None], words: str) -> int:
    """Do what `build` or `path` on a command line asks for, and return the exit code; else print `words`."""
    match arguments:
        case ["build"]:
            build()
        case ["path"]:
            print(found() or "")
        case _:
            print(words)
            return 2
    return 0


def _missing(package: str) -> list[str]:
    """Return the package and those that it needs and that are not installed."""
    listed = subprocess.run(
        ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks",
         "--no-replaces", "--no-enhances", package],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    needed = sorted(set(re.findall(r"^(?=\w)(\S+)$", listed, re.MULTILINE)) | {package})
    known = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n"], capture_output=True, text=True, check=True
    ).stdout
    installed = {line.split()[0] for line in known.splitlines() if line.endswith(" installed")}
    return _candidates([name for name in needed if name not in installed]) or [package]


def _candidates(names: Sequence[str]) -> list[str]:
    """Return those that are packages, not names that others provide."""
    said = subprocess.run(["apt-cache", "policy", *names], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^(\S+):\n.*\n  Candidate: (?!\(none\))", said, re.MULTILINE)
