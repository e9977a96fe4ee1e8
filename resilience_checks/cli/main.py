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
    from resilience_checks.report.interface import Report

FORMATS = ("auto", "terminal", "github", "json")
FAIL_ON = ("low", "medium", "high", "critical", "never")
_PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
_STACK = click.option(
    "--stack",
    "stacks",
    multiple=True,
    metavar="GLOB",
    help="Check only stacks of this name, or project/stack; may be repeated.",
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
_DEBUG = click.option("--debug", is_flag=True, help="Show tracebacks and what programs printed.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="resilience-checks", message="%(prog)s %(version)s")
def cli() -> None:
    r"""Find out which faults lose which services of a Pulumi-defined estate, before it is deployed.

    Programs are run offline: no Pulumi CLI, account, plugin or network.

    \b
    Exit codes: 0 clean, 1 the tool or an engine failed, 2 usage or configuration, 3 nothing to check,
    4 a program could not be evaluated, 10 undecided where that blocks, 11 to 14 the highest blocking
    severity (low, medium, high, critical).
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
    help="auto: github under GITHUB_ACTIONS, else terminal.",
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
    help="A folder of policies of your own; may be repeated.",
)
@click.option(
    "--engine",
    type=click.Choice(("embedded", "opa")),
    default="embedded",
    show_default=True,
    help="What evaluates the policies.",
)
@click.option("--opa-url", metavar="URL", help="A running OPA server; implies --engine opa.")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="medium",
    show_default=True,
    help="The mildest violation that blocks.",
)
@click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    show_default=True,
    help="NO_COLOR is honoured.",
)
@_TIMEOUT
@_DEBUG
def check(**given: Any) -> None:
    """Check the Pulumi programs under PATHS (default: here) against the resilience policies."""
    _guarded(lambda: _check(given), debug=given["debug"])


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
@_TIMEOUT
@_DEBUG
def graph(**given: Any) -> None:
    """Print what the Pulumi programs under PATHS would register, one JSON document a stack."""
    _guarded(lambda: _graph(given), debug=given["debug"])


def main() -> None:
    """Run the command line."""
    cli(prog_name="resilience-checks")


def _check(given: dict[str, Any]) -> int:
    from resilience_checks.check import run
    from resilience_checks.model.result import Severity

    options = _options(
        given,
        config=given["config"],
        policies=given["policies"],
        engine=given["engine"],
        opa_url=given["opa_url"],
        fail_on=None if given["fail_on"] == "never" else Severity(given["fail_on"]),
    )
    report = run(options, _observer())
    text = _rendered(report, options, given)
    _write(text, given["output"])
    return int(report.verdict.exit_code)


def _graph(given: dict[str, Any]) -> int:
    from resilience_checks.check import graphs
    from resilience_checks.report.graph_json import render

    _write("".join(render(found) for found in graphs(_options(given))), given["output"])
    return 0


def _options(given: dict[str, Any], **more: Any) -> Options:
    from resilience_checks.check import Options, repository_root

    paths = given["paths"] or (Path(),)
    return Options(
        paths=paths, root=repository_root(paths[0]), stacks=given["stacks"], seconds=given["timeout"], **more
    )


def _rendered(report: Report, options: Options, given: dict[str, Any]) -> str:
    form = given["form"]
    if form == "auto":
        form = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "terminal"
    if form == "json":
        from resilience_checks.report.json_report import JsonReport

        return JsonReport().render(report)
    from resilience_checks.report.terminal import Terminal

    if form == "terminal":
        plain = given["output"] is not None
        return Terminal(options.root, color=_color(given["color"], plain=plain), width=_width(plain=plain)).render(
            report
        )
    from resilience_checks.report.github import Github, write_summary

    write_summary(report, os.environ)
    return Github(Terminal(options.root).render(report)).render(report)


def _color(wanted: str, *, plain: bool) -> bool:
    if wanted != "auto":
        return wanted == "always"
    return not plain and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _width(*, plain: bool) -> int:
    import shutil

    return 100 if plain or not sys.stdout.isatty() else max(60, min(120, shutil.get_terminal_size().columns))


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    output.write_text(text, encoding="utf-8")


def _observer() -> Callable[[str], None]:
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda what: click.echo(f"resilience-checks: {what}", err=True)


def _guarded(action: Callable[[], int], *, debug: bool) -> None:
    """Run the action and end with its exit code; whatever it raises becomes one clear error."""
    from resilience_checks.model.errors import CheckError

    try:
        code = action()
    except CheckError as error:
        from resilience_checks.cli.errors import show

        show(error, debug=debug)
        code = error.exit_code
    except BrokenPipeError:
        os._exit(1)
    except OSError as error:
        from resilience_checks.cli.errors import show_unexpected

        show_unexpected(error, debug=debug)
        code = 1
    except Exception as error:  # noqa: BLE001 no traceback reaches a user who did not ask for it
        from resilience_checks.cli.errors import show_unexpected

        show_unexpected(error, debug=debug)
        code = 1
    sys.exit(code)
