"""`policies list`: every policy, and how it is set here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.policies import answered, tell

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.policy.pack import Pack
    from resilience_checks.policy.settings import Settings


@click.command("list")
@options.CONFIG
@answered
def policies_list(**given: Any) -> None:
    """List the policies, and how each is set here.

    By area: id, severity, title. What is set is read from the resilience.yaml of this folder, of the repository's root, or of --config.

    \b
    Examples:
      resilience-checks policies list
      resilience-checks policies list --policies our-policies --format json
    """  # noqa: D301 click reads the escape
    guarded(_list, {**given, "paths": ()})


def _list(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.policy import pack
    from resilience_checks.report import policies as report

    found = pack.load(given["policies"])
    settings, file = settled(found, given["config"], root)
    told = report.Listing(found.policies, settings, file)
    tell(given, around, told.text, told.data())
    return 0


def settled(found: Pack, config: Path | None, root: Path) -> tuple[dict[str, Settings], str | None]:
    """Return how each policy is set by the resilience.yaml that holds here, and that file."""
    from pathlib import Path

    from resilience_checks.evaluation import DECLARATIONS
    from resilience_checks.policy.settings import settings
    from resilience_checks.topology.declarations import load

    places = [config] if config else [Path.cwd() / DECLARATIONS, root / DECLARATIONS]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        return settings(found, {}), None
    declared = load(file, root, alone=False)
    return settings(found, declared.policies, declared.policy_set), declared.path
