"""Azure Pipelines: an issue of the run for each finding, with its line.

Escaping follows microsoft/azure-pipelines-task-lib, node/taskcommand.ts; the limit of ten issues of a type for each
task is that of microsoft/azure-pipelines-agent, ExecutionContext.cs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.report.alerts import Alert, alerts
from resilience_checks.report.alerts import of_error as alert_of
from resilience_checks.report.github import limited
from resilience_checks.report.sarif.places import inside
from resilience_checks.report.text import safe, unforged

if TYPE_CHECKING:
    from resilience_checks.model.errors import CheckError
    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import Failure, Report

_ELSEWHERE = "they are in the log of this task"


class Azure:
    """Renders logging commands, and below them the terminal's form, in which nothing is a command."""

    def __init__(self, style: Style | None = None) -> None:
        """Write the readable form in this style, none without one."""
        self._style = style

    def render(self, report: Report) -> str:
        """Return the commands, errors before warnings, the most severe first, at most ten of a type."""
        lines = limited([*alerts(report)], issue, _ELSEWHERE)
        text = "".join(f"{line}\n" for line in lines)
        if self._style is None:
            return text
        from resilience_checks.report.terminal import Terminal

        return text + unforged(Terminal(self._style).render(report))


def of_error(error: CheckError | Failure) -> str:
    """Return the issue of something that could not be evaluated."""
    return issue(alert_of(error))


def issue(alert: Alert) -> str:
    r"""Return one logging command; a place outside the repository is told in the message.

    >>> issue(Alert("a;b", "t", "50% of a]\nb", blocks=True))
    '##vso[task.logissue type=error;code=a%3Bb;]t: 50%AZP25 of a]%0Ab'
    """
    place, message = alert.location, f"{alert.title}: {alert.text}"
    properties = {"type": "error" if alert.blocks else "warning"}
    if place is not None and not inside(place):
        message = f"{place}: {message}"
    elif place is not None:
        properties |= {"sourcepath": place.path, "linenumber": str(place.line)}
        properties |= {"columnnumber": str(place.column)} if place.column is not None else {}
    properties["code"] = alert.rule
    listed = "".join(f"{key}={_property(unforged(safe(value)))};" for key, value in properties.items() if value)
    return f"##vso[task.logissue {listed}]{_data(unforged(safe(message)))}"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace("]", "%5D").replace(";", "%3B")
