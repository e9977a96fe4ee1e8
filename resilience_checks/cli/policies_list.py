"""`policies list`: every policy, and how it is set here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.policies import answered, tell

if TYPE_CHECKING:
    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.policy.pack import Pack
    from resilience_checks.policy.settings import Settings
    from resilience_checks.topology.declared import Declarations


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

    folders, declared = here(given, root)
    found = pack.load(folders)
    settings = settled(found, declared)
    told = report.Listing(found.policies, settings, declared.path)
    tell(given, around, told.text, told.data())
    return 0


def here(given: dict[str, Any], root: Path) -> tuple[tuple[Path, ...], Declarations]:
    """Return the folders of one's own policies, and the resilience.yaml that holds here, which may name some."""
    from resilience_checks.options import DECLARATIONS
    from resilience_checks.topology.declarations import load
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.declared_paths import places

    config = given.get("config")
    candidates = [config] if config else [Path.cwd() / DECLARATIONS, root / DECLARATIONS]
    file = next((place for place in candidates if place.is_file()), None)
    if file is None:
        return given["policies"], Declarations.empty()
    declared = load(file, root, alone=False)
    own = (*places(declared.policy_packs, file, root), *given["policies"])
    return tuple({path.resolve(): path for path in own}.values()), declared


def settled(found: Pack, declared: Declarations) -> dict[str, Settings]:
    """Return how each policy is set."""
    from resilience_checks.policy.settings import settings

    return settings(found, declared.policies, declared.policy_set)
