"""What a folder of policies holds that a check reads, file by file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = frozenset({"README.md", "controls.yaml", "controls-beyond-code.yaml"})


def files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each module, page and table of controls by its path from the folder; tests are none of it."""
    found = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if _is_read(path))
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found}


def _is_read(path: Path) -> bool:
    rego = path.suffix == ".rego" and not path.name.endswith("_test.rego")
    return (rego or path.name in _NAMES) and path.is_file()
