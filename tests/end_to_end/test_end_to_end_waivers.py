"""Waivers, thresholds and the override on a tiny program: what counts, from where, and how it is told."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from resilience_checks.check import Options, run
from resilience_checks.model.errors import UsageError
from resilience_checks.model.result import Outcome, Severity
from resilience_checks.report.interface import Override
from resilience_checks.report.json_reader import read
from resilience_checks.report.json_report import JsonReport

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.report.interface import Report, WaiverUse

TODAY = date(2026, 1, 24)
RULE = "settings-not-loosened"
OFF = "cross-site-failover: {enabled: false}, no-single-region-national-service: {enabled: false}"
FILES = {
    "Pulumi.yaml": "name: web\nruntime: yaml\nresources:\n  front: {type: 'vsphere:index/virtualMachine:VirtualMachine'}\n",
    "Pulumi.prod.yaml": "config: {}\n",
    "resilience.yaml": """\
version: 1
sites: {one: {region: west, perimeter: none}}
links: {wan-n: {to: one}}
placement: [{match: "front*", site: one}]
consumers: {north: {kind: board, access: [wan-n]}}
services:
  shop: {scope: national, tier: 1, rto: 1h, rpo: 15m, consumers: [north], entry: {select: {type: 'vsphere:*'}}}
"""
    f"policies: {{{OFF}}}\n",
}


def waiver(policy: str, target: str, expires: str = "2026-03-31", more: str = "") -> str:
    return (
        f"  - {{policy: {policy}, target: '{target}', reason: planned, owner: web team, approver: head, ticket: T-1, "
        f"created: 2026-01-01, expires: {expires}{more}}}\n"
    )


ACCESS = waiver("diverse-access-paths", "link:wan-n")


def waivers(folder: Path, *items: str) -> None:
    text = "".join(items) or "  []"
    (folder / "resilience-waivers.yaml").write_text(f"version: 1\nwaivers:\n{text}\n", encoding="utf-8")


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def committed(folder: Path) -> None:
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "base")


def check(folder: Path, **more: object) -> Report:
    report = run(replace(Options((folder,), folder, today=TODAY), **more))  # type: ignore[arg-type]
    assert read(JsonReport().render(report)).waivers == report.waivers
    return report


def blocking(report: Report) -> set[str]:
    return {result.policy for result in report.verdict.blocking}


def told(uses: tuple[WaiverUse, ...]) -> list[tuple[str, str, str]]:
    return [(use.waiver.target, use.state, use.why) for use in uses]


def test_what_is_waived_does_not_block_and_the_report_tells_every_waiver(folder: Path) -> None:
    assert "diverse-access-paths" in blocking(check(folder))
    lapsed = waiver("no-single-point-of-failure", "shop", "2026-01-23")
    waivers(folder, ACCESS, lapsed, waiver(RULE, "*"), waiver("failover-tested", "nothing"))
    report = check(folder)
    assert blocking(report) == {"no-single-point-of-failure"}
    assert told(report.waivers) == [
        ("link:wan-n", "applied", ""),
        ("shop", "expired", "expired on 2026-01-23, 1 day ago"),
        ("*", "refused", f"{RULE} cannot be waived"),
        ("nothing", "unused", "nothing that was checked is what it is about"),
    ]
    (found,) = (one for one in report.results if one.policy == "no-single-point-of-failure" and one.cause)
    assert found.message.endswith("expired on 2026-01-23 (resilience-waivers.yaml:4:5)")
    assert "resilience-waivers.yaml" in report.inputs


def test_a_policy_that_there_is_not_is_an_error_at_its_line(folder: Path) -> None:
    waivers(folder, ACCESS, waiver("no-single-piont-of-failure", "shop"))
    with pytest.raises(UsageError) as caught:
        check(folder)
    assert str(caught.value.location) == "resilience-waivers.yaml:4:14"
    assert 'did you mean "no-single-point-of-failure"?' in caught.value.what


def test_what_a_change_adds_counts_for_nothing_where_settings_are_trusted(folder: Path) -> None:
    waivers(folder, waiver("no-single-point-of-failure", "shop", "2026-02-28"))
    committed(folder)
    until = "counts for nothing until it is on main"
    waivers(folder, ACCESS, waiver("no-single-point-of-failure", "shop", "2027-01-01"))
    report = check(folder, settings="main")
    assert blocking(report) == {"diverse-access-paths"}
    (new, longer) = report.waivers
    assert (new.state, new.why.startswith(until)) == ("untrusted", True)
    assert (longer.state, str(longer.waiver.expires)) == ("applied", "2026-02-28")
    assert longer.why.startswith("that it holds until 2027-01-01 counts for nothing")
    loosened = [one for one in report.results if one.policy == RULE and one.outcome is Outcome.VIOLATION]
    assert sorted(one.message for one in loosened) == [
        "last day of waiver diverse-access-paths at link:wan-n was none and is 2026-03-31",
        "last day of waiver no-single-point-of-failure at shop was 2026-02-28 and is 2027-01-01",
    ]
    assert all(until in one.advisory[0] for one in loosened)


def test_what_a_change_takes_out_is_gone_at_once(folder: Path) -> None:
    waivers(folder, ACCESS)
    committed(folder)
    waivers(folder)
    report = check(folder, settings="main")
    assert "diverse-access-paths" in blocking(report)
    assert report.waivers == ()
    assert [one.outcome for one in report.results if one.policy == RULE] == [Outcome.PASS]


def test_with_a_base_alone_an_added_waiver_counts_and_is_a_violation(folder: Path) -> None:
    waivers(folder, waiver("no-single-point-of-failure", "shop"))
    committed(folder)
    waivers(folder, ACCESS, waiver("no-single-point-of-failure", "shop"), waiver(RULE, "*"))
    report = check(folder, base="main")
    assert blocking(report) == {RULE}
    assert [use.state for use in report.waivers] == ["applied", "applied", "refused"]


def test_a_file_outside_of_the_checkout_is_trusted(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    committed(folder)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    waivers(elsewhere, ACCESS)
    report = check(folder, settings="main", waivers=elsewhere / "resilience-waivers.yaml")
    assert [use.state for use in report.waivers] == ["applied"]


def test_an_organisations_waivers_stand_beside_its_file(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("organisation")
    (elsewhere / "resilience.yaml").write_text("version: 1\n")
    waivers(elsewhere, ACCESS, waiver("failover-tested", "another project"))
    waivers(folder, waiver("no-single-point-of-failure", "shop"))
    report = check(folder, settings=str(elsewhere / "resilience.yaml"))
    assert sorted(use.state for use in report.waivers) == ["applied", "untrusted"]
    assert "no-single-point-of-failure" in blocking(report)
    assert "diverse-access-paths" not in blocking(report)


def settings(folder: Path, stacks: str, policies: str = "") -> None:
    text = FILES["resilience.yaml"].replace(OFF, f"{OFF}{policies}")
    (folder / "resilience.yaml").write_text(f"{text}stacks: {stacks}\n", encoding="utf-8")


def test_thresholds_by_stack_and_policy_and_the_stricter_command_line(folder: Path) -> None:
    settings(folder, "{fail_on: {critical: [prod]}}")
    assert blocking(check(folder)) == set()
    settings(folder, "{fail_on: {critical: [prod]}}", ", diverse-access-paths: {fail_on: low}")
    assert blocking(check(folder)) == {"diverse-access-paths"}
    asked = check(folder, fail_on=Severity.MEDIUM, fail_on_given=True)
    assert blocking(asked) == {"diverse-access-paths", "no-single-point-of-failure"}


def test_a_milder_threshold_is_a_loosening_that_does_not_count_where_settings_are_trusted(folder: Path) -> None:
    committed(folder)
    settings(folder, "{fail_on: {critical: [prod]}}", ", diverse-access-paths: {fail_on: never}")
    report = check(folder, settings="main")
    assert blocking(report) == {"diverse-access-paths", "no-single-point-of-failure"}
    assert sorted(one.target for one in report.results if one.policy == RULE) == [
        "policy diverse-access-paths: fail_on",
        "stack web/prod: fail_on",
    ]


def test_an_override_lets_pass_what_blocks_and_is_in_the_report(folder: Path) -> None:
    override = Override("clinics are down", "dana", "INC-7")
    report = check(folder, override=override)
    assert (report.override, int(report.verdict.exit_code)) == (override, 0)
    assert report.verdict.words.startswith("OVERRIDDEN by dana (INC-7): clinics are down; without this")
    assert report.verdict.overridden is not None
