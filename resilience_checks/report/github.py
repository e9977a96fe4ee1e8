"""GitHub workflow commands: an annotation on the line at fault.

Escaping and the order of properties follow actions/toolkit, packages/core/src/command.ts and utils.ts; the limits
are those of actions/runner, ExecutionContext.cs: ten annotations of a type for each step, 4096 characters (UTF-16
code units) a message, the rest dropped without notice.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome, Result
from resilience_checks.report.findings import chain, findings, loses, not_blocking, stands_aside, targets, unnamed
from resilience_checks.report.text import counted, safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.model.errors import CheckError
    from resilience_checks.model.location import Location
    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import Failure, Report

MAX_ANNOTATIONS = 10
MAX_MESSAGE = 4096
_CUT = "\n[cut: the whole text is in the log of this step]"
_ELSEWHERE = "they are in the log of this step, in the job summary and in the JSON report"


class Github:
    """Renders annotations, and below them the terminal's form, fenced so that nothing in it is a command."""

    def __init__(self, style: Style | None = None, token: str | None = None) -> None:
        """Write the readable form in this style, none without one; `token` replaces the random one of the fence."""
        self._style, self._token = style, token

    def render(self, report: Report) -> str:
        """Return the commands, errors before warnings, the most severe first, at most ten of a type."""
        blocking = {id(result) for result in report.verdict.blocking}
        errors = [of_error(failure) for failure in report.failures]
        warnings: list[str] = []
        for group in findings(report):
            if any(id(result) in blocking for result in group):
                errors.append(_of_results("error", group))
            else:
                warnings.append(_of_results("warning", group))
        for what, remark in report.remarks:
            places = remark.locations or (None,)
            warnings += [command("warning", remark.text, place, what) for place in places]
        lines = [*_limited("error", errors), *_limited("warning", warnings)]
        if self._style is not None:
            from resilience_checks.report.terminal import Terminal

            lines += fenced(Terminal(self._style).render(report), self._token)
        return "".join(f"{line}\n" for line in lines)


def of_error(error: CheckError | Failure) -> str:
    """Return the annotation of something that could not be evaluated."""
    return command("error", error.what + _paragraphs(error.why, error.remedy), error.location, "could not be checked")


def command(kind: str, message: str, location: Location | None, title: str) -> str:
    r"""Return one workflow command.

    A location outside the repository has no line to annotate: it is told in the message.

    >>> command("error", "50% of a\nb", None, "x: y")
    '::error title=x%3A y::50%25 of a%0Ab'
    """
    properties = {"title": title}
    if location is not None and (location.path.startswith(("/", "../")) or location.path == ".."):
        message = f"{location}: {message}"
    elif location is not None:
        properties |= {"file": location.path, "line": str(location.line), "endLine": str(location.line)}
        if location.column is not None:
            properties["col"] = str(location.column)
    listed = ",".join(f"{key}={_property(safe(value))}" for key, value in properties.items() if value)
    return f"::{kind} {listed}::{_data(_cut(safe(message)))}"


def fenced(text: str, token: str | None = None) -> list[str]:
    """Return the text between commands that stop all commands, until a token that nobody can guess."""
    token = token or secrets.token_hex(16)
    return [f"::stop-commands::{token}", *text.splitlines(), f"::{token}::"]


def _of_results(kind: str, group: Sequence[Result]) -> str:
    first = group[0]
    certain = first.outcome is not Outcome.UNKNOWN
    title = f"{first.title} [{first.policy}]" if certain else f"not known: {first.title} [{first.policy}]"
    found = first.message if len(group) == 1 else f"not known for {', '.join(targets(group))}"
    lost = ", ".join(unnamed(first)) if len(group) == 1 else ""
    message = found + _paragraphs(
        f"{'Lost' if loses(first) else 'Services'}: {lost}" if lost else "",
        _listed("Why", chain(first)),
        _listed("Hangs on", first.depends_on),
        _listed("Assumed", first.assumed),
        f"Fix: {first.remediation}" if first.remediation else "",
        f"D{not_blocking(first)[1:]}" if stands_aside(first) else "",
    )
    return command(kind, message, first.location, title)


def _paragraphs(*parts: str) -> str:
    return "".join(f"\n\n{part}" for part in parts if part)


def _listed(name: str, texts: Sequence[str]) -> str:
    return "\n".join([f"{name}:", *(f"- {text}" for text in texts)]) if texts else ""


def _limited(kind: str, commands: Sequence[str]) -> list[str]:
    if len(commands) <= MAX_ANNOTATIONS:
        return list(commands)
    shown = commands[: MAX_ANNOTATIONS - 1]
    more = f"{counted(len(commands) - len(shown), 'more finding')} of this kind: {_ELSEWHERE}"
    return [*shown, command(kind, more, None, "more findings")]


def _cut(text: str) -> str:
    """Return the text, shortened so that even its escaped form is below the limit."""
    if _units(text) <= MAX_MESSAGE:
        return text
    low, high = 0, min(len(text), MAX_MESSAGE)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _units(text[:middle] + _CUT) <= MAX_MESSAGE else (low, middle - 1)
    return text[:low] + _CUT


def _units(text: str) -> int:
    return len(_data(text).encode("utf-16-le")) // 2


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
