"""`policies test`: the Rego tests of the policies, on the engine of one's choice."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli.choice import Choice
from resilience_checks.cli.guard import guarded
from resilience_checks.cli.policies import answered, tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.policy.pack import Pack
    from resilience_checks.policy.rego_tests import RegoTest, Tested

_FAILED, _NOTHING = 1, 3
_SECONDS = 120.0


@click.command("test")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--engine",
    type=Choice(("embedded", "opa")),
    default="embedded",
    show_default=True,
    help="The embedded engine, or `opa check --strict` and `opa test` of the opa on PATH.",
)
@answered
def policies_test(**given: Any) -> None:
    """Run the Rego tests of the policies, or of those with these IDs.

    Where opa is on PATH, its coverage of the rules is told as well. Exits with 0 where every test passes, with 1
    where one fails, with 3 where there is none.

    \b
    Examples:
      resilience-checks policies test
      resilience-checks policies test own-policy --policies our-policies --engine opa
    """  # noqa: D301 click reads the escape
    guarded(_test, {**given, "paths": ()})


def _test(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.cli.policies_list import here
    from resilience_checks.policy import pack, rego_tests
    from resilience_checks.policy.finding import by_id
    from resilience_checks.report import policy_tests as report

    found = pack.load(here(given, root)[0])
    ids = [by_id(found, name).id for name in given["ids"]]
    chosen = rego_tests.of_pack(found, ids)
    opa = shutil.which("opa")
    results, engine = _ran(found, chosen, given["engine"], opa)
    tested = {test.policy for test in chosen}
    untested = tuple(
        policy.id for policy in found.policies if policy.id not in tested and (not ids or policy.id in ids)
    )
    passed = all(result.passed for result in results)
    covered = rego_tests.coverage(found, opa, ids) if opa and passed and chosen else None
    told = report.Told(engine, results, untested, covered)
    tell(given, around, told.text, told.data())
    if not passed:
        return _FAILED
    return 0 if chosen else _NOTHING


def _ran(found: Pack, chosen: Sequence[RegoTest], engine: str, opa: str | None) -> tuple[tuple[Tested, ...], str]:
    """Return how the tests came out, and on what."""
    from resilience_checks.model.errors import UsageError
    from resilience_checks.policy import rego_tests

    if engine == "opa":
        if opa is None:
            raise UsageError(
                "there is no opa on PATH",
                why="--engine opa runs `opa test`",
                remedy="install OPA (openpolicyagent.org), or use --engine embedded",
            )
        return rego_tests.with_opa(found, chosen, opa), "opa test"
    from resilience_checks.policy.embedded import EmbeddedEngine

    with EmbeddedEngine(seconds=_SECONDS) as embedded:
        return rego_tests.on_engine(found, chosen, embedded), f"embedded {embedded.version}"
