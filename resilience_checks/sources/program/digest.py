"""What a program is made of, as one number."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_NOT_PROGRAM = frozenset(
    {".git", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)


def digest(directory: Path) -> str:
    """Return the SHA-256 of the program's files: sorted relative paths and bytes, environments left out."""
    total = hashlib.sha256()
    for parent, folders, names in os.walk(directory):
        folders[:] = sorted(name for name in folders if name not in _NOT_PROGRAM)
        for name in sorted(names):
            path = Path(parent) / name
            if name.endswith(".pyc") or not path.is_file():
                continue
            total.update(path.relative_to(directory).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
