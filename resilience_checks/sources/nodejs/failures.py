"""What went wrong with a Node program, with the TypeScript or JavaScript line at fault and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import InputError
from resilience_checks.model.location import Location
from resilience_checks.sources.nodejs.toolchain import install
from resilience_checks.sources.program import limits, private_files
from resilience_checks.sources.program.failures import missing_value
from resilience_checks.sources.program.notes import is_file
from resilience_checks.sources.project import relative

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resilience_checks.sources.project import Project

_WHY = "a program that does not run to its end has no graph, so nothing of this stack was checked"
_LONGEST_LAST = 1 << 16
_LONGEST_NUMBER = 10
_OUT_OF_MEMORY = ("heap out of memory", "Allocation failed", "bad_alloc", "Cannot allocate memory")


def endless(project: Project, private: Path, root: Path, seconds: float) -> InputError:
    """Return the error for a program that did not end in time, at the last line that it is known to have reached."""
    return InputError(
        f"the program did not end within {seconds:g} s",
        location=_last_seen(project, private / "last.txt", root),
        why=_WHY,
        remedy="take out what waits or loops for ever at this line or after it, or allow more with --timeout",
    )


def failed(end: Mapping[str, Any], project: Project, root: Path, private: Path, code: int) -> InputError:
    """Return the error for a program that ended badly."""
    output = private_files.printed(private)
    what, remedy = limits.used_up(end) or _words(end, project, output, code)
    error = InputError(what, location=_location(end, project, root), why=_WHY, remedy=remedy)
    details = [text for text in (end.get("traceback"), f"the program printed:\n{output}" if output else None) if text]
    error.add_note("\n".join(details))
    return error


def _words(end: Mapping[str, Any], project: Project, output: str, code: int) -> tuple[str, str]:
    """Return what happened and what to do about it."""
    kind, message = str(end.get("kind")), str(end.get("message", ""))
    token, key = str(end.get("token")), str(end.get("key"))
    first_line = output.partition("\n")[0]
    if kind == "died" and any(sign in output for sign in _OUT_OF_MEMORY):
        kind = "memory"
    known = {
        "types": (
            f"the program does not compile: {message}",
            "correct the type error, as `pulumi preview` would ask too",
        ),
        "syntax": (f"syntax error: {message}", "correct the line"),
        "module": (
            f"the program imports {end.get('module')!r}, which is not there",
            f"install the program's packages ({_install(project)}), or correct the path{_elsewhere(end)}",
        ),
        "config": missing_value(key, project, environment=bool(end.get("environment"))),
        "entry": (
            f"the program's entry point was not found: {first_line}",
            "correct `main` in Pulumi.yaml or package.json, or build the program first",
        ),
        "exit": (f"the program ended itself with exit code {message}", "let it run to its end in a preview"),
        "network": (message, "a check runs without network: read what is needed from configuration instead"),
        "lookup": (
            f"the program waits for the answer of {token}, which only its provider knows",
            f"give the answer with --lookups, or use the form that returns an output ({token.rsplit(':', 1)[-1]}Output), so that it can stay unknown",
        ),
        "unfinished": (
            "the program ended before all that it waits for was settled",
            "look for a promise that nothing resolves; `pulumi preview` ends the same way",
        ),
        "memory": ("the program ran out of memory", "make it smaller, or raise the limit"),
        "died": (
            f"the program's process ended without a word (status {code})",
            "run it with `pulumi preview` to see why; it may have been stopped for using too much memory",
        ),
    }
    return known[kind] if kind in known else _raised(end, message)


def _elsewhere(end: Mapping[str, Any]) -> str:
    """Return what else may help for a module that is named by its path, which may lead out of the repository."""
    by_path = str(end.get("module")).startswith((".", "/"))
    return "; what stands outside of the repository is read with --readable alone" if by_path else ""


def _raised(end: Mapping[str, Any], message: str) -> tuple[str, str]:
    lookups = ", ".join(dict.fromkeys(end.get("unanswered") or ()))
    remedy = "run `pulumi preview` to see the same error, and correct the program"
    if lookups:
        remedy = f"if it needs the answer of {lookups}, give it with --lookups; else correct the program"
    return f"{end.get('type', 'error')}: {message}", limits.out_of_reach(end) or remedy


def _install(project: Project) -> str:
    return install(project.directory, project.options.get("packagemanager"))


def _location(end: Mapping[str, Any], project: Project, root: Path) -> Location:
    if not end.get("file"):
        return project.location
    return Location(relative(root / str(end["file"]), root), int(end.get("line") or 1), end.get("column"))


def _last_seen(project: Project, file: Path, root: Path) -> Location:
    """Return the last line of the program's own that made something, or began to run."""
    seen, _, rest = private_files.text(file, _LONGEST_LAST).partition("\t")
    line = rest.partition("\t")[0]
    known = seen and is_file(seen) and line.isdecimal() and len(line) < _LONGEST_NUMBER
    return Location(relative(root / seen, root), int(line)) if known else project.location
