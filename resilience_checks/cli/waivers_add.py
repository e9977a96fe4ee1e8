"""`waivers add`: one more waiver at the end of the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.waivers import REPORT, changing, place, reported, shown, today

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.model.result import Result
    from resilience_checks.model.waiver import Waiver

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("fingerprint", required=False)
@click.option("--policy", metavar="ID", help="The policy, where no finding is named.")
@click.option("--target", metavar="NAME|URN|GLOB", help="What is accepted of it, where no finding is named.")
@click.option("--reason", required=True, help="Why it is accepted.")
@click.option("--owner", required=True, metavar="WHO", help="Who sees to it that it is not needed any more.")
@click.option("--approver", required=True, metavar="WHO", help="Who accepts the risk; not the owner.")
@click.option("--ticket", required=True, help="Where the work is followed.")
@click.option("--expires", required=True, type=_DAY, metavar="DATE", help="The last day on which it holds, in UTC.")
@click.option(
    "--waivers",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The file, instead of resilience-waivers.yaml at the repository root.",
)
@REPORT
@options.POLICIES
@options.TODAY
@options.DEBUG
def add(**given: Any) -> None:
    """Accept a finding until a day: add a waiver to resilience-waivers.yaml, which is made where there is none.

    FINGERPRINT is the `id` of a finding, from the report or from a check of all that is here; the waiver then accepts
    this finding alone. With --policy and --target it accepts all that the policy finds there, later causes too.

    \b
    Examples:
      resilience-checks waivers add a12f76cd91a9e9ed --reason "second manager is ordered" --owner "network team" \\
        --approver "head of infrastructure" --ticket NET-4711 --expires 2026-03-31
    """  # noqa: D301 click reads the escape
    guarded(_add, {**given, "paths": ()})


def _add(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli.output import write
    from resilience_checks.gate.waiver_edit import added
    from resilience_checks.gate.waiver_file import NAME, mistakes, refuse
    from resilience_checks.report.text import one_line

    day, file = today(given), place(given, root)
    values = {**given, "created": day.isoformat(), "expires": given["expires"].date().isoformat()}
    for key in ("reason", "owner", "approver", "ticket"):
        if not given[key].strip():
            raise refuse(f"--{key} is empty", "whoever reads the waiver has to know it")
    for key, said in mistakes(values, day):
        raise refuse(f"{'today' if key == 'created' else f'--{key}'}: {said}", "correct it")
    waiver = _waiver(given, _about(given, root, around), day)
    with changing(file):
        text = _text(file, root) if file.exists() else ""
        _hold(waiver, given, text, root)
        write(added(text, waiver, day), file)
    only = ", this finding alone" if waiver.fingerprints else ", all findings there"
    told = f"{waiver.policy} at {waiver.target}{only}, until {waiver.expires}"
    click.echo(one_line(f"added to {shown(file, root)}: {told}"))
    if not text and file.name == NAME:
        click.echo(
            "next: resilience-checks schema resilience-waivers.yaml -o resilience-waivers.schema.json, for editors"
        )
    return 0


def _text(file: Path, root: Path) -> str:
    from resilience_checks.gate.waiver_file import refuse
    from resilience_checks.model import files

    try:
        return files.content(file).decode("utf-8-sig")
    except OSError as error:
        remedy = files.remedy(error, "make it a readable file")
        raise refuse(f"{shown(file, root)} cannot be read: {error.strerror}", remedy) from error


def _about(given: Mapping[str, Any], root: Path, around: Surroundings) -> tuple[str, str]:
    """Return policy and target: those of the finding that is named, else those that are given."""
    import glob

    from resilience_checks.gate.waiver_file import refuse

    if given["fingerprint"] is None:
        if given["policy"] is None or given["target"] is None:
            raise refuse(
                "neither a finding nor a policy with its target is named", "give FINGERPRINT, or --policy and --target"
            )
        return given["policy"], given["target"]
    if given["policy"] is not None or given["target"] is not None:
        raise refuse("a finding and a policy or target are named", "leave --policy and --target out")
    found = _finding(given["fingerprint"], reported(dict(given), root, around).results)
    return found.policy, glob.escape(found.target)


def _finding(fingerprint: str, results: tuple[Result, ...]) -> Result:
    """Return the finding of a fingerprint; raise UsageError, with the nearest, where there is none."""
    from resilience_checks.gate.waiver_file import refuse
    from resilience_checks.model.result import Outcome
    from resilience_checks.topology.declaration_problems import hint

    findings = {one.fingerprint: one for one in results if one.outcome in {Outcome.VIOLATION, Outcome.UNKNOWN}}
    if fingerprint not in findings:
        near = hint(fingerprint, list(findings), "`resilience-checks check` shows the id of each finding")
        raise refuse(f"no finding has the fingerprint {fingerprint}", near)
    return findings[fingerprint]


def _waiver(given: Mapping[str, Any], about: tuple[str, str], day: date) -> Waiver:
    from resilience_checks.gate.waiver_file import NAME
    from resilience_checks.model.location import Location
    from resilience_checks.model.waiver import Waiver

    texts = {key: " ".join(given[key].split()) for key in ("reason", "owner", "approver", "ticket")}
    only = (given["fingerprint"],) if given["fingerprint"] is not None else ()
    return Waiver(
        *about,
        **texts,
        created=day,
        expires=given["expires"].date(),
        location=Location(NAME, 1),
        fingerprints=only,
    )


def _hold(waiver: Waiver, given: dict[str, Any], text: str, root: Path) -> None:
    """Raise UsageError for a waiver that would be refused, or of a policy that there is not."""
    from resilience_checks.cli.policies_list import here
    from resilience_checks.gate.waiver_file import NAME, parsed, refuse
    from resilience_checks.gate.waivers import Terms
    from resilience_checks.policy import pack
    from resilience_checks.topology.declaration_problems import hint

    folders, _ = here(given, root)
    policies = {policy.id: policy for policy in pack.load(folders).policies}
    if waiver.policy not in policies:
        near = hint(waiver.policy, list(policies), "`resilience-checks policies list` tells them")
        raise refuse(f"there is no policy {waiver.policy}", near)
    longest = parsed(text.encode(), NAME, waiver.created).longest if text else None
    terms = Terms(waiver.created, {name for name, policy in policies.items() if not policy.waivable}, longest)
    if why := terms.refuse(waiver):
        raise refuse(f"it would be refused: {why}", "mend the finding, or choose an earlier day")
