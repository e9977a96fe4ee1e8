"""`baseline write` and `check --baseline`, by the command line, on a program of no resources and declared components."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.editing import run
from tests.end_to_end.versions import committed, edit, git

if TYPE_CHECKING:
    from pathlib import Path

FILE = "resilience-baseline.json"
DECLARED = """\
version: 1
sites: {a: {region: ra}, b: {region: rb}}
components:
  d1: {role: database, site: a}
  d2: {role: database, site: b}
  db: {role: database, failover: {primary: d1, standby: [d2], replication: {mode: sync}, mover: {mode: manual}}}
services:
  q: {entry: db, scope: national, tier: 1, rto: 9h, rpo: 9h}
"""
STANDING = ["cross-site-failover", "no-single-point-of-failure", "no-single-region-national-service"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: yaml\nresources: {}\n", encoding="utf-8")
    (tmp_path / "resilience.yaml").write_text(DECLARED, encoding="utf-8")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    return tmp_path


def written(root: Path, *arguments: str) -> str:
    done = run("baseline", "write", *arguments, cwd=root, env=None)
    assert done.returncode == 0, done.stderr
    return done.stdout


def checked(root: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = run("check", *arguments, "--format", "json", cwd=root, env=None)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_what_stands_does_not_block_what_is_worse_does_and_what_is_gone_is_fixed(project: Path) -> None:
    assert written(project) == (
        f"{FILE}: 3 findings (3 violations, 0 unknown)\n"
        f"next: commit it, and run `resilience-checks check --baseline {FILE}`\n"
    )
    (project / "report.json").write_text(json.dumps(checked(project)[1]), encoding="utf-8")
    assert written(project, "--report", "report.json", "-o", "-") == (project / FILE).read_text(encoding="utf-8")

    (project / "resilience.yaml").write_text(f"# moved\n{DECLARED}", encoding="utf-8")
    code, data = checked(project, "--baseline", FILE)
    known = [one["policy"] for one in data["results"] if one["known"] == f"in baseline {FILE}"]
    assert (code, known, data["compared_with"]) == (0, STANDING, f"baseline {FILE}")

    edit(
        project / "resilience.yaml",
        "services:\n",
        "services:\n  r: {entry: d1, scope: national, tier: 1, rto: 9h, rpo: 9h}\n",
    )
    code, data = checked(project, "--baseline", FILE)
    blocking = {one["policy"]: one["evidence"].get("worse_than") for one in data["results"] if one["blocks"]}
    assert (code, blocking) == (13, dict.fromkeys(STANDING, f"worse than in baseline {FILE}: also loses r"))

    moves = "mode: automatic, detect: 10s, promote: 20s"
    (project / "resilience.yaml").write_text(DECLARED.replace("mode: manual", moves), encoding="utf-8")
    code, data = checked(project, "--baseline", FILE)
    assert (code, [one["policy"] for one in data["fixed"]]) == (0, STANDING)
    assert f"{FILE}: 0 findings (0 violations, 0 unknown); 0 that it did not hold, 3 no longer in it" in written(
        project
    )


def test_what_a_change_adds_to_the_baseline_does_not_count(project: Path) -> None:
    committed(project)
    written(project)
    assert checked(project, "--baseline", FILE)[0] == 0
    edit(
        project / "resilience.yaml",
        "services:\n",
        "services:\n  r: {entry: d1, scope: national, tier: 1, rto: 9h, rpo: 9h}\n",
    )
    written(project)
    for trusted in ("--base", "--settings"):
        code, data = checked(project, "--baseline", FILE, trusted, "main")
        assert (code, f"baseline {FILE} (not at main (" in data["compared_with"]) == (13, True)
    git(project, "add", FILE)
    git(project, "commit", "--quiet", "--message", "baseline")
    assert checked(project, "--baseline", FILE, "--settings", "main")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "--baseline", "none.json"), "the baseline none.json cannot be read"),
        (("check", "--baseline", "Pulumi.yaml"), "no baseline can be read: not valid JSON"),
        (("baseline", "write", "-o", "Pulumi.yaml"), "Pulumi.yaml is there and is no baseline"),
        (("baseline", "write", "--report", "Pulumi.yaml"), "Pulumi.yaml is no report of this version"),
        (("baseline", "write", ".", "--report", "Pulumi.yaml"), "exclude each other"),
    ],
)
def test_what_is_no_baseline_or_report_is_an_error_of_usage(
    project: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run(*arguments, cwd=project, env=None)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_nothing_is_written_where_a_stack_cannot_be_evaluated(project: Path) -> None:
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: yaml\nresources: {a: {type: 7}}\n", encoding="utf-8")
    done = run("baseline", "write", cwd=project, env=None)
    assert (done.returncode, "so nothing was written" in done.stderr, (project / FILE).exists()) == (4, True, False)
