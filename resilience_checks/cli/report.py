"""`report`: what can be done with a JSON report without running a program again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from resilience_checks.cli.lazy import Lazy
from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.report.interface import Report

PLACES = {"diff": "report_diff:report_diff", "render": "report_render:report_render"}


@click.group(cls=Lazy, places=PLACES)
def report() -> None:
    """Compare JSON reports, and write one in other forms; no program runs."""


def reading(file: Path) -> Report:
    """Return the report in a file; raise UsageError where it is none that can be read."""
    from resilience_checks.model import files
    from resilience_checks.report.json_reader import read

    try:
        return read(files.given(file, files.LARGEST_OUTPUT).decode())
    except OSError as error:
        why = error.strerror or "it is no file"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"{type(error).__name__}: {error}"
    raise UsageError(
        f"{file} is no report that this version can read",
        why=why,
        remedy="name what `resilience-checks check --format json=FILE` of this version wrote",
    )
