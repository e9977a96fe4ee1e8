"""Plain text for a terminal: tables with a head, and lines that hang below their first word."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from resilience_checks.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.model.location import Location

_GAP = 2
_LEAST = 16


def table(head: Sequence[str], rows: Sequence[Sequence[str]], width: int, indent: str = "") -> Iterator[str]:
    """Yield the lines of a table whose first column is wrapped, so that the whole fits into `width` where it can."""
    shown = [[one_line(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in shown) for column in range(len(head))]
    rest = sum(widths[1:]) + _GAP * (len(head) - 1) + len(indent)
    widths[0] = min(widths[0], max(_LEAST, width - rest))
    for first, *cells in shown:
        lines = textwrap.wrap(first, widths[0], break_on_hyphens=False) or [""]
        tail = (" " * _GAP).join(cell.ljust(size) for cell, size in zip(cells, widths[1:], strict=True))
        yield f"{indent}{lines[0].ljust(widths[0])}{' ' * _GAP}{tail}".rstrip()
        yield from (f"{indent}{line}" for line in lines[1:])


def hanging(first: str, text: str, width: int) -> Iterator[str]:
    """Yield `first` and the text behind it, wrapped so that its further lines stand below its start."""
    yield from textwrap.wrap(
        one_line(text),
        max(width, len(first) + _LEAST),
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_on_hyphens=False,
        break_long_words=False,
    )


def place(location: Location | None, source: str | None = None) -> str:
    """Return where something stands, and what it is cited from, in brackets; nothing where neither is known.

    >>> place(None, "RFC 1035"), place(None)
    (' [RFC 1035]', '')
    """
    found = [f"{location.path}:{location.line}"] if location is not None else []
    return f" [{'; '.join([*found, *([source] if source else [])])}]" if found or source else ""
