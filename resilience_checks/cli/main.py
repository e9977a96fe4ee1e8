"""The command line: options in, output and exit code out; each command is loaded when it is asked for."""

from __future__ import annotations

import click

from resilience_checks import __version__
from resilience_checks.cli.lazy import Lazy

COMMANDS = {
    "init": "init:init",
    "doctor": "doctor:doctor",
    "check": "check:check",
    "baseline": "baseline:baseline",
    "waivers": "waivers:waivers",
    "change": "change:change",
    "what-if": "what_if:what_if",
    "diagnose": "diagnose:diagnose",
    "blast-radius": "blast_radius:blast_radius",
    "recovery": "recovery:recovery",
    "capacity": "capacity:capacity",
    "cut-sets": "cut_sets:cut_sets",
    "explain": "explain:explain",
    "export": "export:export",
    "report": "report:report",
    "graph": "graph:graph",
    "policies": "policies:policies",
    "catalogue": "catalogue:catalogue",
    "policy-pack": "policy_pack:policy_pack",
    "verify": "verify:verify",
    "schema": "schema:schema",
    "completion": "completion:completion",
}
"""Each command, in the order of the help, and where it stands in this package."""


@click.group(
    cls=Lazy, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="resilience-checks", message="%(prog)s %(version)s")
def cli() -> None:
    """Find out which faults lose which services of a Pulumi-defined estate, before it is deployed.

    Programs are run offline: no Pulumi CLI, account, plugin or network.

    \b
    Exit codes, the first that applies:
      2   the command line or a configuration file is wrong
      1   the tool, an engine or a policy failed
      4   a program could not be evaluated
      5   verify: this is not what was checked
      14, 13, 12, 11   blocked: the worst violation is critical, high, medium, low
      10  blocked: something that must be known is not
      3   there was nothing to check
      0   clean
    """  # noqa: D301 click reads the escape


def main() -> None:
    """Run the command line."""
    cli(prog_name="resilience-checks")
