"""Every form of the sample reports, whole, against the files in snapshots/."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from resilience_checks.report.csv_table import Csv
from resilience_checks.report.formats import Style
from resilience_checks.report.github import Github
from resilience_checks.report.json_report import JsonReport
from resilience_checks.report.junit import JUnit
from resilience_checks.report.oscal.document import Oscal
from resilience_checks.report.sarif.log import Sarif, SarifAll
from resilience_checks.report.step_summary import StepSummary
from resilience_checks.report.terminal import Terminal
from tests.report.samples import REPORTS, SNAPSHOTS, write_source

if TYPE_CHECKING:
    from pathlib import Path

FORMS = (
    "terminal.txt",
    "colour.txt",
    "github.txt",
    "summary.md",
    "json",
    "junit.xml",
    "csv",
    "sarif",
    "all.sarif",
    "oscal.json",
)


def rendered(name: str, form: str, root: Path) -> str:
    report = REPORTS[name]
    match form:
        case "terminal.txt":
            return Terminal(Style(root, width=80)).render(report)
        case "colour.txt":
            return Terminal(Style(root, color=True, width=80)).render(report).replace("\x1b", "ESC")
        case "github.txt":
            return Github(Style(root, width=80), token="TOKEN").render(report)
        case "summary.md":
            return StepSummary().render(report)
        case "junit.xml":
            return JUnit().render(report)
        case "sarif":
            return Sarif().render(report)
        case "all.sarif":
            return SarifAll().render(report)
        case "oscal.json":
            return Oscal().render(report)
        case "csv":
            return Csv().render(report)
    return JsonReport().render(report)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_rendered_as_its_snapshot(name: str, form: str, tmp_path: Path) -> None:
    """Set RENEW_SNAPSHOTS to write the files anew; the test fails then, so that nobody takes it for a pass."""
    write_source(tmp_path)
    file = SNAPSHOTS / f"{name}.{form}"
    text = rendered(name, form, tmp_path)
    if os.environ.get("RENEW_SNAPSHOTS"):
        file.write_text(text, encoding="utf-8", newline="")
        pytest.fail("written anew: look at the difference, and run again without RENEW_SNAPSHOTS")
    assert text == file.read_bytes().decode()


def test_every_snapshot_has_its_test() -> None:
    assert {file.name for file in SNAPSHOTS.iterdir()} == {f"{name}.{form}" for name in REPORTS for form in FORMS}
