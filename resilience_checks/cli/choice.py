"""The value of an option that is one of a few words."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence


class Choice(click.Choice[str]):
    """One of these words; another one fails, with the nearest."""

    def __init__(self, choices: Sequence[str]) -> None:
        """Take the words in the order of the help."""
        super().__init__(choices)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word; what is none of them fails, with the nearest one."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            near = get_close_matches(str(value), self.choices, n=1)
            self.fail(f"{error.message} Did you mean {near[0]!r}?" if near else error.message, param, ctx)
