"""The command line: options in, output and exit code out; each command is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

from resilience_checks import __version__

COMMANDS = {
    "check": "check:check",
    "change": "change:change",
    "what-if": "what_if:what_if",
    "diagnose": "diagnose:diagnose",
    "blast-radius": "blast_radius:blast_radius",
    "recovery": "recovery:recovery",
    "capacity": "capacity:capacity",
    "cut-sets": "cut_sets:cut_sets",
    "explain": "explain:explain",
    "export": "export:export",
    "graph": "graph:graph",
    "policy-pack": "policy_pack:policy_pack",
}
"""Each command, in the order of the help, and where it stands in this package."""


class _Commands(click.Group):
    """The commands of COMMANDS, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of COMMANDS."""
        _ = ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, if there is one."""
        _ = ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(f"resilience_checks.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="resilience-checks", message="%(prog)s %(version)s")
def cli() -> None:
    """Find out which faults lose which services of a Pulumi-defined estate, before it is deployed.

    Programs are run offline: no Pulumi CLI, account, plugin or network.

    \b
    Exit codes, the first that applies:
      2   the command line or a configuration file is wrong
      1   the tool, an engine or a policy failed
      4   a program could not be evaluated
      14, 13, 12, 11   blocked: the worst violation is critical, high, medium, low
      10  blocked: something that must be known is not
      3   there was nothing to check
      0   clean
    """  # noqa: D301 click reads the escape


def main() -> None:
    """Run the command line."""
    cli(prog_name="resilience-checks")
