"""Cells of tables that people open with spreadsheet programs."""

from __future__ import annotations

from resilience_checks.report.text import one_line

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins a formula, full-width forms too; tabs and carriage returns, which hide one, are made visible before."""


def cell(text: str) -> str:
    r"""Return text of unknown origin on one line, with a quote before it where a spreadsheet would run it.

    >>> cell("=HYPERLINK(1)"), cell(" -2"), cell("a-b"), cell("\t=1")
    ("'=HYPERLINK(1)", "' -2", 'a-b', '\\t=1')
    """
    shown = one_line(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown
