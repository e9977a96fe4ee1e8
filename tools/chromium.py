"""Puts the headless Chromium of Debian into a cache outside of the clone; no root is needed.

`chromium.py build` downloads the package and the libraries that are not installed, and unpacks them there; where there
is no apt it says so. `chromium.py path` prints where the program is.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this file is run as a script, too

from tools import debian
from tools.binaries import cache

_PACKAGE = "chromium-headless-shell"
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def found() -> Path | None:
    """Return the browser: what RESILIENCE_CHROMIUM names, the unpacked one, or one on PATH; None where there is none."""
    named = os.environ.get("RESILIENCE_CHROMIUM")
    if named:
        return Path(named)
    unpacked = next(iter(sorted(home().glob("usr/lib/chromium/*headless*shell"))), None)
    others = (shutil.which(name) for name in _NAMES)
    return unpacked or next((Path(other) for other in others if other is not None), None)


def home() -> Path:
    return cache() / "chromium-debian"


def environment() -> dict[str, str]:
    """Return the environment in which the browser finds its libraries."""
    return debian.environment(home())


def build() -> None:
    """Unpack the package and its libraries unless a browser is there."""
    if found() is None and not debian.unpack(_PACKAGE, home()):
        print("tests of the HTML report in a browser are skipped")


if __name__ == "__main__":
    sys.exit(debian.command(sys.argv[1:], build, found, __doc__ or ""))
