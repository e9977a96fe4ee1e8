"""`check --base` tells what a change holds less strictly than where it left the base."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from resilience_checks import check
from resilience_checks.model.result import Outcome
from tests.end_to_end.editing import run

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.result import Result

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


def declare(project: Path, text: str) -> None:
    (project / "resilience.yaml").write_text(text, encoding="utf-8")


def line(item: Result) -> int | None:
    """Return where a violation stands."""
    if item.outcome is not Outcome.VIOLATION:
        return None
    assert item.location is not None
    return item.location.line


def told(
    project: Path, declared: str | None, base: str | None = None, *, all_stacks: bool = False
) -> list[tuple[str, str, int | None]]:
    if declared is not None:
        declare(project, declared)
    report = check.run(check.Options((project,), project, base=base, all_stacks=all_stacks))
    return [(str(item.outcome), item.message, line(item)) for item in report.results if item.policy == RULE]


def test_the_command_tells_it_at_its_line(project: Path) -> None:
    declare(project, HEAD + SHOP.replace("tier: 1", "tier: 2"))
    done = run("check", "--format", "json", "--base", "main", cwd=project)
    assert done.stdout, done.stderr
    [found] = [item for item in json.loads(done.stdout)["results"] if item["policy"] == RULE]
    assert (found["outcome"], found["message"], found["location"]["line"]) == (
        "violation",
        "tier of service shop was 1 and is 2",
        3,
    )


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
    found = told(project, f"{HEAD}{shop}{policies}stacks: {{advisory: ['*/prod']}}\n", "main")
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


def many(count: int, defaults: str, own: str = "") -> str:
    """Return as many services on one machine, with defaults, the first with something of its own."""
    names = [f"s{number:02d}" for number in range(1, count + 1)]
    services = [f"  {name}: {{{own if name == 's01' else ''}entry: {{select: front}}}}\n" for name in names]
    return f"version: 1\nservice_defaults:\n{defaults}services:\n{''.join(services)}"


DEFAULTS = "  scope: national\n  tier: 1\n  rto: 1h\n  rpo: 15m\n"


@pytest.mark.parametrize(
    ("count", "whom"),
    [
        (1, "service s01"),
        (3, "3 services (s01, s02, s03)"),
        (40, "40 services (s01, s02, s03, s04, s05, s06 and 34 more)"),
    ],
)
def test_one_line_of_the_defaults_is_one_cause_for_all_of_its_services(project: Path, count: int, whom: str) -> None:
    declare(project, many(count, DEFAULTS))
    git(project, "commit", "-q", "-a", "-m", "services")
    looser = DEFAULTS.replace("tier: 1", "tier: 2").replace("  rpo: 15m\n", "")
    assert sorted(told(project, many(count, looser), "main"), key=lambda item: item[1]) == [
        ("violation", f"rpo of {whom} was 15m and is not declared", 7),
        ("violation", f"tier of {whom} was 1 and is 2", 4),
    ]


def test_other_values_and_other_lines_are_causes_of_their_own(project: Path) -> None:
    declare(project, many(3, DEFAULTS, own="tier: 2, rto: 30m, "))
    git(project, "commit", "-q", "-a", "-m", "services")
    looser = many(3, DEFAULTS.replace("tier: 1", "tier: 3"), own="rto: 2h, ")
    assert sorted(told(project, looser, "main"), key=lambda item: item[1]) == [
        ("violation", "rto of service s01 was 30m and is 2h", 8),
        ("violation", "tier of 2 services (s02, s03) was 1 and is 3", 4),
        ("violation", "tier of service s01 was 2 and is 3", 4),
    ]


def test_a_setting_of_several_estates_is_one_cause(project: Path) -> None:
    (project / "Pulumi.dev.yaml").write_text("config: {}\n", encoding="utf-8")
    found = told(project, f"{HEAD}{SHOP}policies:\n  no-common-cause: {{enabled: false}}\n", "main")
    assert found == [("violation", "enabled of policy no-common-cause was true and is false", 5)]


def test_one_line_that_two_policies_share_is_one_cause(project: Path) -> None:
    shared = "policies:\n  no-common-cause: &milder\n    severity: low\n  cross-site-failover: *milder\n"
    found = told(project, f"{HEAD}{SHOP}{shared}", "main")
    text = "severity of 2 policies (cross-site-failover, no-common-cause) was high and is low"
    assert found == [("violation", text, 6)]


def test_a_policy_that_is_milder_in_two_ways_is_told_twice(project: Path) -> None:
    other = "  mail: {scope: national, tier: 2, rto: 1h, rpo: 15m, entry: {select: front}}\n"
    declare(project, HEAD + SHOP + other)
    git(project, "commit", "-q", "-a", "-m", "services")
    milder = (
        "policies:\n  cross-site-failover:\n    - {tiers: [1], severity: medium}\n    - {tiers: [2], severity: low}\n"
    )
    found = told(project, HEAD + SHOP + other + milder, "main")
    assert sorted(one[1] for one in found) == [
        "severity of policy cross-site-failover for mail was high and is low",
        "severity of policy cross-site-failover for shop was high and is medium",
    ]


def test_what_is_stricter_or_the_same_passes(project: Path) -> None:
    text = f"{HEAD}{SHOP.replace('1h', '30m')}policies: {{cross-site-failover: {{severity: critical, on_unknown: fail}}}}\n"
    assert told(project, None, "main", all_stacks=True) == told(project, text, "main")
    assert told(project, text, "main") == [("pass", "nothing is held less strictly than at the base", None)]


def test_without_a_base_it_is_not_applicable(project: Path) -> None:
    assert told(project, None) == [("not_applicable", "no base is given to compare the settings with", None)]


def test_a_base_whose_file_is_wrong_leaves_it_unknown(project: Path) -> None:
    (project / "resilience.yaml").write_text("version: 7\n", encoding="utf-8")
    git(project, "commit", "-q", "-a", "-m", "wrong")
    [(outcome, message, _)] = told(project, HEAD + SHOP, "main")
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
    assert told(project, None, "main", all_stacks=True) == [
        ("pass", "nothing is held less strictly than at the base", None)
    ]
    assert [(outcome, message.partition(" and is ")[0]) for outcome, message, _ in told(project, None, "HEAD~1")] == [
        ("unknown", "catalogue of kinds was not named"),
    ]
    (project / "kinds" / "vsphere.yaml").write_text(CATALOGUE.replace("compute", "storage"), encoding="utf-8")
    found = told(project, OWN.replace("policy_packs: [ours]\n", ""), "main")
    assert ("violation", "policy_packs of ours was named and is not named", 1) in found
    [(_, message, _)] = [one for one in found if one[0] == "unknown"]
    assert message.startswith("content of catalogue of kinds was ")
    assert message.endswith("; whether that is looser is not known")
