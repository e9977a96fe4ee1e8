"""Every form of the sample reports, whole, against the files in snapshots/."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from resilience_checks.report.azure import Azure
from resilience_checks.report.bitbucket import Bitbucket
from resilience_checks.report.csv_table import Csv
from resilience_checks.report.formats import Style
from resilience_checks.report.github import Github
from resilience_checks.report.gitlab import GitLab
from resilience_checks.report.json_report import JsonReport
from resilience_checks.report.junit import JUnit
from resilience_checks.report.markdown import Buildkite
from resilience_checks.report.oscal.document import Oscal
from resilience_checks.report.sarif.log import Sarif, SarifAll
from resilience_checks.report.step_summary import StepSummary
from resilience_checks.report.teamcity import TeamCity
from resilience_checks.report.terminal import Terminal
from tests.report.samples import REPORTS, SNAPSHOTS, write_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from resilience_checks.report.interface import Renderer

FORMS: dict[str, Callable[[Style], Renderer]] = {
    "terminal.txt": Terminal,
    "colour.txt": lambda style: Terminal(replace(style, color=True)),
    "github.txt": lambda style: Github(style, token="TOKEN"),
    "azure.txt": Azure,
    "teamcity.txt": TeamCity,
    "summary.md": StepSummary,
    "buildkite.md": Buildkite,
    "json": JsonReport,
    "gitlab.json": GitLab,
    "bitbucket.json": Bitbucket,
    "junit.xml": JUnit,
    "csv": Csv,
    "sarif": Sarif,
    "all.sarif": SarifAll,
    "oscal.json": Oscal,
}


def rendered(name: str, form: str, root: Path) -> str:
    report = REPORTS[name]
    style = Style(root, width=80)
    text = FORMS[form](style).render(report)
    return text.replace("\x1b", "ESC") if form == "colour.txt" else text


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
