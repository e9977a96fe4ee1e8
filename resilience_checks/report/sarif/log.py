"""The two SARIF files: one that GitHub code scanning takes and shows as it is meant, and one with everything."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from resilience_checks.model.result import Outcome
from resilience_checks.report.findings import findings, order
from resilience_checks.report.sarif.notices import invocation
from resilience_checks.report.sarif.places import ROOT
from resilience_checks.report.sarif.results import Results
from resilience_checks.report.sarif.rules import rules
from resilience_checks.report.sarif.shares import MAX_RUNS, shares
from resilience_checks.report.text import counted, inert, one_line

if TYPE_CHECKING:
    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import Report
    from resilience_checks.report.sarif.shares import Group, Share

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MAX_RESULTS = 5000
"""Of a run; GitHub refuses 25,000 and keeps these."""
MAX_BYTES = 10 * 1000 * 1000
"""Of the compressed file; GitHub refuses more."""


class Sarif:
    """Renders what people have to look at, within the limits of GitHub code scanning; waived findings are left out."""

    def __init__(self, style: Style | None = None, most: int = MAX_RESULTS, size: int = MAX_BYTES) -> None:
        """Write the same in every style; at most so many results a run, and so many bytes compressed."""
        _ = style
        self._most, self._size = most, size

    def render(self, report: Report) -> str:
        """Return the file; what is cut is counted in the notifications of each run."""
        waived = sum(result.waiver is not None for result in report.results)
        left = [_left(waived, "waived finding", "sarif-all holds")] if waived else []
        groups = _alerts(report)
        most = self._most
        while True:
            text = _written(report, groups, left, most)
            if len(text) <= self._size or len(gzip.compress(text.encode(), 6)) <= self._size or most <= 1:
                return text
            most //= 2


class SarifAll:
    """Renders every result with its kind, waived ones as suppressed and fixed ones as absent; nothing is cut."""

    def __init__(self, style: Style | None = None) -> None:
        """Write the same in every style."""

    def render(self, report: Report) -> str:
        """Return the file."""
        return _written(report, [(result,) for result in sorted(report.results, key=order)], [], None)


def _alerts(report: Report) -> list[Group]:
    """Return what is not waived, the worst first, doubts together; known or not, as an alert is the same on each branch."""
    copies = {id(copy): (copy, one) for one in report.results if not one.waiver for copy in (replace(one, known=""),)}
    asked = replace(report, results=tuple(copy for copy, _ in copies.values()))
    return [tuple(copies[id(copy)][1] for copy in group) for group in findings(asked)]


def _written(report: Report, groups: list[Group], left: list[str], most: int | None) -> str:
    """Return the file with at most so many results a run; None: with everything."""
    parts = shares(report, groups, None if most is None else MAX_RUNS)
    runs = [_run(report, share, left, most, last=share is parts[-1]) for share in parts]
    data = {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}
    return inert(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _run(report: Report, share: Share, left: list[str], most: int | None, *, last: bool) -> dict[str, Any]:
    groups = share.groups[:most]
    cut = len(share.groups) - len(groups)
    told = [*left, *([_left(cut, "finding", "the JSON report holds")] if cut else [])]
    gone = report.fixed if most is None and last else ()
    known = rules(report, (result for group in groups for result in group), gone)
    results = Results(report, share.anchor, {rule["id"]: number for number, rule in enumerate(known)}, most is None)
    return {
        "tool": {
            "driver": {
                "name": "resilience-checks",
                "version": one_line(report.tool),
                "semanticVersion": one_line(report.tool),
                "rules": known,
            }
        },
        "automationDetails": {"id": one_line(share.id)},
        "invocations": [invocation(report, share, told)],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": [*map(results.result, groups), *map(results.fixed, gone)],
        "properties": {
            "verdict": one_line(report.verdict.words),
            "failOn": report.fail_on,
            "stacks": list(share.stacks),
            "passes": sum(result.outcome is Outcome.PASS for result in report.results),
            "engine": one_line(report.engine),
            **_origin(report),
        },
    }


def _origin(report: Report) -> dict[str, Any]:
    """Return where the check ran and what it was compared with, as far as that is known."""
    run = report.run
    told = {} if run is None else {"commit": run.commit, "branch": run.branch, "run": run.url, "actor": run.actor}
    told |= {"comparedWith": report.compared_with, "settingsFrom": report.settings_from}
    return {key: one_line(text) for key, text in told.items() if text}


def _left(number: int, noun: str, holder: str) -> str:
    return f"{counted(number, noun)} left out: {holder} {'it' if number == 1 else 'them'}"
