"""`policies controls`: which control of which standard is evidenced by which policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli.guard import guarded
from resilience_checks.cli.policies import answered, tell

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings


@click.command("controls")
@answered
def policies_controls(**given: Any) -> None:
    """List which controls of standards are evidenced.

    Each with the policies that give evidence for it, and those that no code can show, with the reason.

    NCSC CAF 4.0, NIST SP 800-53 r5, ISO/IEC 27001, ISO 22301, DORA and NIS2. Titles of controls that only packs of
    your own name are read from their controls.yaml.

    \b
    Example:
      resilience-checks policies controls --format json --output controls.json
    """  # noqa: D301 click reads the escape
    guarded(_controls, {**given, "paths": ()})


def _controls(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli.policies_list import here
    from resilience_checks.policy import controls, pack
    from resilience_checks.report import controls as report

    folders, _ = here(given, root)
    found = controls.table(pack.load(folders), folders)
    tell(given, around, lambda width: report.as_text(found, width), report.as_json(found))
    return 0
