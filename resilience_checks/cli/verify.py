"""`verify`: whether what was checked still stands, and is what was deployed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli import asking, options
from resilience_checks.cli.guard import guarded

if TYPE_CHECKING:
    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.evidence.statement import Envelope, Statement
    from resilience_checks.report.repetition import Repetition
    from resilience_checks.report.verification import Signed, Verification

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("evidence", type=_FILE)
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--key", type=_FILE, metavar="FILE", help="The public key, in PEM, of who has to have signed.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=options.FILE,
    metavar="FILE",
    help="Hold what `pulumi stack export` wrote against what was checked of its stack; may be repeated.",
)
@click.option(
    "--again",
    is_flag=True,
    help="Run the check anew, programs and all, with the clock and the options that the evidence records, and say "
    "whether the same report comes out.",
)
@click.option(
    "--opa-url",
    metavar="URL",
    help="With --again: a running OPA server, for a check that asked one; no address of any stands in evidence.",
)
@options.READABLE
@options.OUTPUT
@options.DEBUG
@asking.form
def verify(**given: Any) -> None:
    """Say whether what stands under PATH (default: here), or is deployed, is what the EVIDENCE of a check is about.

    EVIDENCE is what `check --attest` wrote. Each stack, declaration, policy and other input is compared with its
    digest, and what is not as it was checked is named. With --state, resources and inputs that are deployed are
    compared with those of the program when it was checked: it may have made others when it was deployed. With
    --state and no PATH the state alone is compared. With --again the check is run once more on what stands under PATH.

    \b
    Exit codes:
      0   all that was compared is what was checked
      5   something is not, no signature is by the key, or another report comes out
      10  something cannot be compared, or the check cannot be reproduced
      4   the evidence cannot be read
      2   the command line is wrong

    \b
    Examples:
      resilience-checks check --attest evidence.json --attest-key key.pem
      resilience-checks verify evidence.json --key key.pub
      resilience-checks verify evidence.json --key key.pub --again
      pulumi stack export | resilience-checks verify evidence.json --key key.pub --state -
    """  # noqa: D301 click reads the escape
    guarded(_verify, {**given, "paths": (given["path"] or Path(),)})


def _verify(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli.output import hold_writable
    from resilience_checks.evidence import statement
    from resilience_checks.model.errors import UsageError
    from resilience_checks.report import verification as report

    hold_writable(given["output"])
    if given["opa_url"] is not None and not given["again"]:
        raise UsageError(
            "--opa-url is where --again has the policies evaluated, and that is not given",
            why="nothing would be evaluated",
            remedy="add --again, or leave it out",
        )
    envelope = statement.read(given["evidence"])
    stated = statement.opened(envelope, given["evidence"])
    found = _verified(given, root, envelope, stated)
    if given["again"]:
        found = replace(found, again=_again(given, root, around, stated, found.signed))
    asking.answer(given, root, around, text=lambda page: report.write(page, found), data=lambda: report.as_data(found))
    return int(found.exit_code)


def _verified(given: dict[str, Any], root: Path, envelope: Envelope, stated: Statement) -> Verification:
    from resilience_checks.evidence import deployed, standing
    from resilience_checks.report.verification import Verification

    told, apart = stated.report, frozenset({given["evidence"].resolve()})
    files = given["path"] is not None or not given["states"] or given["again"]
    return Verification(
        evidence=given["evidence"].as_posix(),
        checked=str(told.get("started")),
        tool=str((told.get("tool") or {}).get("version")),
        verdict=str((told.get("verdict") or {}).get("words")),
        signed=_signed(envelope, given["key"]),
        by=given["key"].as_posix() if given["key"] else "",
        compared=standing.compare(stated, given["paths"][0], root, apart) if files else None,
        deployed=deployed.compare(stated, given["states"], root),
        inconsistent=tuple(standing.consistent(stated)),
    )


def _again(given: dict[str, Any], root: Path, around: Surroundings, stated: Statement, signed: Signed) -> Repetition:
    """Return what comes out when the check is run anew: not at all on the word of somebody who does not have the key."""
    from resilience_checks.cli.progress import observer as observing
    from resilience_checks.report.repetition import Outcome, Repetition
    from resilience_checks.report.verification import Signed

    if signed is Signed.INVALID:
        return Repetition(Outcome.NOT_REPRODUCED, ("nothing was run: who says how is not who should have signed",))
    from resilience_checks.check import run
    from resilience_checks.evidence.repeating import repeated

    apart = {place.resolve() for place in (given["evidence"], given["output"]) if place is not None}
    observer = observing(around)
    return repeated(
        stated, root, frozenset(apart), lambda chosen: run(chosen, observer), given["opa_url"], given["readable"]
    )


def _signed(envelope: Envelope, key: Path | None) -> Signed:
    from resilience_checks.report.verification import Signed

    if key is None:
        return Signed.NOT_CHECKED if envelope.signatures else Signed.UNSIGNED
    from resilience_checks.evidence.signing import verifies

    return Signed.VALID if verifies(envelope, key) else Signed.INVALID
