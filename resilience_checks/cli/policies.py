"""`policies`: the library of policies, its tests, and what it gives evidence for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.lazy import Lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from resilience_checks.cli.surroundings import Surroundings

PLACES = {
    "list": "policies_list:policies_list",
    "show": "policies_show:policies_show",
    "test": "policies_test:policies_test",
    "new": "policies_new:policies_new",
    "controls": "policies_controls:policies_controls",
}


def answered(command: Callable[..., None]) -> Callable[..., None]:
    """Add what a command about the library of policies takes: whose policies, and how it answers."""
    for option in reversed((options.POLICIES, options.FORM, options.OUTPUT, options.DEBUG)):
        command = option(command)
    return command


def tell(given: dict[str, Any], around: Surroundings, text: Callable[[int], str], data: Mapping[str, Any]) -> None:
    """Write the answer in the form that was asked for; `text` takes the width of a line."""
    from resilience_checks.cli.output import write
    from resilience_checks.report.facts_json import written
    from resilience_checks.report.page import WIDTH
    from resilience_checks.report.text import inert

    if given["form"] == "json":
        write(inert(written(data)), given["output"])
        return
    told = text(around.width if given["output"] is None else WIDTH)
    write(told, given["output"], fence=around.github)


@click.group(cls=Lazy, places=PLACES)
def policies() -> None:
    """List, show, test and write policies; say which controls of standards they give evidence for."""
