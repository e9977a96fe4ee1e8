"""`policies show`: the page of one policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.policies import answered, tell

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings


@click.command("show")
@click.argument("policy", metavar="ID")
@options.CONFIG
@answered
def policies_show(**given: Any) -> None:
    """Show the page of a policy.

    What it demands and asks, its parameters and standards, how it is set here, and good and bad examples.

    \b
    Example:
      resilience-checks policies show cross-site-failover
    """  # noqa: D301 click reads the escape
    guarded(_show, {**given, "paths": ()})


def _show(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli.policies_list import here, settled
    from resilience_checks.policy import controls, pack
    from resilience_checks.policy.finding import by_id
    from resilience_checks.report import policy_page

    folders, declared = here(given, root)
    found = pack.load(folders)
    policy = by_id(found, given["policy"])
    settings = settled(found, declared)
    told = policy_page.PolicyPage(
        policy, settings[policy.id], declared.path, controls.titles(folders), found.page(policy)
    )
    tell(given, around, told.text, told.data())
    return 0
