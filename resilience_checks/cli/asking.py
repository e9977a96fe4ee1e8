"""What the commands that ask an estate a question have in common: their options, and how they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.cli import options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from resilience_checks.cli.surroundings import Surroundings
    from resilience_checks.estates import Built
    from resilience_checks.report.page import Page

FORMS = ("text", "json")


def question(command: Callable[..., None], forms: Sequence[str] = FORMS) -> Callable[..., None]:
    """Add what chooses the stacks, and how the answer is written."""
    return form(options.selection(command), forms)


def form(command: Callable[..., None], forms: Sequence[str] = FORMS) -> Callable[..., None]:
    """Add how the answer is written."""
    command = options.COLOR(command)
    return options.answered_as(forms)(command)


def asked(given: dict[str, Any], root: Path, around: Surroundings) -> tuple[Built, ...]:
    """Return every estate that is asked about."""
    from resilience_checks.cli.progress import observer as observing
    from resilience_checks.estates import estates

    return estates(options.chosen(given, root), observing(around))


def answer(
    given: dict[str, Any],
    root: Path,
    around: Surroundings,
    *,
    text: Callable[[Page], None],
    data: Callable[[], Mapping[str, Any]],
    others: Mapping[str, Callable[[], str]] | None = None,
) -> None:
    """Write the answer in the form that was asked for, to the file or standard output."""
    from resilience_checks.cli.output import write

    if given["form"] == "json":
        from resilience_checks.report.facts_json import written
        from resilience_checks.report.text import inert

        write(inert(written(data())), given["output"])
        return
    if others and given["form"] in others:
        write(others[given["form"]](), given["output"])
        return
    from resilience_checks.report.page import WIDTH, Page

    to_file = given["output"] is not None
    color = given["color"] == "always" or (given["color"] == "auto" and around.colorful and not to_file)
    page = Page(root, color=color, width=WIDTH if to_file else around.width)
    text(page)
    write(page.text(), given["output"], fence=around.github)
