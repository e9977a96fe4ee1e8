"""The command line: options in, output and exit code out; everything it needs is loaded when it is needed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.check import Options
    from resilience_checks.cli.surroundings import Surroundings

FORMATS = ("auto", "terminal", "github", "json")
FAIL_ON = ("low", "medium", "high", "critical", "never")
_INTERRUPTED = 130
_PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
_STACK = click.option(
    "--stack",
    "stacks",
    multiple=True,
    metavar="GLOB",
    help="Take only stacks of this name, or of this project/stack; may be repeated.",
)
_OUTPUT = click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of standard output.",
)
_TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one program may run.",
)
_FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
_PREVIEW = click.option(
    "--preview",
    "previews",
    multiple=True,
    type=_FILE,
    metavar="FILE",
    help="Read what `pulumi preview --json --show-sames` wrote instead of running a program; - is standard input.",
)
_STATE = click.option(
    "--state",
    "states",
    multiple=True,
    type=_FILE,
    metavar="FILE",
    help="Read what `pulumi stack export` wrote, or a checkpoint, instead of running a program; - is standard input.",
)
_LOOKUPS = click.option(
    "--lookups",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="JSON with answers to lookups: token to answer, or a list of {token, args, answer}.",
)
_STACK_OUTPUTS = click.option(
    "--stack-outputs",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="JSON with the outputs of stacks that are not checked: stack name to outputs.",
)
_DEBUG = click.option("--debug", is_flag=True, help="Show the traceback of every error, and what its program printed.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="resilience-checks", message="%(prog)s %(version)s")
def cli() -> None:
    r"""Find out which faults lose which services of a Pulumi-defined estate, before it is deployed.

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
    """


@cli.command()
@_PATHS
@_STACK
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="auto",
    show_default=True,
    help="auto: github where GITHUB_ACTIONS is true, else terminal.",
)
@_OUTPUT
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The resilience.yaml to use, instead of the one beside Pulumi.yaml or at the repository root.",
)
@click.option(
    "--policies",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A folder of policies of your own, besides those that come with the tool; may be repeated.",
)
@click.option(
    "--engine",
    type=click.Choice(("embedded", "opa")),
    help="What evaluates the policies: the embedded engine (default), or the OPA server at --opa-url.",
)
@click.option("--opa-url", metavar="URL", help="A running OPA server; implies --engine opa.")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="medium",
    show_default=True,
    help="The mildest violation that blocks; milder ones are shown.",
)
@click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    show_default=True,
    help="auto: on a terminal, unless NO_COLOR is set.",
)
@_PREVIEW
@_STATE
@_LOOKUPS
@_STACK_OUTPUTS
@_TIMEOUT
@_DEBUG
def check(**given: Any) -> None:
    r"""Check the Pulumi programs under PATHS (default: here) against the resilience policies.

    Every stack with a Pulumi.<stack>.yaml is checked. What no program shows (sites, links, services) is read
    from resilience.yaml. With --preview or --state and no PATHS the files alone are checked; with PATHS a file
    stands for its stack, and the other programs run.

    \b
    Examples:
      resilience-checks check
      resilience-checks check stacks/ --stack prod --fail-on high
      resilience-checks check --format json --output resilience.report.json
      pulumi preview --json --show-sames | resilience-checks check --preview -
    """
    _guarded(_check, given)


@cli.command()
@_PATHS
@_STACK
@click.option(
    "--format",
    "form",
    type=click.Choice(("json",)),
    default="json",
    show_default=True,
    help="How the graph is written.",
)
@_OUTPUT
@_PREVIEW
@_STATE
@_LOOKUPS
@_STACK_OUTPUTS
@_TIMEOUT
@_DEBUG
def graph(**given: Any) -> None:
    """Print what the Pulumi programs under PATHS would register, one JSON document a stack."""
    _guarded(_graph, given)


@cli.command("policy-pack")
@click.argument("directory", type=click.Path(path_type=Path))
@_DEBUG
def policy_pack(directory: Path, debug: bool) -> None:  # noqa: FBT001 the command line's own flag
    r"""Write a policy pack to DIRECTORY, so that `pulumi preview` and `pulumi up` run the check themselves.

    \b
    Example:
      resilience-checks policy-pack policy-pack
      pulumi preview --policy-pack policy-pack
    """
    _guarded(_policy_pack, {"paths": (), "directory": directory, "debug": debug})


def main() -> None:
    """Run the command line."""
    cli(prog_name="resilience-checks")


def _check(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.check import run
    from resilience_checks.cli.errors import block, show
    from resilience_checks.cli.output import rendered, write

    options = _options(given, root)
    report = run(options, _progress if around.progress else lambda _: None)
    text = rendered(
        report,
        given["form"],
        options.root,
        color=given["color"],
        to_file=given["output"] is not None,
        around=around,
    )
    write(text, given["output"])
    if given["output"] is not None or given["form"] == "json":
        for failure in report.failures:
            show(block(failure, options.root), github=around.github)
    if given["debug"]:
        for failure in report.failures:
            show(failure.trace, github=around.github)
    if around.step_summary is not None and given["form"] in {"auto", "github"}:
        from resilience_checks.report.step_summary import append

        try:
            append(report, around.step_summary)
        except OSError as error:
            show(f"warning: no job summary was written: {error}\n", github=around.github)
    return int(report.verdict.exit_code)


def _graph(given: dict[str, Any], root: Path, around: Surroundings) -> int:
    from resilience_checks.check import graphs
    from resilience_checks.cli.output import inert, write
    from resilience_checks.report.graph_json import render

    _ = around
    write(inert("".join(render(found) for found in graphs(_options(given, root)))), given["output"])
    return 0


def _policy_pack(given: dict[str, Any], _root: Path, _around: Surroundings) -> int:
    from resilience_checks.analyzer.directory import write

    write(given["directory"])
    click.echo(
        f"written: {given['directory']}; use it with `pulumi preview --policy-pack {given['directory']}`", err=True
    )
    return 0


def _options(given: dict[str, Any], root: Path) -> Options:
    from resilience_checks.check import Options
    from resilience_checks.cli.output import hold_writable
    from resilience_checks.model.errors import UsageError
    from resilience_checks.model.result import Severity

    hold_writable(given["output"])
    url, fail_on = given.get("opa_url"), given.get("fail_on", "never")
    engine = given.get("engine") or ("opa" if url else "embedded")
    if url and engine == "embedded":
        raise UsageError(
            "--engine embedded and --opa-url exclude each other",
            why="it is not clear which engine is meant",
            remedy="leave one of them out",
        )
    return Options(
        paths=given["paths"] or (() if given["previews"] or given["states"] else (Path(),)),
        root=root,
        stacks=given["stacks"],
        config=given.get("config"),
        policies=given.get("policies", ()),
        engine=engine,
        opa_url=url,
        fail_on=None if fail_on == "never" else Severity(fail_on),
        seconds=given["timeout"],
        previews=given["previews"],
        states=given["states"],
        lookups=given["lookups"],
        stack_outputs=given["stack_outputs"],
    )


def _progress(what: str) -> None:
    from resilience_checks.report.text import one_line

    click.echo(f"resilience-checks: {one_line(what)}", err=True)


def _guarded(action: Callable[[dict[str, Any], Path, Surroundings], int], given: dict[str, Any]) -> None:
    """Run the action and end with its exit code; whatever it raises becomes one clear error."""
    from resilience_checks.check import repository_root
    from resilience_checks.cli import errors
    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.model.errors import CheckError

    root = repository_root((given["paths"] or (Path(),))[0])
    around = Surroundings.read()
    try:
        code = action(given, root, around)
    except CheckError as error:
        from resilience_checks.report.github import of_error

        text = errors.block(error, root) + (errors.trace(error) if given["debug"] else "")
        errors.show(text, github=around.github, annotation=of_error(error))
        code = error.exit_code
    except KeyboardInterrupt:
        errors.show("interrupted: nothing was decided\n", github=False)
        code = _INTERRUPTED
    except BrokenPipeError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001 no traceback reaches a user who did not ask for it
        text = errors.unexpected(error) + (errors.trace(error) if given["debug"] else "")
        errors.show(text, github=around.github)
        code = 1
    sys.exit(code)
