"""Settings of policies decide what blocks, from the command line to the report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.policy import pack

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """\
import pulumi

for name in ("front", "back"):
    pulumi.CustomResource("vsphere:index/virtualMachine:VirtualMachine", name, {})
"""
DECLARED = """\
version: 1
sites: {north: {region: a, perimeter: none}, south: {region: b, perimeter: none}}
placement: [{match: "*", site: north}]
services:
  shop: {scope: national, tier: 1, rto: 1h, rpo: 15m, entry: {select: front}}
  till: {scope: national, tier: 3, rto: 1h, rpo: 15m, entry: {select: back}}
"""
RULE = "cross-site-failover"
ONLY = "".join(f"  {policy.id}: {{enabled: false}}\n" for policy in pack.load().policies if policy.id != RULE)


def report(directory: Path, setting: str, top: str = "", *more: str) -> Mapping[str, Any]:
    (directory / "Pulumi.yaml").write_text("name: web\nruntime: python\n", encoding="utf-8")
    (directory / "Pulumi.prod.yaml").write_text("config: {}\n", encoding="utf-8")
    (directory / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    text = f"{DECLARED}{top}policies:\n{ONLY}{f'  {RULE}: {setting}' if setting else ''}\n"
    (directory / "resilience.yaml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "resilience_checks", "check", "--format", "json", *more],
        cwd=directory,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout, done.stderr
    found: Mapping[str, Any] = json.loads(done.stdout)
    assert found["verdict"]["exit_code"] == done.returncode
    return found


def violations(found: Mapping[str, Any]) -> list[tuple[str, list[str], bool, list[str]]]:
    return [
        (item["severity"], item["services"], item["blocks"], item["advisory_because"])
        for item in found["results"]
        if item["outcome"] == "violation"
    ]


BOTH = ["shop", "till"]


@pytest.mark.parametrize(
    ("setting", "code", "expected"),
    [
        ("", 13, [("high", BOTH, True, [])]),
        ("{severity: low}", 0, [("low", BOTH, False, [])]),
        ("[{severity: low}, {tiers: [1], severity: critical}]", 14, [("critical", BOTH, True, [])]),
        ("[{tiers: [1], severity: low}]", 13, [("high", BOTH, True, [])]),
        ("[{tiers: [3], enabled: false}, {tiers: [1], severity: low}]", 0, [("low", BOTH, False, [])]),
        ("{tiers: [3], parameters: {scopes: [local]}}", 13, [("high", ["shop"], True, [])]),
        ("{stacks: [prod], parameters: {scopes: [local]}}", 0, []),
        ('{stacks: ["web/*"], severity: medium}', 12, [("medium", BOTH, True, [])]),
        ("{tiers: [1, 3], enabled: false}", 3, []),
        ("{enforce_from: 2999-01-01}", 0, [("high", BOTH, False, ["enforced from 2999-01-01 on"])]),
        ("{enforce_from: 2026-01-01}", 13, [("high", BOTH, True, [])]),
        ("{tiers: [3], enforce_from: 2999-01-01}", 13, [("high", BOTH, True, [])]),
    ],
)
def test_a_setting_decides_what_blocks(setting: str, code: int, expected: list[object], tmp_path: Path) -> None:
    found = report(tmp_path, setting)
    assert (found["verdict"]["exit_code"], violations(found)) == (code, expected)


def test_for_whom_a_policy_is_off_and_from_when_it_blocks_stands_in_the_report(tmp_path: Path) -> None:
    found = report(tmp_path, "[{enforce_from: 2999-01-01}, {tiers: [3], enabled: false}]")
    assert [text for text in found["disabled"] if text.startswith(RULE)] == [f"{RULE} (tiers 3)"]
    assert found["not_enforced"] == {RULE: "enforced from 2999-01-01 on"}


def test_a_policy_newer_than_the_pinned_set_is_shown_and_does_not_block(tmp_path: Path) -> None:
    own = tmp_path / "own"
    rule = next(path for path in pack.bundled().rglob("cross_site_failover.rego")).read_text(encoding="utf-8")
    text = rule.replace("cross-site-failover", "newer").replace("cross_site_failover", "newer")
    own.mkdir()
    (own / "newer.rego").write_text(
        text.replace("#   severity: high\n", "#   severity: high\n#   since: '2999.1'\n"), encoding="utf-8"
    )
    found = report(tmp_path, "{enabled: false}", 'policy_set: "2026.1"\n', "--policies", "own")
    why = "newer than policy set 2026.1 (resilience.yaml:7:1)"
    assert (found["verdict"]["exit_code"], violations(found)) == (0, [("high", BOTH, False, [why])])
    assert found["not_enforced"] == {"newer": why}


def test_a_pattern_of_stacks_that_matches_none_is_an_error_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=rf"policies.{RULE}.stacks: \"\*/dev\" matches no stack"):
        report(tmp_path, '{stacks: ["*/dev"], enabled: false}')
