"""Puts SCRAM, the fault tree analysis of Debian, into a cache outside of the clone; no root is needed.

`scram.py build` downloads the package and the libraries that are not installed, and unpacks them there; where there
is no apt it says so. `scram.py path` prints where the program is. SCRAM is GPL-3: it is run as a program of its own,
never linked.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this file is run as a script, too

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
    folders = sorted({str(file.parent) for file in home().rglob("*.so*")})
    return {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(folders)} if folders else dict(os.environ)


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
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        print("SCRAM is not installed: there is no apt here; tests that compare with it are skipped")
        return
    print(f"downloading SCRAM into {home()} (once)", flush=True)
    home().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home().parent) as made:
        folder = Path(made)
        unpacked = folder / "unpacked"
        try:
            subprocess.run(["apt-get", "download", "-qq", *_missing()], check=True, cwd=folder)
        except subprocess.CalledProcessError:
            print("SCRAM cannot be downloaded (`apt-get update` may help); tests that compare with it are skipped")
            return
        for archive in sorted(folder.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", str(archive), str(unpacked)], check=True)
        unpacked.replace(home())  # an interrupted download leaves nothing that looks whole


def _missing() -> list[str]:
    """Return the package and those that it needs and that are not installed."""
    listed = subprocess.run(
        ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks",
         "--no-replaces", "--no-enhances", _PACKAGE],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    needed = sorted(set(re.findall(r"^(?=\w)(\S+)$", listed, re.MULTILINE)) | {_PACKAGE})
    known = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n"], capture_output=True, text=True, check=True
    ).stdout
    installed = {line.split()[0] for line in known.splitlines() if line.endswith(" installed")}
    real = _candidates([name for name in needed if name not in installed])
    return real or [_PACKAGE]


def _candidates(names: list[str]) -> list[str]:
    """Return those that are packages, not names that others provide."""
    said = subprocess.run(["apt-cache", "policy", *names], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^(\S+):\n.*\n  Candidate: (?!\(none\))", said, re.MULTILINE)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["build"]:
            build()
        case ["path"]:
            print(found() or "")
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
