"""`check --base`: what stands at the base does not block, and what a change cannot affect is not evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.check import run
from resilience_checks.options import Options
from tests.end_to_end.versions import committed, edit

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.result import Result
    from resilience_checks.report.interface import Report

PROJECT = "name: {}\nruntime: yaml\nresources: {{}}\n"
ONE_SITE = """\
version: 1
sites: {{{0}-a: {{region: ra}}, {0}-b: {{region: rb}}}}
components:
  {0}-1: {{role: database, site: {0}-a}}
  {0}-2: {{role: database, site: {0}-b}}
  {0}: {{role: database, failover: {{primary: {0}-1, standby: [{0}-2], replication: {{mode: sync}}, mover: {{mode: manual}}}}}}
services:
  {0}-records: {{entry: {0}, scope: regional, tier: 2, rto: 9h, rpo: 9h}}
"""
MOVES = "mode: automatic, detect: 10s, promote: 20s"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("shop", "mail"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Pulumi.yaml").write_text(PROJECT.format(name), encoding="utf-8")
        (tmp_path / name / "resilience.yaml").write_text(ONE_SITE.format(name), encoding="utf-8")
    return committed(tmp_path)


def checked(root: Path, base: str = "main", **more: object) -> Report:
    return run(Options((root,), root, base=base, **more))  # type: ignore[arg-type]


def blocking(report: Report) -> list[tuple[str, object]]:
    return [(one.policy, one.evidence.get("worse_than")) for one in report.verdict.blocking]


def known(report: Report) -> set[str]:
    return {one.policy for one in report.results if one.known and one.outcome == "violation"}


def at(report: Report) -> str:
    return report.compared_with.partition(";")[0]


def test_what_stands_at_the_base_does_not_block_and_what_is_worse_does(root: Path) -> None:
    service = "  more: {entry: shop-1, scope: regional, tier: 2, rto: 9h, rpo: 9h}\n"
    edit(root / "shop" / "resilience.yaml", "version: 1\n", "# moved\nversion: 1\n")
    report = checked(root)
    assert (report.verdict.exit_code, blocking(report), known(report)) == (0, [], {"cross-site-failover"})
    assert (at(report).startswith("main ("), report.unaffected) == (True, ("mail/dev",))
    assert [stack.name for stack in report.stacks] == ["shop/dev"]
    edit(root / "shop" / "resilience.yaml", "services:\n", f"services:\n{service}")
    report = checked(root)
    assert blocking(report) == [("cross-site-failover", f"worse than at {at(report)}: also loses more")]


def test_what_is_gone_is_fixed(root: Path) -> None:
    edit(root / "shop" / "resilience.yaml", "mode: manual", MOVES)
    report = checked(root)
    assert [(one.policy, one.target) for one in report.fixed] == [("cross-site-failover", "site:shop-a")]


def test_what_a_change_asks_more_strictly_does_not_block_it_for_what_stood(root: Path) -> None:
    edit(root / "shop" / "resilience.yaml", "scope: regional, tier: 2, rto: 9h", "scope: national, tier: 1, rto: 1h")
    with (root / "shop" / "resilience.yaml").open("a", encoding="utf-8") as file:
        file.write("policies: {cross-site-failover: {severity: critical}}\n")
    report = checked(root)
    assert (report.verdict.exit_code, blocking(report)) == (0, [])
    assert known(report) >= {"cross-site-failover", "no-single-point-of-failure", "no-single-region-national-service"}


def judging(report: Report) -> list[Result]:
    return [one for one in report.results if one.policy in {"no-redundancy-lost", "settings-not-loosened"}]


def test_what_is_said_of_the_change_itself_is_new(root: Path) -> None:
    edit(root / "shop" / "resilience.yaml", "mode: manual", MOVES)
    committed(root, "moves by itself")
    edit(root / "shop" / "resilience.yaml", MOVES, "mode: manual")
    edit(root / "shop" / "resilience.yaml", "tier: 2", "tier: 3")
    report = checked(root)
    found = judging(report)
    assert {one.policy for one in found if one.outcome == "violation"} == {
        "no-redundancy-lost",
        "settings-not-loosened",
    }
    assert [one.known for one in found] == [""] * len(found)


def test_where_the_base_cannot_be_evaluated_everything_counts_and_the_report_says_why(root: Path) -> None:
    project = root / "shop" / "Pulumi.yaml"
    good = project.read_text(encoding="utf-8")
    project.write_text(good.replace("{}", "{a: {type: 7}}"), encoding="utf-8")
    committed(root, "broken")
    project.write_text(good, encoding="utf-8")
    report = checked(root)
    assert [policy for policy, _ in blocking(report)] == ["cross-site-failover"]
    assert (report.verdict.exit_code, report.failures) == (13, ())
    assert "what stood of shop/dev is not known there, so all of its findings count" in report.compared_with


def test_a_change_that_affects_no_stack_passes(root: Path) -> None:
    (root / "README.md").write_text("more\n", encoding="utf-8")
    report = checked(root)
    assert (report.verdict.exit_code, report.stacks, report.unaffected) == (0, (), ("mail/dev", "shop/dev"))
    assert report.verdict.words == f"clean: no stack is affected by the change since {report.compared_with}"
    report = checked(root, all_stacks=True)
    assert (report.verdict.exit_code, len(report.stacks), known(report)) == (0, 2, {"cross-site-failover"})


READS = """\
name: mail
runtime: yaml
variables: {first: sh}
resources:
  other: {type: "pulumi:pulumi:StackReference", properties: {name: "organization/${first}op/dev"}}
  shelf: {type: "pulumi:pulumi:StackReference", properties: {name: "organization/shelf/dev"}}
"""


def test_a_stack_that_is_read_after_all_is_evaluated_too(root: Path) -> None:
    (root / "shelf").mkdir()
    (root / "shelf" / "Pulumi.yaml").write_text(PROJECT.format("shelf"), encoding="utf-8")
    (root / "mail" / "Pulumi.yaml").write_text(READS, encoding="utf-8")
    committed(root, "reads")
    (root / "mail" / "more.txt").write_text("x\n", encoding="utf-8")
    report = checked(root)
    assert (len(report.stacks), report.unaffected) == (3, ())


WAIVED = """\
version: 1
waivers:
  - {policy: cross-site-failover, target: "site:mail-a", reason: a second site is ordered, owner: mail team,
     approver: head of infrastructure, ticket: M-1, created: 2026-01-01, expires: 2999-01-01}
"""


def test_a_waiver_is_not_called_unused_for_want_of_what_was_left_out(root: Path) -> None:
    (root / "resilience-waivers.yaml").write_text(WAIVED, encoding="utf-8")
    committed(root, "waived")
    edit(root / "shop" / "resilience.yaml", "version: 1\n", "# moved\nversion: 1\n")
    [use] = checked(root).waivers
    assert "a stack that was not evaluated" in use.why
    [use] = checked(root, all_stacks=True).waivers
    assert use.state == "applied"


def test_a_project_that_is_taken_away_is_not_passed_over(root: Path) -> None:
    for file in (root / "shop").iterdir():
        file.unlink()
    report = checked(root, settings="main")
    assert ([stack.name for stack in report.stacks], report.unaffected) == (["mail/dev"], ())
    [gone] = [one for one in report.results if one.policy == "settings-not-loosened" and one.outcome == "unknown"]
    assert "content of shop/Pulumi.yaml was there and is gone" in gone.message


def test_a_stack_that_was_looked_at_is_not_called_unaffected(root: Path) -> None:
    (root / "shop" / "resilience.yaml").write_text("version: 1\n", encoding="utf-8")
    report = checked(root)
    assert [stack.name for stack in report.stacks] == ["shop/dev"]
    assert "no stack is affected" not in report.verdict.words
