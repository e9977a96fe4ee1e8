"""`catalogue show`: what one resource type means for failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.policies import tell

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.cli.surroundings import Surroundings


@click.command("show")
@click.argument("token", metavar="TOKEN")
@options.CONFIG
@options.CATALOGUE
@options.FORM
@options.OUTPUT
@options.DEBUG
def catalogue_show(**given: Any) -> None:
    """Say what the resource type or lookup TOKEN means for failure, and by which page.

    Its role, where it stands and over which zones, what it needs, what it is a member of, what moves it and how long
    that takes, its copies. Files that resilience.yaml or --catalogue names go before those that come with the tool.

    \b
    Examples:
      resilience-checks catalogue show aws:lb/loadBalancer:LoadBalancer
      resilience-checks catalogue show azure-native:sql:Database --format json
    """  # noqa: D301 click reads the escape
    guarded(_show, {**given, "paths": (), "policies": ()})


def _show(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.catalogue import loader
    from resilience_checks.cli.policies_list import here
    from resilience_checks.report.catalogue_entry import EntryPage
    from resilience_checks.topology.declared_paths import places

    _, declared = here(given, root)
    own = places(declared.catalogue, given["config"] or root / str(declared.path), root) if declared.path else ()
    catalogue = loader.load(tuple({path.resolve(): path for path in (*own, *given["catalogue"])}.values()))
    token = catalogue.spelled(given["token"]) if ":" in given["token"] else given["token"]
    found, package = catalogue.stated(token), catalogue.package(catalogue.package_of(token))
    entry = catalogue.entry(token) or catalogue.lookup(token)
    if found is None or package is None or entry is None:
        raise _unknown(given["token"], catalogue)
    file, stated = found
    page = EntryPage(token, file, entry, package, stated)
    tell(given, around, page.text, page.data())
    return 0


def _unknown(token: str, catalogue: Catalogue) -> Exception:
    from resilience_checks.catalogue.coverage import nearest
    from resilience_checks.model.errors import UsageError

    near = nearest(token, catalogue)
    known = ", ".join(catalogue.packages)
    return UsageError(
        f"the catalogue does not know {token}",
        why="what hangs on such a resource is unknown",
        remedy=f"did you mean {near}?"
        if near
        else f"write an entry for it (docs/catalogue.md); it knows types of {known}",
    )
