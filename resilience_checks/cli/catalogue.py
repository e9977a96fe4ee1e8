"""`catalogue`: what resource types mean for failure, and how much of a program is known."""

from __future__ import annotations

import click

from resilience_checks.cli.lazy import Lazy

PLACES = {
    "show": "catalogue_show:catalogue_show",
    "coverage": "catalogue_coverage:catalogue_coverage",
}


@click.group(cls=Lazy, places=PLACES)
def catalogue() -> None:
    """Show what a resource type means for failure, and how much of a program is known."""
