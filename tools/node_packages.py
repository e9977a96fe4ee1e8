"""Installs the packages of the tests' Node programs into a cache outside of the clone.

`node_packages.py build` puts them there, `node_packages.py path` prints where they are.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this file is run as a script, too

from tools.binaries import cache
from tools.locks import installation

NODE = "22"
_LISTED = Path(__file__).resolve().parent.parent / "tests" / "sources" / "nodejs"
MULTITOOL = "node_modules/@microsoft/sarif-multitool-*/Sarif.Multitool"
_FILES = ("package.json", "package-lock.json")


def path() -> Path:
    """Return the directory whose node_modules has exactly what the lock file says."""
    named = os.environ.get("RESILIENCE_NODE_PACKAGES")
    digest = hashlib.sha256((_LISTED / "package-lock.json").read_bytes()).hexdigest()[:12]
    return Path(named) if named else cache() / f"node-packages-{digest}"


def node() -> Path:
    """Return the folder of `node` and `npm`; where there are none, of those from the package index."""
    found = shutil.which("npm")
    if found is not None:
        return Path(found).parent
    home = cache() / f"node-{NODE}"
    if not (home / "bin" / "npm").exists():
        print(f"installing Node {NODE} into {home} (once)", flush=True)
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", *installation("node")], check=True)
    return home / "bin"


def build() -> Path:
    """Install the packages unless they are there; no script of a package runs."""
    target = path()
    if (target / "node_modules").is_dir():
        return target
    environment = {**os.environ, "PATH": os.pathsep.join([str(node()), os.environ["PATH"]])}
    print(f"installing the packages of the Node programs and readers into {target} (once)", flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / "packages"
        made.mkdir()
        for name in _FILES:
            shutil.copy(_LISTED / name, made / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, check=True, cwd=made, env=environment)
        for program in made.glob(MULTITOOL):
            program.chmod(0o755)  # as its own script would
        made.replace(target)  # an interrupted installation leaves nothing that looks whole
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
