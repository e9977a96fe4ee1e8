"""`check --base` and `check --preview` on real repositories: what a change does is judged beside what stands."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from tests.end_to_end.editing import STACKS, copy, run
from tests.end_to_end.versions import committed, edit, git

if TYPE_CHECKING:
    from pathlib import Path

CHANGE = ("no-downtime-replacement", "no-redundancy-lost", "no-simultaneous-change")
PREVIEW = STACKS / "nhs-wales-2018" / "routine-change.preview.json.gz"
SERVICES = ["appointments", "email", "intranet", "patient-record", "prescriptions", "test-results"]


def checked(root: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = run("check", *arguments, "--format", "json", cwd=root, env=None)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def told(data: dict[str, Any]) -> list[tuple[str, str, str, list[str]]]:
    return sorted(
        (one["policy"], one["outcome"], one["location"]["path"].rsplit("/", 1)[-1], one["services"])
        for one in data["results"]
        if one["policy"] in CHANGE and one["outcome"] != "pass"
    )


def test_the_routine_change_to_every_firewall_is_a_violation_at_its_line(tmp_path: Path) -> None:
    root = committed(copy("nhs-wales-2018", tmp_path).parent)
    git(root, "switch", "--quiet", "--create", "change")
    patch = str(STACKS / "nhs-wales-2018" / "routine-change.patch")
    subprocess.run(["git", "apply", "-p2", patch], cwd=root, check=True)
    committed(root, "Let mail through")
    _, by_base = checked(root, "--base", "main")
    assert told(by_base) == [("no-simultaneous-change", "violation", "sites.py", SERVICES)]
    [found] = [one for one in by_base["results"] if one["policy"] == CHANGE[2] and one["outcome"] == "violation"]
    lines = (root / "nhs-wales-2018" / "sites.py").read_text(encoding="utf-8").splitlines()
    assert lines[found["location"]["line"] - 1].strip() == "fortios.firewall.Policy("
    _, by_preview = checked(root, "--preview", str(PREVIEW))
    assert told(by_preview) == told(by_base)


def test_a_failover_that_becomes_manual_loses_redundancy(tmp_path: Path) -> None:
    root = committed(copy("uk-national-cloud-resilient", tmp_path).parent)
    edit(
        root / "uk-national-cloud-resilient" / "__main__.py",
        '"failover_policy": "Automatic"',
        '"failover_policy": "Manual"',
    )
    code, data = checked(root, "--base", "main")
    lost = [one["cause"] for one in data["results"] if one["policy"] == CHANGE[1] and one["outcome"] == "violation"]
    assert (code, ["region:uksouth/outage"] in lost) == (13, True)


MOVED = """
version: 1
sites:
  a: {region: ra}
  b: {region: rb}
components:
  d1: {role: database, site: a}
  d2: {role: database, site: b}
  db: {role: database, failover: {primary: d1, standby: [d2], replication: {mode: sync}, mover: {mode: automatic, detect: 10s, promote: 20s}}}
services:
  q: {entry: db, rto: 9h, rpo: 9h}
"""


def test_one_lost_mover_is_one_violation_with_the_places_around_it_as_evidence(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: moved\nruntime: yaml\nresources: {}\n", encoding="utf-8")
    (tmp_path / "resilience.yaml").write_text(MOVED, encoding="utf-8")
    committed(tmp_path)
    edit(tmp_path / "resilience.yaml", "mode: automatic, detect: 10s, promote: 20s", "mode: manual")
    _, data = checked(tmp_path, "--base", "HEAD")
    found = [one for one in data["results"] if one["policy"] == CHANGE[1] and one["outcome"] == "violation"]
    assert [(one["cause"], one["evidence"]["enclosed_by"]) for one in found] == [
        (["device:d1/outage"], ["one outage of region ra", "one outage of site a"])
    ]


def test_without_a_base_or_a_preview_there_is_no_change_to_judge() -> None:
    _, data = checked(STACKS, "uk-national-cloud-resilient")
    assert {one["outcome"] for one in data["results"] if one["policy"] in CHANGE} == {"not_applicable"}


def test_a_base_that_is_not_there_leaves_the_run_undecided(tmp_path: Path) -> None:
    root = committed(copy("uk-national-cloud-resilient", tmp_path).parent)
    code, data = checked(root, "--base", "v9")
    assert (code, len(data["failures"])) == (2, 1)
    assert {one["outcome"] for one in data["results"] if one["policy"] in CHANGE} == {"unknown"}


def test_a_base_and_a_preview_exclude_each_other(tmp_path: Path) -> None:
    root = committed(copy("uk-national-cloud-resilient", tmp_path).parent)
    done = run("check", "--base", "main", "--preview", str(PREVIEW), cwd=root, env=None)
    assert (done.returncode, "--base and --preview exclude each other" in done.stderr) == (2, True)
