"""What to say of a program that met what confines it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.program.confining.keeping import DISK, MEMORY, PROCESSES

if TYPE_CHECKING:
    from collections.abc import Mapping

_READ_ONLY = "EROFS"
_REFUSED = {"EACCES", "EPERM", _READ_ONLY}
_HIDDEN = "ENOENT"
_USED_UP = {
    MEMORY: (
        "the program and what it started used more memory than one program may",
        "make it smaller: what is measured is all of its processes together",
    ),
    PROCESSES: (
        "the program started more processes than one program may",
        "start fewer: a Pulumi program needs hardly any",
    ),
    DISK: (
        "the program wrote more, or printed more, than one program may",
        "write and print less: a check keeps none of it",
    ),
}


def used_up(end: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what there was too much of and what to do about it, None where that did not end the program."""
    return _USED_UP.get(str(end.get("stopped")))


def out_of_reach(end: Mapping[str, Any]) -> str | None:
    """Return what to do about a file that the program was not let to, None where it failed for another reason."""
    path, code = end.get("path"), end.get("code")
    if not isinstance(path, str) or not (code in _REFUSED or (code == _HIDDEN and _there(path))):
        return None
    readable = "" if code == _READ_ONLY else ", or let programs read it with --readable"
    return (
        f"a program under check reads its repository and its packages, and writes to its temporary folder alone: "
        f"keep {path} where it may, let a step before the check make it{readable} (docs/trust-model.md)"
    )


def _there(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False
