"""`check --base` tells what a change holds less strictly than where it left the base."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULE = "settings-not-loosened"
FILES = {
    "Pulumi.yaml": "name: web\nruntime: python\n",
    "Pulumi.prod.yaml": "config: {}\n",
    "__main__.py": "import pulumi\n\npulumi.CustomResource('vsphere:index/virtualMachine:VirtualMachine', 'front', {})\n",
}
HEAD = "version: 1\nservices:\n"
SHOP = "  shop: {scope: national, tier: 1, rto: 1h, rpo: 15m, entry: {select: front}}\n"


def git(directory: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *arguments], cwd=directory, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "resilience.yaml").write_text(HEAD + SHOP, encoding="utf-8")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "base")
    return tmp_path


def told(project: Path, declared: str | None, *more: str) -> list[tuple[str, str, int | None]]:
    if declared is not None:
        (project / "resilience.yaml").write_text(declared, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "resilience_checks", "check", "--format", "json", *more],
        cwd=project,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout, done.stderr
    found: list[dict[str, Any]] = [item for item in json.loads(done.stdout)["results"] if item["policy"] == RULE]
    return [
        (item["outcome"], item["message"], item["location"]["line"] if item["outcome"] == "violation" else None)
        for item in found
    ]


def test_everything_that_is_held_less_strictly_is_told_at_its_line(project: Path) -> None:
    shop = "  shop: {scope: local, tier: 2, rto: 4h, entry: {select: front}}\n"
    policies = (
        "policies:\n"
        "  cross-site-failover: {severity: low, parameters: {order: 2}}\n"
        "  no-common-cause: [{tiers: [2], enabled: false}]\n"
        "  redundant-firewalls: {enforce_from: 2999-01-01}\n"
        "  no-single-region-national-service: {severity: critical}\n"
        "  survives-zone-loss: [{tiers: [3], parameters: {scopes: [local]}}]\n"
    )
    found = told(project, f"{HEAD}{shop}{policies}stacks: {{advisory: ['*/prod']}}\n", "--base", "main")
    assert sorted(found, key=lambda item: (item[2] or 0, item[1])) == [
        (
            "unknown",
            "parameters of policy cross-site-failover was order: 1 and is order: 2; whether that is looser is not known",
            None,
        ),
        ("violation", "rpo of service shop was 15m and is not declared", 3),
        ("violation", "rto of service shop was 1h and is 4h", 3),
        ("violation", "scope of service shop was national and is local", 3),
        ("violation", "tier of service shop was 1 and is 2", 3),
        ("violation", "severity of policy cross-site-failover was high and is low", 5),
        ("violation", "enabled of policy no-common-cause was true and is false", 6),
        (
            "violation",
            "enforcement of policy redundant-firewalls was immediate and is enforced from 2999-01-01 on",
            7,
        ),
        ("violation", "strictness of stack web/prod was gated and is advisory", 10),
    ]


def test_what_is_stricter_or_the_same_passes(project: Path) -> None:
    text = f"{HEAD}{SHOP.replace('1h', '30m')}policies: {{cross-site-failover: {{severity: critical, on_unknown: fail}}}}\n"
    assert told(project, None, "--base", "main") == told(project, text, "--base", "main")
    assert told(project, text, "--base", "main") == [("pass", "nothing is held less strictly than at the base", None)]


def test_without_a_base_it_is_not_applicable(project: Path) -> None:
    assert told(project, None) == [("not_applicable", "no base is given to compare the settings with", None)]


def test_a_base_whose_file_is_wrong_leaves_it_unknown(project: Path) -> None:
    (project / "resilience.yaml").write_text("version: 7\n", encoding="utf-8")
    git(project, "commit", "-q", "-a", "-m", "wrong")
    [(outcome, message, _)] = told(project, HEAD + SHOP, "--base", "main")
    assert (outcome, message) == ("unknown", "whether settings are loosened is not known")


CATALOGUE = """\
schema: resilience-catalogue/v1
package: vsphere
estate: on-premises
types:
  vsphere:index/virtualMachine:VirtualMachine: {role: compute}
"""
OWN = f"{HEAD}{SHOP}catalogue: [kinds]\npolicy_packs: [ours]\n"


def test_what_a_change_does_to_a_catalogue_and_policies_of_ones_own_is_told(project: Path) -> None:
    written = {
        "kinds/vsphere.yaml": CATALOGUE,
        "ours/rule.rego": "package resilience.lib.ours\n",
        "resilience.yaml": OWN,
    }
    for name, text in written.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "own")
    assert told(project, None, "--base", "main") == [("pass", "nothing is held less strictly than at the base", None)]
    assert [
        (outcome, message.partition(" and is ")[0]) for outcome, message, _ in told(project, None, "--base", "HEAD~1")
    ] == [
        ("unknown", "catalogue of kinds was not named"),
    ]
    (project / "kinds" / "vsphere.yaml").write_text(CATALOGUE.replace("compute", "storage"), encoding="utf-8")
    found = told(project, OWN.replace("policy_packs: [ours]\n", ""), "--base", "main")
    assert ("violation", "policy_packs of ours was named and is not named", 1) in found
    [(_, message, _)] = [one for one in found if one[0] == "unknown"]
    assert message.startswith("content of catalogue of kinds was ")
    assert message.endswith("; whether that is looser is not known")
