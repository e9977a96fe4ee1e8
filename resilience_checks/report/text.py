"""Text from programs made safe to show, and lines of source to show beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.location import Location

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def safe(text: str) -> str:
    r"""Return the text with everything that a terminal or reader could be misled by made visible.

    >>> safe("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return _CONTROL.sub(lambda match: match.group().encode("unicode_escape").decode(), text)


def excerpt(root: Path, location: Location | None, around: int = 1) -> list[tuple[int, str, bool]]:
    """Return the lines at a location: number, text, and whether it is the line itself; none when unreadable."""
    if location is None:
        return []
    try:
        lines = (root / location.path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    first, last = max(1, location.line - around), min(len(lines), location.line + around)
    return [
        (number, safe(lines[number - 1].replace("\t", "    ")), number == location.line)
        for number in range(first, last + 1)
    ]
