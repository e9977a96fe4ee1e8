"""What went wrong with a program, said once, with the line at fault and what to do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import InputError
from resilience_checks.model.location import Location
from resilience_checks.sources.program import limits, private_files
from resilience_checks.sources.project import relative

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from resilience_checks.sources.program.record import Refusal, Registered
    from resilience_checks.sources.project import Project

_WHY = "a program that does not run to its end has no graph, so nothing of this stack was checked"
PREVIEW = (
    "check a preview of it instead: run `pulumi preview --json --show-sames > preview.json`, "
    "and give it with `--preview preview.json`"
)


def other_language(project: Project) -> InputError:
    """Return the error for a program in a language that cannot be run here."""
    return InputError(
        f"programs with `runtime: {project.runtime}` cannot be run here",
        location=project.location,
        why="nothing of this project was checked",
        remedy=PREVIEW,
    )


def endless(project: Project, private: Path, root: Path, seconds: float) -> InputError:
    """Return the error for a program that did not end in time, at the line where it was."""
    text = private_files.text(private / "stuck.txt")
    found = next(
        (
            Location(relative(root / match["file"], root), int(match["line"]))
            for match in re.finditer(r'File "(?P<file>[^"]+)", line (?P<line>\d+)', text)
            if match["file"].startswith(str(project.directory.resolve()))
        ),
        project.location,
    )
    return InputError(
        f"the program did not end within {seconds:g} s",
        location=found,
        why=_WHY,
        remedy="take out what waits or loops for ever, or allow more with --timeout",
    )


def duplicate(pair: tuple[Registered, Registered], project: Project, root: Path) -> InputError:
    """Return the error for two resources that would have the same URN."""
    places = [_in_project(item.frames, project, root) for item in pair]
    other = f", the first at {places[0]}" if places[0] else ""
    return InputError(
        f"two resources have the URN {pair[1].urn}{other}",
        location=places[1] or project.location,
        why="the engine refuses it, and no statement could tell the two apart",
        remedy="give one of them another name",
    )


def refused(refusal: Refusal, project: Project, root: Path) -> InputError:
    """Return the error for a request with which the engine ends a program."""
    return InputError(
        refusal.what,
        location=_in_project(refusal.frames, project, root) or project.location,
        why="the engine refuses it, so the program does not run to its end",
        remedy=refusal.remedy,
    )


def changed_itself(names: Sequence[str], project: Project, root: Path) -> InputError:
    """Return the error for a program that changed files of which it is made, or took them away."""
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return InputError(
        f"{names[0]}{more} was changed while the program ran",
        location=Location(relative(project.directory / names[0], root), 1),
        why="what ran is not what stands there now, so nothing that is said of it would hold",
        remedy="write what a program makes to a temporary folder; where somebody edited the file, check again",
    )


def no_graph(error: Exception, project: Project) -> InputError:
    """Return the error for a program of whose requests and notes no graph can be made."""
    return InputError(
        f"what was registered and noted while the program ran makes no graph: {error or type(error).__name__}",
        location=project.location,
        why="no SDK asks for that, so what else was registered cannot be relied on, and nothing of this stack was checked",
        remedy="look for what of the program writes to the folder of its run, or speaks to the engine itself",
    )


def failed(end: Mapping[str, Any], project: Project, root: Path, private: Path, code: int) -> InputError:
    """Return the error for a program that ended badly."""
    what, remedy = limits.used_up(end) or _words(end, project, code)
    error = InputError(what, location=_location(end, project, root), why=_WHY, remedy=remedy)
    output = private_files.printed(private)
    details = [text for text in (end.get("traceback"), f"the program printed:\n{output}" if output else None) if text]
    error.add_note("\n".join(details))
    return error


def _words(end: Mapping[str, Any], project: Project, code: int) -> tuple[str, str]:
    message = str(end.get("message", ""))
    match end.get("kind"):
        case "sdk" | "module":
            return _missing_package(end)
        case "syntax":
            return f"syntax error: {message}", "correct the line"
        case "config":
            return missing_value(str(end.get("key")), project, environment=bool(end.get("environment")))
        case "exit":
            return f"the program ended itself with exit code {message}", "let it run to its end in a preview"
        case "network":
            return message, "a check runs without network: read what is needed from configuration instead"
        case "variable":
            return (
                f"the environment variable {end.get('key')} is not set: a check passes none of the caller's on",
                "read it from the stack's configuration, or by os.environ.get with a value for its absence",
            )
        case "lookup":
            return (
                f"the program waits for the answer of {end.get('token')}, which only its provider knows",
                "give the answer with --lookups, or use the form that returns an output, so that it can stay unknown",
            )
        case "memory":
            return "the program ran out of memory", "make it smaller, or raise the limit"
        case "died":
            return (
                f"the program's process ended without a word (status {code})",
                "run it with `pulumi preview` to see why; it may have been stopped for using too much memory",
            )
    return (
        f"{end.get('type', 'error')}: {message}",
        limits.out_of_reach(end) or "run `pulumi preview` to see the same error, and correct the program",
    )


def _missing_package(end: Mapping[str, Any]) -> tuple[str, str]:
    if end.get("kind") == "sdk":
        return (
            "the program's interpreter has no `pulumi` package",
            "install the program's requirements into its virtual environment, or into the one that runs the checker",
        )
    name = str(end.get("module"))
    package = name.split(".", 1)[0].replace("_", "-")
    if end.get("lacking"):
        return (
            f"the program imports {name!r}, which the installed {package} does not have",
            "install the version that the program was written for: pip install -r requirements.txt",
        )
    return (
        f"the program imports {name!r}, which is not installed",
        f"install it: pip install {package} (or pip install -r requirements.txt)",
    )


def missing_value(key: str, project: Project, *, environment: bool) -> tuple[str, str]:
    """Return what to say of a configuration value that is not set."""
    what = f"the configuration value {key} is required and not set"
    if environment:
        return (
            f"{what}; the stack's `environment:` may define it, and is not known offline",
            f"set it in `config:` of Pulumi.<stack>.yaml too, or {PREVIEW}",
        )
    short = key.removeprefix(f"{project.name}:")
    return what, f"set it in Pulumi.<stack>.yaml, or run `pulumi config set {short} VALUE`"


def _location(end: Mapping[str, Any], project: Project, root: Path) -> Location:
    if not end.get("file"):
        return project.location
    return Location(relative(root / str(end["file"]), root), int(end.get("line") or 1), end.get("column"))


def _in_project(frames: tuple[tuple[str, int], ...], project: Project, root: Path) -> Location | None:
    inside = str(project.directory.resolve())
    return next((Location(relative(root / file, root), line) for file, line in frames if file.startswith(inside)), None)
