"""`baseline`: the findings that stand today, so that a check blocks only what is new."""

from __future__ import annotations

import click

from resilience_checks.cli.lazy import Lazy


@click.group(cls=Lazy, places={"write": "baseline_write:write"})
def baseline() -> None:
    """Write down the findings that stand today, so that `check --baseline` blocks only what is new."""
