"""Programs that change files while the check runs: their own source, settings, what is read afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hostile.attack import SETTINGS, Attack, Attempt

if TYPE_CHECKING:
    from collections.abc import Callable

_HELD_BY = "the child cannot write in its repository; where the system cannot see to that, a change is a failure"


def change(name: str, tries: str, file: str, what: str, **more: Any) -> Attack:
    """Return a program that changes a file of its repository, and goes on whether it may or not."""
    return Attack(name, tries, _HELD_BY, f"tried(lambda: {what})\n", exit_code=0, proof=_is_unchanged(file), **more)


def _is_unchanged(file: str) -> Callable[[Attempt], None]:
    def proof(found: Attempt) -> None:
        assert (found.root / file).is_file() == (file not in MADE)
        assert CHANGED not in ((found.root / file).read_text(encoding="utf-8") if file not in MADE else "")

    return proof


CHANGED = "# by the program"
MADE = ("resilience-waivers.yaml",)
RULE = """\
# METADATA
# title: Own
# description: Own.
# custom:
#   id: own
#   severity: low
#   remediation: Change it.
#   reads: [components]
package resilience.own.own

import data.resilience.lib.result

report := {result.about("pass", "all", [], "nothing is forbidden", {"cause": ["all"]})}
"""
ATTACKS = (
    change("source-taken-away", "takes its own source away while it runs", "__main__.py", "Path(__file__).unlink()"),
    change(
        "source-rewritten",
        "puts a harmless source in its place while it runs, for reviewers and for evidence",
        "__main__.py",
        'Path(__file__).write_text("import pulumi " + "# by" + " the program")',
    ),
    change(
        "source-that-becomes-a-fifo",
        "puts a FIFO in the place of its source, so that whoever reads the line at fault would wait",
        "__main__.py",
        "(Path(__file__).unlink(), os.mkfifo(__file__))",
    ),
    change(
        "settings-rewritten",
        "declares its service away in resilience.yaml, before the check reads it",
        "resilience.yaml",
        f'Path("resilience.yaml").write_text("version: 1 {CHANGED}")',
    ),
    change(
        "waivers-made",
        "makes a file of waivers, before the check looks for it",
        "resilience-waivers.yaml",
        f'Path("resilience-waivers.yaml").write_text("version: 1\\nwaivers: [] {CHANGED}")',
    ),
    change(
        "policy-rewritten",
        "makes a policy of its repository find nothing",
        "rules/own.rego",
        f'Path("rules/own.rego").write_text(Path("rules/own.rego").read_text() + "{CHANGED}")',
        files={"resilience.yaml": f"{SETTINGS}policy_packs: [rules]\n", "rules/own.rego": RULE},
    ),
    change(
        "stack-rewritten",
        "changes the configuration of its stack",
        "Pulumi.prod.yaml",
        f'Path("Pulumi.prod.yaml").write_text("config: {{web:size: 1}} {CHANGED}")',
    ),
)
