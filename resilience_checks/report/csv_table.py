"""The report as CSV (RFC 4180): one row for each result, whatever its outcome."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from resilience_checks.report.cells import cell
from resilience_checks.report.findings import chain
from resilience_checks.report.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.model.location import Location
    from resilience_checks.model.result import Result
    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import Failure, Fixed, Report

COLUMNS = (
    "outcome",
    "severity",
    "blocks",
    "policy",
    "title",
    "target",
    "stacks",
    "services",
    "message",
    "path",
    "line",
    "column",
    "cause",
    "chain",
    "remediation",
    "depends_on",
    "assumed",
    "controls",
    "advisory",
    "known",
    "waiver_owner",
    "waiver_approver",
    "waiver_expires",
    "waiver_ticket",
    "waiver_reason",
    "fingerprint",
)
"""In their order; new ones are added at the end."""
_BETWEEN = "; "


class Csv:
    """Renders a row for each result, then for each fixed finding, what was not checked, and an emergency override."""

    def __init__(self, style: Style | None = None) -> None:
        """Write the same in every style."""

    def render(self, report: Report) -> str:
        """Return the table with its head; every cell is quoted, and no cell is a formula."""
        out = StringIO()
        writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        writer.writerow(COLUMNS)
        writer.writerows([cell(row.get(name, "")) for name in COLUMNS] for row in _rows(report))
        return inert(out.getvalue())


def _rows(report: Report) -> Iterator[Mapping[str, str]]:
    blocking = {id(result) for result in report.verdict.blocking}
    for result in report.results:
        yield _result(result, blocks=id(result) in blocking)
    yield from map(_fixed, report.fixed)
    yield from (_failure(failure, blocks=report.verdict.exit_code != 0) for failure in report.failures)
    yield from (_left_out("not_selected", name, "not selected") for name in report.left_out)
    yield from (_left_out("not_affected", name, "not affected by the change") for name in report.unaffected)
    if report.override is not None:
        yield {"outcome": "override", "blocks": "no", "message": report.verdict.words}


def _result(result: Result, *, blocks: bool) -> dict[str, str]:
    return {
        "outcome": str(result.outcome),
        "severity": str(result.severity),
        "blocks": _yes(blocks),
        "policy": result.policy,
        "title": result.title,
        "target": result.target,
        "stacks": _named(result, "stacks"),
        "services": _BETWEEN.join(result.services),
        "message": result.message,
        **_place(result.location),
        "cause": _BETWEEN.join(result.cause),
        "chain": _BETWEEN.join(chain(result)),
        "remediation": result.remediation,
        "depends_on": _BETWEEN.join(result.depends_on),
        "assumed": _BETWEEN.join(result.assumed),
        "controls": _named(result, "controls"),
        "advisory": _BETWEEN.join(result.advisory),
        "known": result.known,
        **_waiver(result),
        "fingerprint": result.fingerprint,
    }


def _fixed(fixed: Fixed) -> dict[str, str]:
    return {
        "outcome": "fixed",
        "severity": str(fixed.severity),
        "blocks": "no",
        "policy": fixed.policy,
        "title": fixed.title,
        "target": fixed.target,
        "message": fixed.message,
        "fingerprint": fixed.fingerprint,
    }


def _failure(failure: Failure, *, blocks: bool) -> dict[str, str]:
    return {
        "outcome": "not_checked",
        "blocks": _yes(blocks),
        "target": failure.subject,
        "message": f"{failure.what}: {failure.why}" if failure.why else failure.what,
        **_place(failure.location),
        "remediation": failure.remedy,
    }


def _left_out(outcome: str, stack: str, why: str) -> dict[str, str]:
    message = f"{why}: nothing of it was looked at"
    return {"outcome": outcome, "blocks": "no", "target": stack, "stacks": stack, "message": message}


def _waiver(result: Result) -> dict[str, str]:
    waiver = result.waiver
    if waiver is None:
        return {}
    return {
        "waiver_owner": waiver.owner,
        "waiver_approver": waiver.approver,
        "waiver_expires": waiver.expires.isoformat(),
        "waiver_ticket": waiver.ticket,
        "waiver_reason": waiver.reason,
    }


def _place(place: Location | None) -> dict[str, str]:
    if place is None:
        return {}
    return {"path": place.path, "line": str(place.line), "column": str(place.column or "")}


def _named(result: Result, name: str) -> str:
    found = result.evidence.get(name)
    return _BETWEEN.join(str(item) for item in found) if isinstance(found, list) else ""


def _yes(value: object) -> str:
    return "yes" if value else "no"
