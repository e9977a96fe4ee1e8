"""From a report to the bytes that leave the process."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.cli.progress import progress
from resilience_checks.model.errors import EngineError, UsageError
from resilience_checks.model.refusals import FULL
from resilience_checks.model.writing import write as put
from resilience_checks.report.formats import FORMS, WIDTH, Style
from resilience_checks.report.text import unforged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.model.errors import CheckError
    from resilience_checks.report.formats import Form
    from resilience_checks.report.interface import Report


@dataclass(frozen=True, slots=True)
class Target:
    """One form in which the report is written, and where: a file, else standard output."""

    form: Form
    file: Path | None = None


def targets(named: Sequence[tuple[str, Path | None]], output: Path | None, system: str) -> tuple[Target, ...]:
    """Return every form that is asked for; one without a file goes to `output`, else to standard output.

    Where all have files, what suits the CI system is written as well. Raises UsageError where two would share a place.
    """
    forms = named if any(file is None for _, file in named) else (*named, ("auto", None))
    found = tuple(Target(FORMS[_chosen(name, system)], file or output) for name, file in forms)
    for target in found:
        if sum(other.file == target.file for other in found) > 1:
            raise UsageError(
                f"two forms of the report would be written to {target.file or 'standard output'}",
                why="one would be lost in the other",
                remedy="name a file for all but one of them: --format json=report.json",
            )
        hold_writable(target.file)
    return found


def rendered(report: Report, target: Target, root: Path, *, color: str, around: Surroundings) -> str:
    """Return the report in the form, for a file or for standard output."""
    to_file, page = target.file is not None, target.form.name == "terminal"
    colored = color == "always" or (color == "auto" and page and around.colorful and not to_file)
    width = around.width if page and not to_file else WIDTH
    return target.form.renderer(Style(root, colored, width)).render(report)


def _chosen(name: str, system: str) -> str:
    if name != "auto":
        return name
    return system if system in FORMS and FORMS[system].commands else "terminal"


def hold_writable(output: Path | None) -> None:
    """Raise UsageError when nothing can be written there, before any program is run for it."""
    if output is None:
        return
    folder, why = output.absolute().parent, "the report would be lost after all programs have run"
    if not folder.is_dir():
        raise UsageError(
            f"{output} cannot be written: its folder does not exist",
            why=why,
            remedy="make the folder first, or name another file",
        )
    if output.is_dir():
        raise UsageError(f"{output} cannot be written: it is a folder", why=why, remedy="name a file in it")
    if not os.access(output if output.exists() else folder, os.W_OK):
        what = "it" if output.exists() else "its folder"
        raise UsageError(
            f"{output} cannot be written: {what} may only be read",
            why=why,
            remedy="make it writable, or name another file",
        )


def write(text: str, output: Path | None, *, commands: bool = False, fence: bool = False, new: bool = False) -> None:
    """Write UTF-8 to the file (a `new` one replaces none), or to standard output; what UTF-8 cannot hold as its escape.

    `commands`: the text has commands for the CI runner that reads standard output, which finds none in any other;
    `fence`: the runner is GitHub's, which is told to look for none.
    """
    if output is not None:
        try:
            put(output, text.encode("utf-8", "backslashreplace"), new=new)
        except OSError as error:
            raise unwritten(output, error) from error
        return
    progress.clear()
    if sys.stdout is None:
        raise EngineError(
            "standard output is closed",
            why="nobody would read the report",
            remedy="open it, or name a file: --output FILE",
        )
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.stdout.write(text if commands else _without_commands(text, fence=fence))
    sys.stdout.flush()


def _without_commands(text: str, *, fence: bool) -> str:
    if not fence:
        return unforged(text)
    from resilience_checks.report.github import fenced

    return "".join(f"{line}\n" for line in fenced(unforged(text)))


def unwritten(file: Path, error: OSError) -> CheckError:
    """Return the error for a file that was not written: what stood there stands there still."""
    what, why = f"{file} cannot be written: {error.strerror}", "what it was to hold is lost, and whatever it held stays"
    if error.errno in FULL:
        return EngineError(what, why=why, remedy=FULL[error.errno])
    return UsageError(what, why=why, remedy="name another file, in a folder that can be written")
