"""`doctor`: whether all that a check needs is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.doctor import Symptom
    from resilience_checks.report.page import Page

_STYLES = {"ok": "green", "missing": "yellow", "failed": "bold red"}
_PRECEDENCE = (2, 1, 4)


@click.command()
@options.PATHS
@options.FORM
@options.COLOR
@options.OUTPUT
@options.DEBUG
def doctor(**given: Any) -> None:
    """Tell whether all that a check of PATHS needs is there: engines, isolation, SDKs, versions.

    No program is run. `missing` is what a check can do without; `failed` is what it cannot, and ends with the exit code
    that the check would have.
    """
    guarded(_doctor, given)


def _doctor(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli import asking
    from resilience_checks.cli.output import hold_writable
    from resilience_checks.doctor import examine

    hold_writable(given["output"])
    found = tuple(examine(given["paths"] or (Path(),), root))
    asking.answer(
        given,
        root,
        around,
        text=lambda page: _write(page, found),
        data=lambda: {
            "schema": "resilience-doctor/v1",
            "symptoms": [
                {"name": one.name, "state": one.state, "text": one.text, "remedy": one.remedy} for one in found
            ],
        },
    )
    codes = {one.exit_code for one in found}
    return next((code for code in _PRECEDENCE if code in codes), 0)


def _write(page: Page, found: Sequence[Symptom]) -> None:
    for one in found:
        page.head(f"{one.state:<7}", _STYLES[one.state], "", f"{one.name}: {one.text}")
        page.field("help", one.remedy)
