"""The blocks of a page that a person reads at a terminal: heads, places with their lines, fields and lists."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING

from resilience_checks.report.text import excerpt, one_line, safe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from resilience_checks.model.location import Location

WIDTH = 100
_LABEL = 9
_HANGING = " " * 12
_TRAILING = re.compile(r" +$", re.MULTILINE)


class Page:
    """Writes with rich; without colour it is plain text of the same shape.

    All text from outside passes through `safe` or `one_line`.
    """

    def __init__(self, root: Path, *, color: bool = False, width: int = WIDTH) -> None:
        """Show source lines from below `root`, in lines of at most `width` characters."""
        from rich.console import Console

        self._root, self._width = root, width
        self._out = StringIO()
        self._console = Console(
            file=self._out,
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            width=width,
            highlight=False,
            emoji=False,
            markup=False,
        )

    def text(self) -> str:
        """Return what has been written."""
        return _TRAILING.sub("", self._out.getvalue())

    @property
    def width(self) -> int:
        """How many characters a line may have."""
        return self._width

    def line(self, text: str) -> None:
        """Write a line that was laid out already."""
        from rich.text import Text

        self._console.print(Text(one_line(text)), soft_wrap=True)

    def end(self) -> None:
        """End a block."""
        self._console.print()

    def head(self, label: str, style: str, subject: str, title: str) -> None:
        """Write the first line of a block, the only one at the margin."""
        from rich.text import Text

        words = Text(label, style=style)
        if subject:
            words.append(f" [{one_line(subject)}]", style="dim")
        first, *rest = title.split("\n")
        words.append(f" {one_line(first)}", style="bold")
        # Only the head of a block stands at the margin, so that no title can look like another block.
        for number, wrapped in enumerate(words.wrap(self._console, self._width - len(_HANGING))):
            self._console.print(Text(_HANGING if number else "").append_text(wrapped))
        for line in rest:
            self.field("", line)

    def source(self, location: Location | None, around: int = 1) -> None:
        """Write a place and the lines around it."""
        from rich.text import Text

        if location is None:
            return
        self._console.print(Text(f"  --> {one_line(str(location))}", style="blue"), soft_wrap=True)
        for line in excerpt(self._root, location, around):
            text = Text(f"{line.number:>5} {'>' if line.marked else '|'} ", style="blue")
            text.append(line.text, style="bold" if line.marked else "dim")
            text.truncate(self._width - 1, overflow="ellipsis")
            self._console.print(text)

    def listed(self, name: str, texts: Iterable[str], limit: int | None = None) -> None:
        """Write a field with a line for each text; what is beyond `limit` is counted."""
        told = list(texts)
        for number, text in enumerate(told[:limit]):
            self.field("" if number else name, text)
        if limit is not None and len(told) > limit:
            self.field("", f"and {len(told) - limit} more in the JSON report")

    def field(self, name: str, value: str, style: str = "") -> None:
        """Write a named value, wrapped beside its name; nothing where there is no value."""
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        if not value:
            return
        table = Table.grid(padding=(0, 1))
        table.add_column(width=_LABEL, no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row(Text(name, style="bold"), Text(safe(value), style=style))
        self._console.print(Padding(table, (0, 0, 0, 2)))

    def row(self, name: str, text: str) -> None:
        """Write a line that is never folded, so that it can be searched for."""
        from rich.text import Text

        words = Text(f"  {one_line(name):<10} ", style="bold").append(one_line(text), style="not bold")
        self._console.print(words, soft_wrap=True)
