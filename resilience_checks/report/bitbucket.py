"""Bitbucket Code Insights: the body of a report, and those of its annotations, a hundred in each request.

Fields and limits are those of "Reports" in the REST API of Bitbucket Cloud, version 2.0: 1000 annotations a report, 100 a
request, 450 characters of a summary, 2000 of details, ten data fields. An annotation has no title, so its summary has one.
"""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING, Any

from resilience_checks.model.result import Outcome, Severity
from resilience_checks.report.alerts import Alert, alerts, identity
from resilience_checks.report.sarif.places import inside
from resilience_checks.report.summary import counts
from resilience_checks.report.text import counted, inert, one_line, safe

if TYPE_CHECKING:
    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import Report

MAX_ANNOTATIONS, MAX_REQUEST = 1000, 100
_MAX_SUMMARY, _MAX_DETAILS = 450, 2000


class Bitbucket:
    """Renders `report`, and `annotations`: a list of requests, each a list of annotations."""

    def __init__(self, style: Style | None = None) -> None:
        """Write the same in every style."""

    def render(self, report: Report) -> str:
        """Return both; findings beyond the limit are left out, the mildest first, and counted in the report's details."""
        found = [_annotation(alert, name) for alert, name in identity(alerts(report))]
        shown, left = found[:MAX_ANNOTATIONS], len(found) - MAX_ANNOTATIONS
        requests = [shown[start : start + MAX_REQUEST] for start in range(0, len(shown), MAX_REQUEST)]
        written = {"report": _report(report, max(0, left)), "annotations": requests}
        return inert(json.dumps(written, indent=2) + "\n")


def _report(report: Report, left: int) -> dict[str, Any]:
    more = f"; {counted(left, 'more finding')} beyond what Bitbucket shows: see the log" if left else ""
    blocks = report.verdict.exit_code != 0
    waived = sum(result.waiver is not None for result in report.results)
    errors = sum(result.outcome is Outcome.ERROR for result in report.results)
    unknown = sum(result.outcome is Outcome.UNKNOWN for result in report.results)
    return {
        "title": "Resilience checks",
        "reporter": "resilience-checks",
        "report_type": "BUG",
        "details": _cut(safe(f"{report.verdict.words} ({counts(report)}){more}"), _MAX_DETAILS),
        "result": "FAILED" if blocks else "PASSED",
        "data": [
            {"title": "Blocks the change", "type": "BOOLEAN", "value": blocks},
            {"title": "Blocking findings", "type": "NUMBER", "value": len(report.verdict.blocking)},
            {"title": "Not known", "type": "NUMBER", "value": unknown},
            {"title": "Waived", "type": "NUMBER", "value": waived},
            {"title": "Not new", "type": "NUMBER", "value": sum(bool(result.known) for result in report.results)},
            {"title": "Fixed", "type": "NUMBER", "value": len(report.fixed)},
            {"title": "Services", "type": "NUMBER", "value": len(report.services)},
            {"title": "Could not be checked", "type": "NUMBER", "value": len(report.failures) + errors},
            {"title": "Stacks left out", "type": "NUMBER", "value": len((*report.left_out, *report.unaffected))},
        ],
    }


def _annotation(alert: Alert, name: str) -> dict[str, Any]:
    place, found = alert.location, alert.found
    if place is not None and not inside(place):
        found, place = f"{place}: {found}", None
    where = {} if place is None else {"path": posixpath.normpath(place.path), "line": place.line}
    return {
        "external_id": name,
        "annotation_type": "BUG",
        "summary": _cut(one_line(f"{alert.title}: {found}"), _MAX_SUMMARY),
        "details": _cut(safe(alert.text), _MAX_DETAILS),
        "severity": _severity(alert),
        "result": "FAILED" if alert.blocks else "IGNORED",
        **where,
    }


def _severity(alert: Alert) -> str:
    if alert.severity is None:
        return str(Severity.HIGH if alert.blocks else Severity.LOW).upper()
    return str(alert.severity).upper()


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
