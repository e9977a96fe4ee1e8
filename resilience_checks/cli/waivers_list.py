"""`waivers list`: every waiver, its state, and the days that are left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.policies import answered, tell
from resilience_checks.cli.waivers import REPORT, today

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings


@click.command("list")
@options.WAIVERS
@REPORT
@options.TODAY
@answered
def waivers_list(**given: Any) -> None:
    """List every waiver: what it is about, its state, the days that are left, and who answers for it.

    The file alone says which are expired or refused. With --report FILE the findings of that check say which are
    used, and by how many.

    \b
    Examples:
      resilience-checks waivers list
      resilience-checks check --format json=report.json; resilience-checks waivers list --report report.json
    """  # noqa: D301 click reads the escape
    guarded(_list, {**given, "paths": ()})


def _list(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli.policies_list import here
    from resilience_checks.cli.waivers import reported
    from resilience_checks.options import Options
    from resilience_checks.policy import pack
    from resilience_checks.report.waivers import Listing
    from resilience_checks.waiving import read, waiving

    chosen = Options((root,), root, waivers=given["waivers"], today=today(given))
    folders, _ = here(given, root)
    found = waiving(chosen, None, pack.load(folders))
    results = None if given["report"] is None else reported(given, root, around).results
    _, uses = found.applied(results or ())
    told = Listing(read(chosen), uses, chosen.today, known=results is not None)
    tell(given, around, told.text, told.data())
    return 0
