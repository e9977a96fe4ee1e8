"""What a program is made of, as one number."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_NOT_PROGRAM = frozenset(
    {".git", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)


def digest(directory: Path) -> str:
    """Return the SHA-256 of the program's files: sorted relative paths and bytes, environments left out.

    What cannot be read, or goes away meanwhile, counts by its path alone.
    """
    total = hashlib.sha256()
    for parent, folders, names in os.walk(directory):
        folders[:] = sorted(name for name in folders if name not in _NOT_PROGRAM)
        for name in sorted(names):
            path = Path(parent) / name
            if name.endswith(".pyc") or not path.is_file():
                continue
            total.update(os.fsencode(path.relative_to(directory).as_posix()) + b"\0")
            try:
                with path.open("rb") as file:
                    total.update(hashlib.file_digest(file, "sha256").digest())
            except OSError:
                total.update(b"not readable")
    return total.hexdigest()
