"""`check`: the verdict on every selected stack."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import options
from resilience_checks.cli.choice import Choice
from resilience_checks.cli.formats import Format
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.progress import observer as observing
from resilience_checks.report.formats import FORMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.cli.output import Target
    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.report.interface import Report

FAIL_ON = ("low", "medium", "high", "critical", "never")


@click.command()
@options.PATHS
@options.STACK
@click.option(
    "--format",
    "forms",
    type=Format(),
    multiple=True,
    help="A form of the report, and the file to write it to; may be repeated. auto (default): what suits the CI system, "
    f"else terminal. One of {', '.join(FORMS)}.",
)
@click.option("--audit", is_flag=True, help="Keep what only the auditors' report shows in a JSON report, too.")
@options.OUTPUT
@click.option(
    "--attest",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write evidence of this check, for `verify`: an in-toto statement of the report and of the digests of all that "
    "was read, in a DSSE envelope.",
)
@click.option(
    "--attest-key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The private key, in PEM, that signs it (Ed25519 or ECDSA); RESILIENCE_ATTEST_PASSWORD decrypts it.",
)
@options.CONFIG
@options.BASE
@click.option(
    "--all-stacks", is_flag=True, help="With --base: evaluate every stack, also those that the change cannot affect."
)
@options.BASELINE
@options.SETTINGS
@options.WAIVERS
@options.TODAY
@options.CLOCK
@click.option("--timings", is_flag=True, help="Tell in a JSON report how long each station took.")
@options.POLICIES
@options.CATALOGUE
@click.option(
    "--engine",
    type=Choice(("embedded", "opa")),
    help="What evaluates the policies: the embedded engine (default), or OPA: the server at --opa-url, or one that is "
    "started from PATH for this check.",
)
@click.option("--opa-url", metavar="URL", help="A running OPA server; implies --engine opa.")
@click.option(
    "--policy-timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long the policies may take for one estate; not given: 10 s, and 10 s more for each MB that they read.",
)
@click.option(
    "--fail-on",
    type=Choice(FAIL_ON),
    help="The mildest violation that blocks; milder ones are shown. Not given: medium, or what resilience.yaml says; "
    "given: the stricter of both.",
)
@click.option(
    "--override",
    metavar="REASON",
    help="Emergency: let the change pass whatever is found. The report, and every form of it, says who did and why. "
    "Also RESILIENCE_OVERRIDE.",
)
@click.option(
    "--override-ticket", metavar="TICKET", help="Where the override is followed up. Also RESILIENCE_OVERRIDE_TICKET."
)
@click.option(
    "--override-by",
    metavar="WHO",
    help="Who overrides (default: the actor of the CI run, else the user). Also RESILIENCE_OVERRIDE_BY.",
)
@options.COLOR
@options.PREVIEW
@options.STATE
@options.LOOKUPS
@options.STACK_OUTPUTS
@options.TIMEOUT
@options.READABLE
@options.JOBS
@options.SCHEDULER
@options.CACHE
@options.DEBUG
def check(**given: Any) -> None:
    """Check the Pulumi programs under PATHS (default: here) against the resilience policies.

    Every stack with a Pulumi.<stack>.yaml is checked. What no program shows (sites, links, services) is read
    from resilience.yaml. With --preview or --state and no PATHS the files alone are checked; with PATHS a file
    stands for its stack, and the other programs run.

    \b
    Examples:
      resilience-checks check
      resilience-checks check stacks/ --stack prod --fail-on high
      resilience-checks check --format json --output resilience.report.json
      resilience-checks check --format github --format json=report.json
      pulumi preview --json --show-sames | resilience-checks check --preview -
    """  # noqa: D301 click reads the escape
    guarded(_check, given)


def _check(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.check import run
    from resilience_checks.cli.attestation import attested
    from resilience_checks.cli.caching import folder
    from resilience_checks.cli.clock import clock
    from resilience_checks.cli.output import targets as found
    from resilience_checks.cli.override import override

    chosen = replace(options.chosen(given, root), override=override(given, around))
    targets = found(given["forms"], given["output"], around.system)
    written = frozenset(target.file.resolve() for target in targets if target.file is not None)
    attesting = attested(given, around)
    audit = given["audit"] or any(target.form.audit for target in targets)
    written |= {attesting.file.resolve()} if attesting else set()
    chosen = replace(
        chosen,
        audit=audit,
        timings=given["timings"],
        written=written,
        cache=None if attesting else folder(given["cache"], around),  # evidence rests on what ran for it
        **clock(given, around),
    )
    if given["debug"]:
        _log_steps()
    report = run(chosen, observing(around), witness=attesting.witness if attesting else None)
    if attesting is not None or not all(target.form.readable for target in targets):
        from resilience_checks.cli.running import running
        from resilience_checks.evidence.asked import asked

        report = replace(report, run=running(chosen.root, around.run), options=asked(chosen))
    if attesting is not None:
        attesting.write(report, chosen)
    _tell(report, targets, given, chosen.root, around)
    return int(report.verdict.exit_code)


def _log_steps() -> None:
    """Show what the package logs, such as why a stack is not kept."""
    import logging

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("resilience-checks: %(message)s"))
    logging.getLogger("resilience_checks").addHandler(handler)
    logging.getLogger("resilience_checks").setLevel(logging.DEBUG)


def _tell(report: Report, targets: Sequence[Target], given: dict[str, Any], root: Path, around: Surroundings) -> None:
    """Write the report in every form that is asked for, and where nobody reads one, what failed."""
    from resilience_checks.cli.errors import block, show
    from resilience_checks.cli.output import rendered, write

    for target in targets:
        text = rendered(report, target, root, color=given["color"], around=around)
        write(text, target.file, commands=target.form.commands, fence=around.github and target.form.name == "terminal")
    if not any(target.form.readable and target.file is None for target in targets):
        for failure in report.failures:
            show(block(failure, root), github=around.github)
    if given["debug"]:
        for failure in report.failures:
            show(failure.trace, github=around.github)
    if around.step_summary is not None and any(target.form.readable for target in targets):
        from resilience_checks.report.step_summary import append

        try:
            append(report, around.step_summary)
        except OSError as error:
            show(f"warning: no job summary was written: {error}\n", github=around.github)
