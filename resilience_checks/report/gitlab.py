"""GitLab Code Quality: a JSON array of findings, shown in the merge request and beside its changes.

The properties are those of "Code Quality report format" in GitLab's documentation, a part of the Code Climate spec.
GitLab compares the file of the source branch with that of the target branch by fingerprint, so what is known stays in it.
"""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING, Any

from resilience_checks.model.result import Severity
from resilience_checks.report.alerts import Alert, alerts, identity
from resilience_checks.report.sarif.places import inside
from resilience_checks.report.text import inert, one_line, safe

if TYPE_CHECKING:
    from resilience_checks.model.location import Location
    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import Report

_SEVERITIES = {
    Severity.LOW: "minor",
    Severity.MEDIUM: "major",
    Severity.HIGH: "critical",
    Severity.CRITICAL: "blocker",
    None: "info",
}
_NOWHERE = "resilience.yaml"


class GitLab:
    """Renders every finding that is not waived; the form is the same in every style."""

    def __init__(self, style: Style | None = None) -> None:
        """Write the same in every style."""

    def render(self, report: Report) -> str:
        """Return the array; what has no place in the repository stands at a Pulumi.yaml, else at resilience.yaml."""
        stand_in = next((stack.location for stack in report.stacks if inside(stack.location)), None)
        issues = [_issue(alert, name, stand_in) for alert, name in identity(alerts(report, known=True))]
        return inert(json.dumps(issues, indent=2) + "\n")


def _issue(alert: Alert, fingerprint: str, stand_in: Location | None) -> dict[str, Any]:
    told = [alert.found]
    place = alert.location
    if not inside(place):
        told = [f"{place}: {alert.found}"] if place is not None else told
        place = stand_in
    path = posixpath.normpath(place.path) if place is not None else _NOWHERE
    return {
        "type": "issue",
        "check_name": one_line(alert.rule) or alert.title,
        "description": one_line(f"{alert.title}: {told[0]}"),
        "content": {"body": safe(alert.text)},
        "categories": ["Bug Risk"],
        "severity": _severity(alert),
        "fingerprint": fingerprint,
        "location": {"path": path, "lines": {"begin": place.line if place is not None else 1}},
    }


def _severity(alert: Alert) -> str:
    """Return GitLab's word; what is not known and what could not be checked is `info` unless it blocks."""
    if alert.severity is None and alert.blocks:
        return "critical"
    return _SEVERITIES[alert.severity]
