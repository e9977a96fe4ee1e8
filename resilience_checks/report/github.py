"""GitHub workflow commands: an annotation on the line at fault.

Escaping and the order of properties follow actions/toolkit, packages/core/src/command.ts and utils.ts; the limits
are those of actions/runner, ExecutionContext.cs: ten annotations of a type for each step, 4096 characters (UTF-16
code units) a message, the rest dropped without notice.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from resilience_checks.report.alerts import Alert, alerts
from resilience_checks.report.alerts import of_error as alert_of
from resilience_checks.report.sarif.places import inside
from resilience_checks.report.text import counted, safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
        lines = limited([*alerts(report)], _of_alert, _ELSEWHERE)
        if self._style is not None:
            from resilience_checks.report.terminal import Terminal

            lines += fenced(Terminal(self._style).render(report), self._token)
        return "".join(f"{line}\n" for line in lines)


def of_error(error: CheckError | Failure) -> str:
    """Return the annotation of something that could not be evaluated."""
    return _of_alert(alert_of(error))


def limited(shown: Sequence[Alert], told: Callable[[Alert], str], elsewhere: str) -> list[str]:
    """Return the commands of alerts, at most ten errors and ten warnings; the last says how many are left, and where."""
    lines: list[str] = []
    for blocks in (True, False):
        kind = [alert for alert in shown if alert.blocks is blocks]
        if len(kind) > MAX_ANNOTATIONS:
            more = f"{counted(len(kind) - MAX_ANNOTATIONS + 1, 'more finding')} of this kind: {elsewhere}"
            kind = [*kind[: MAX_ANNOTATIONS - 1], Alert("more-findings", "more findings", more, blocks=blocks)]
        lines += [told(alert) for alert in kind]
    return lines


def command(kind: str, message: str, location: Location | None, title: str) -> str:
    r"""Return one workflow command.

    A location outside the repository has no line to annotate: it is told in the message.

    >>> command("error", "50% of a\nb", None, "x: y")
    '::error title=x%3A y::50%25 of a%0Ab'
    """
    properties = {"title": title}
    if location is not None and not inside(location):
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


def _of_alert(alert: Alert) -> str:
    return command("error" if alert.blocks else "warning", alert.text, alert.location, alert.title)


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
