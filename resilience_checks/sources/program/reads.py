"""What a program read of its repository outside of its own folder, as far as that is seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.sources.program.digest import NOT_PROGRAM, content

if TYPE_CHECKING:
    from collections.abc import Iterable

_INSTALLED = NOT_PROGRAM | {"site-packages", "dist-packages"}


def outside(found: Iterable[str | Path], root: Path, directory: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below `root` that is not below the program's `directory`, by its path from the root.

    Packages that are installed are none of it, nor is what stands outside of the repository.
    """
    top, own = root.resolve(), directory.resolve()
    paths = {Path(path).resolve() for path in found}
    within = [path for path in paths if path.is_relative_to(top) and not path.is_relative_to(own)]
    told = {path.relative_to(top): path for path in within if path.is_file()}
    return {name.as_posix(): content(told[name]).hex() for name in sorted(told) if _INSTALLED.isdisjoint(name.parts)}
