"""TeamCity: an inspection for each finding, and a build problem for what blocks.

Service messages as in "Service Messages" of TeamCity's documentation; escaping as in JetBrains' own client for Python,
teamcity-messages. The limits are those of that page: 255 characters of an id or a name, 4000 of a description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.result import Severity
from resilience_checks.report.alerts import Alert, alerts
from resilience_checks.report.alerts import of_error as alert_of
from resilience_checks.report.sarif.places import inside
from resilience_checks.report.text import safe, unforged

if TYPE_CHECKING:
    from resilience_checks.model.errors import CheckError
    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import Failure, Report

_CATEGORY = "Resilience"
_MAX_NAME, _MAX_TEXT = 255, 4000
_ESCAPES = str.maketrans({"|": "||", "'": "|'", "\n": "|n", "\r": "|r", "[": "|[", "]": "|]"})


class TeamCity:
    """Renders service messages, and below them the terminal's form, in which nothing is a message."""

    def __init__(self, style: Style | None = None) -> None:
        """Write the readable form in this style, none without one."""
        self._style = style

    def render(self, report: Report) -> str:
        """Return each rule that has a finding, its findings, and the verdict as a build problem where it blocks."""
        found = [*alerts(report)]
        about: dict[str, str] = {}
        for alert in found:
            about.setdefault(alert.rule, report.policies.get(alert.rule, alert.title))
        lines = [_kind(rule, title) for rule, title in about.items()]
        lines += [_inspection(alert) for alert in found]
        if report.verdict.exit_code:
            lines.append(_problem("resilience-checks", f"resilience-checks: {report.verdict.words}"))
        text = "".join(f"{line}\n" for line in lines)
        if self._style is None:
            return text
        from resilience_checks.report.terminal import Terminal

        return text + unforged(Terminal(self._style).render(report))


def of_error(error: CheckError | Failure) -> str:
    """Return the build problem of something that could not be evaluated."""
    alert = alert_of(error)
    place = f"{alert.location}: " if alert.location is not None else ""
    return _problem("resilience-checks-error", f"{place}{alert.text}")


def message(name: str, /, **attributes: str) -> str:
    """Return one service message.

    >>> message("x", text="a'b|c]")
    "##teamcity[x text='a|'b||c|]']"
    """
    listed = "".join(f" {key}='{safe(value).translate(_ESCAPES)}'" for key, value in attributes.items())
    return f"##teamcity[{name}{listed}]"


def _kind(rule: str, title: str) -> str:
    name, text = (title or rule)[:_MAX_NAME], (title or rule)[:_MAX_TEXT]
    return message("inspectionType", id=rule[:_MAX_NAME], name=name, description=text, category=_CATEGORY)


def _inspection(alert: Alert) -> str:
    place, text = alert.location, alert.text
    if place is not None and not inside(place):
        text, place = f"{place}: {text}", None
    where = {"file": place.path, "line": str(place.line)} if place is not None else {"file": "resilience-checks"}
    return message(
        "inspection", typeId=alert.rule[:_MAX_NAME], message=text[:_MAX_TEXT], **where, SEVERITY=_severity(alert)
    )


def _severity(alert: Alert) -> str:
    if alert.blocks:
        return "ERROR"
    return "WEAK WARNING" if alert.severity in {None, Severity.LOW} else "WARNING"


def _problem(identity: str, text: str) -> str:
    return message("buildProblem", description=text[:_MAX_TEXT], identity=identity)
