"""Options that several commands share, and what they choose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resilience_checks.cli.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from resilience_checks.options import Options

PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
STACK = click.option(
    "--stack",
    "stacks",
    multiple=True,
    metavar="GLOB",
    help="Take only stacks of this name, or of this project/stack; may be repeated.",
)
OUTPUT = click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of standard output.",
)
TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one program may run.",
)
READABLE = click.option(
    "--readable",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="A file or folder outside of the repository that programs may read, too; may be repeated. No file of what is "
    "checked can say this.",
)
JOBS = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many stacks are evaluated at a time (default: as many as there are processors).",
)
SCHEDULER = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Have the workers of this Dask cluster evaluate the stacks, such as tcp://host:8786; they see the same files.",
)
CACHE = click.option(
    "--cache/--no-cache",
    default=None,
    help="Take what is unchanged from the cache (default: yes, but not in CI), or evaluate everything. RESILIENCE_CACHE "
    "names its folder, or says off.",
)
FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
PREVIEW = click.option(
    "--preview",
    "previews",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="Read what `pulumi preview --json --show-sames` wrote instead of running a program; - is standard input.",
)
STATE = click.option(
    "--state",
    "states",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="Read what `pulumi stack export` wrote, or a checkpoint, instead of running a program; - is standard input.",
)
LOOKUPS = click.option(
    "--lookups",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="JSON with answers to lookups: token to answer, or a list of {token, args, answer}.",
)
STACK_OUTPUTS = click.option(
    "--stack-outputs",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="JSON with the outputs of stacks that are not checked: stack name to outputs.",
)
CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The resilience.yaml to use, instead of the one beside Pulumi.yaml or at the repository root.",
)
CATALOGUE = click.option(
    "--catalogue",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="A catalogue file of your own, or a folder of them, before those that come with the tool; may be repeated.",
)
WAIVERS = click.option(
    "--waivers",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The waivers to use, instead of resilience-waivers.yaml at the repository root.",
)
TODAY = click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day on which dates in declarations and waivers are judged (default: the day of --clock, else today, in UTC).",
)
BASE = click.option(
    "--base",
    metavar="COMMIT",
    help="Judge the change since COMMIT: block only what is new or worse than there, and what it touches at once or "
    "takes away in redundancy. Stacks that it cannot affect are not evaluated.",
)
BASELINE = click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Block only what is new or worse than what stands in FILE, which `baseline write` wrote.",
)
SETTINGS = click.option(
    "--settings",
    metavar="REF|FILE",
    help="Where settings are trusted: a commit, such as origin/main, or an organisation's resilience.yaml. What is "
    "checked may be stricter than that; what it holds less strictly counts once it is there.",
)
CLOCK = click.option(
    "--clock",
    metavar="TIME",
    help="When the check is held to have begun, as 2026-01-24T07:30:00Z (default: SOURCE_DATE_EPOCH, else now): the "
    "same inputs and the same time give the same report.",
)
POLICIES = click.option(
    "--policies",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A folder of policies of your own, besides those that come with the tool; may be repeated.",
)
COLOR = click.option(
    "--color",
    type=Choice(("auto", "always", "never")),
    default="auto",
    show_default=True,
    help="auto: on a terminal, unless NO_COLOR is set.",
)
DEBUG = click.option("--debug", is_flag=True, help="Show the traceback of every error, and what its program printed.")


def answered_as(forms: Sequence[str]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option that says whether a person or a program reads the answer."""
    return click.option(
        "--format",
        "form",
        type=Choice(forms),
        default="text",
        show_default=True,
        help="text for a reader, json for a program.",
    )


FORM = answered_as(("text", "json"))


def gate(command: Callable[..., None]) -> Callable[..., None]:
    """Add what a finding is held against, to a command that checks again."""
    for option in reversed((BASE, BASELINE, SETTINGS, WAIVERS, TODAY, CLOCK, POLICIES)):
        command = option(command)
    return command


def selection(command: Callable[..., None]) -> Callable[..., None]:
    """Add what chooses the stacks and what they are read from, to a command about estates."""
    for option in reversed(
        (
            PATHS,
            STACK,
            CONFIG,
            CATALOGUE,
            PREVIEW,
            STATE,
            LOOKUPS,
            STACK_OUTPUTS,
            TIMEOUT,
            READABLE,
            JOBS,
            SCHEDULER,
            OUTPUT,
            DEBUG,
        )
    ):
        command = option(command)
    return command


def chosen(given: dict[str, Any], root: Path) -> Options:
    """Return what is checked and how; an option that a command does not have stands at its default."""
    from resilience_checks.cli.output import hold_writable
    from resilience_checks.model.errors import UsageError
    from resilience_checks.model.result import NEVER, Severity
    from resilience_checks.model.thresholds import DEFAULT
    from resilience_checks.options import Options

    hold_writable(given["output"])
    url, fail_on = given.get("opa_url"), given.get("fail_on", "never") or DEFAULT
    engine = given.get("engine") or ("opa" if url else "embedded")
    if url and engine == "embedded":
        raise UsageError(
            "--engine embedded and --opa-url exclude each other",
            why="it is not clear which engine is meant",
            remedy="leave one of them out",
        )
    if given.get("base") is not None and given["previews"]:
        raise UsageError(
            "--base and --preview exclude each other",
            why="a change is what lies between two versions, or what a preview says is deployed",
            remedy="leave one of them out",
        )
    return Options(
        paths=given["paths"] or (() if given["previews"] or given["states"] else (Path(),)),
        root=root,
        stacks=given["stacks"],
        config=given.get("config"),
        policies=given.get("policies", ()),
        catalogue=given.get("catalogue", ()),
        engine=engine,
        opa_url=url,
        policy_seconds=given.get("policy_timeout"),
        fail_on=None if fail_on == NEVER else Severity(fail_on),
        fail_on_given=bool(given.get("fail_on")),
        seconds=given["timeout"],
        readable=given.get("readable", ()),
        jobs=given.get("jobs"),
        scheduler=given.get("scheduler"),
        previews=given["previews"],
        states=given["states"],
        lookups=given["lookups"],
        stack_outputs=given["stack_outputs"],
        base=given.get("base"),
        baseline=given.get("baseline"),
        all_stacks=given.get("all_stacks", False),
        settings=given.get("settings"),
        waivers=given.get("waivers"),
        **({"today": given["today"].date()} if given.get("today") else {}),
    )
