"""`waivers list`, `add` and `prune`, and the override of `check`, as they are typed."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from resilience_checks.cli.main import cli
from resilience_checks.report.json_report import JsonReport
from tests.report.samples import MANY, SHARED_MANAGER, report

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

WHO = ("--reason", "ordered", "--owner", "network team", "--approver", "head", "--ticket", "NET-1")
FILE = "resilience-waivers.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "report.json").write_text(JsonReport().render(report(SHARED_MANAGER, MANY)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def type_(*arguments: str, day: str = "2026-01-24") -> Result:
    return CliRunner().invoke(cli, ["waivers", *arguments, "--today", day])


def added(*arguments: str, until: str = "2026-03-31") -> Result:
    return type_("add", *arguments, *WHO, "--expires", until)


def test_a_finding_is_accepted_listed_and_pruned(folder: Path) -> None:
    done = added(SHARED_MANAGER.fingerprint, "--report", "report.json")
    assert done.stdout.splitlines()[0] == (
        f"added to {FILE}: redundant-firewalls at management-plane:fmg.example, this finding alone, until 2026-03-31"
    )
    added("--policy", "cross-site-failover", "--target", "site:south", until="2026-01-30")
    assert type_("list").stdout == (
        "POLICY AT TARGET                                      STATE  LEFT     OWNER         APPROVER  TICKET\n"
        "cross-site-failover at site:south                     valid  6 days   network team  head      NET-1\n"
        "redundant-firewalls at management-plane:fmg.example   valid  66 days  network team  head      NET-1\n"
        "(a12f76cd91a9e9ed)\n"
        "\n"
        f"{FILE}: 2 waivers (2 valid); --report FILE tells which are used\n"
    )
    listed = json.loads(type_("list", "--report", "report.json", "--format", "json").stdout)
    held = json.loads((files("resilience_checks.report") / "waivers.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(held).validate(listed)
    assert [(one["state"], one["waives"], one["days_left"]) for one in listed["waivers"]] == [
        ("applied", [SHARED_MANAGER.fingerprint], 66),
        ("unused", [], 6),
    ]
    dry = type_("prune", "--unused", "--report", "report.json", "--dry-run")
    assert dry.stdout == (
        f"would take out: cross-site-failover at site:south, unused ({FILE}:14:5)\n{FILE}: 1 of 2 waivers would be left\n"
    )
    pruned = type_("prune", day="2026-01-31")
    assert pruned.stdout == (
        f"taken out: cross-site-failover at site:south, expired on 2026-01-30 ({FILE}:14:5)\n"
        f"{FILE}: 1 of 2 waivers are left\n"
    )
    assert "site:south" not in (folder / FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--policy", "cross-site-failver", "--target", "x"), 'did you mean "cross-site-failover"?'),
        (("--policy", "settings-not-loosened", "--target", "x"), "cannot be waived"),
        (("--policy", "cross-site-failover"), "neither a finding nor a policy with its target is named"),
        (("a12f76cd91a9e9ee", "--report", "report.json"), 'did you mean "a12f76cd91a9e9ed"?'),
        (("--policy", "cross-site-failover", "--target", "x", "--approver", "Network  Team"), "who is the owner"),
    ],
)
def test_what_would_not_count_is_not_written(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = type_("add", *WHO, *arguments, "--expires", "2026-03-31")
    assert (done.exit_code, said in done.stderr) == (2, True)
    assert not (folder / FILE).exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--override", " "), "--override has no reason"),
        (("--override-by", "dana"), "say nothing without --override"),
        (("--override", "down"), "who overrides is not known"),
    ],
)
def test_an_override_needs_a_reason_and_a_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    for name in ("USER", "USERNAME", "GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    done = CliRunner().invoke(cli, ["check", str(folder), *arguments])
    assert (done.exit_code, said in done.stderr) == (2, True)
