"""`report render` and `report diff`: from a JSON report alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from resilience_checks.cli.main import cli
from resilience_checks.report.json_report import JsonReport
from tests.report.samples import CLEAN, GATED

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["report", *arguments])
    return done.exit_code, done.output


def written(folder: Path) -> tuple[str, str]:
    files = folder / "clean.json", folder / "gated.json"
    for file, report in zip(files, (CLEAN, GATED), strict=True):
        file.write_text(JsonReport().render(report), encoding="utf-8")
    return str(files[0]), str(files[1])


def test_a_json_report_is_rendered_in_several_forms(tmp_path: Path) -> None:
    _, gated = written(tmp_path)
    page, copy = tmp_path / "report.html", tmp_path / "copy.json"
    assert run("render", gated, "--format", f"html={page}", "--format", f"json={copy}") == (0, "")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert copy.read_text(encoding="utf-8") == JsonReport().render(GATED)


def test_one_form_goes_to_standard_output(tmp_path: Path) -> None:
    clean, _ = written(tmp_path)
    code, said = run("render", clean, "--format", "terminal")
    assert (code, said.splitlines()[-1].split() == ["verdict", "clean"]) == (0, True)


def test_two_reports_are_compared_in_text_and_in_json(tmp_path: Path) -> None:
    clean, gated = written(tmp_path)
    code, said = run("diff", clean, gated)
    assert (code, "new (2)" in said, "waivers (2)" in said) == (0, True, True)
    code, said = run("diff", clean, gated, "--format", "json")
    assert (code, json.loads(said)["schema"]) == (0, "resilience-report-diff/v1")


def test_what_is_no_report_is_an_error_of_usage(tmp_path: Path) -> None:
    clean, _ = written(tmp_path)
    other = tmp_path / "other.json"
    for text in ("[]", "{", '{"version": "resilience-report/v1"}', "\x00"):
        other.write_text(text, encoding="utf-8")
        code, said = run("diff", clean, str(other))
        assert (code, "is no report that this version can read" in said) == (2, True)
    assert run("render", str(tmp_path / "none.json"), "--format", "json")[0] == 2
