"""`--readable` on the command line: what a check says with it and without, and where it stands in the report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from resilience_checks.cli.main import cli
from tests.end_to_end.trees import plant

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """\
resources:
  plan: {type: "azure-native:web:AppServicePlan", properties: {location: "${place}", zoneRedundant: true}}
variables: {place: {"fn::readFile": ../../shared/region.txt}}
"""
ALLOWED = "as --readable says, the program may read"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "region.txt").write_text("uksouth", encoding="utf-8")
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(plant(tmp_path / "repository", {"web": PROGRAM, "app": PROGRAM}))
    return tmp_path


def graph(*arguments: str) -> list[Any]:
    done = CliRunner().invoke(cli, ["graph", *arguments])
    assert done.exit_code == 0, done.output
    text, decoder, found = done.stdout.strip(), json.JSONDecoder(), []
    while text:
        one, end = decoder.raw_decode(text)
        found.append(one["resources"][1]["inputs"]["location"])
        text = text[end:].strip()
    return found


def test_what_it_names_is_known_and_else_unknown(root: Path) -> None:
    why = "../../shared/region.txt is outside of the repository, so it is not read; --readable lets programs read more"
    assert graph() == [{"$unknown": {"why": why}}] * 2
    assert graph("--readable", "../shared") == ["uksouth"] * 2
    assert graph("--readable", str(root / "shared" / "region.txt")) == ["uksouth"] * 2


@pytest.mark.usefixtures("root")
def test_the_report_says_so_once_for_all_stacks_and_keeps_it_with_the_options() -> None:
    said = CliRunner().invoke(cli, ["check", "--readable", "../shared"]).stdout
    assert f"note app/prod, web/prod: {ALLOWED} ../shared verdict" in " ".join(said.split())
    report = json.loads(CliRunner().invoke(cli, ["check", "--readable", "../shared", "--format", "json"]).stdout)
    assert report["options"]["readable"] == ["../shared"]
    assert "readable" not in json.loads(CliRunner().invoke(cli, ["check", "--format", "json"]).stdout)["options"]


def test_what_is_not_there_is_refused(root: Path) -> None:
    done = CliRunner().invoke(cli, ["check", "--readable", str(root / "none")])
    assert (done.exit_code, "does not exist" in done.stderr) == (2, True)
