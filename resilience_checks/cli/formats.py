"""The value of `--format`: a form of the report, and the file to write it to."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from resilience_checks.report.formats import FORMS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_AUTO = "auto"


class Format(click.ParamType[tuple[str, Path | None]]):
    """`NAME` or `NAME=FILE`."""

    name = "NAME[=FILE]"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path | None]:
        """Return the name of the form and the file; a name that there is not fails, with the nearest one."""
        name, stated, file = str(value).partition("=")
        if name not in {_AUTO, *FORMS}:
            near = get_close_matches(name, FORMS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the forms are {', '.join(FORMS)}."
            self.fail(f"there is no form {name!r} of the report: {hint}", param, ctx)
        if stated and not file:
            self.fail(f"{value} names no file after the equals sign", param, ctx)
        return name, Path(file) if file else None

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the forms that begin so."""
        from click.shell_completion import CompletionItem

        _ = ctx, param
        return [CompletionItem(name) for name in (_AUTO, *FORMS) if name.startswith(incomplete)]
