"""Where a repository begins."""

from __future__ import annotations

from pathlib import Path


def repository_root(path: Path) -> Path:
    """Return the root of the repository that holds the path, or the current directory."""
    start = path.resolve()
    for directory in (start, *start.parents):
        if (directory / ".git").exists():
            return directory
    return Path.cwd() if start.is_relative_to(Path.cwd()) else (start if start.is_dir() else start.parent)
