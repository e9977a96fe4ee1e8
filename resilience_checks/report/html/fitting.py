"""Text that must fit into a box of the picture."""

from __future__ import annotations

import unicodedata

from resilience_checks.report.text import one_line

_SHARE = 0.62
"""The width of a letter, in heights of the font: a little more than the mean of the usual sans-serif fonts."""


def fitted(text: str, width: int, size: int = 12) -> str:
    """Return the text, cut in its middle where it would be wider than `width` pixels in letters of `size` pixels.

    The end is kept, since names in a row often differ there.

    >>> fitted("patient-record-cardiff-bay-1", 100)
    'patien…-bay-1'
    """
    shown = one_line(text)
    room = max(3, int(width / (size * _SHARE)))
    if _wide(shown) <= room:
        return shown
    head, tail = shown[: room // 2], shown[-(room - room // 2 - 1) :]
    while len(head) > 1 and _wide(head) + _wide(tail) + 1 > room:
        head, tail = head[:-1], tail[1:]
    return f"{head}…{tail}"


def _wide(text: str) -> int:
    """Return how many letters wide a text is; those of East Asia are twice as wide."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
