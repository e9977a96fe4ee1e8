"""The catalogue that comes with the tool, file by file, as one number."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def files() -> dict[str, str]:
    """Return the SHA-256 of each of its files, by its path from the catalogue's folder."""
    folder = Path(str(resources.files("resilience_checks.catalogue")))
    found = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*.yaml"))
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found}


def digest(of: Mapping[str, str]) -> str:
    """Return the SHA-256 of files: of their sorted paths and digests, a line for each."""
    return hashlib.sha256("".join(f"{name} {of[name]}\n" for name in sorted(of)).encode()).hexdigest()
