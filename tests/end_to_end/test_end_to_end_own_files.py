"""A catalogue and policies of one's own that resilience.yaml names, for every command that goes by them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "example:index/server:Server"
FILES = {
    "web/Pulumi.yaml": "name: web\nruntime: python\n",
    "web/Pulumi.prod.yaml": "config: {}\n",
    "web/__main__.py": f"import pulumi\n\npulumi.CustomResource('{TOKEN}', 'front', {{}})\n",
    "kinds/example.yaml": "schema: resilience-catalogue/v1\npackage: example\nestate: on-premises\n"
    f"types:\n  {TOKEN}: {{role: compute}}\n",
    "ours/own/own.rego": """\
# METADATA
# title: Own
# description: Own.
# custom:
#   id: own-rule
#   severity: low
#   remediation: Change it.
#   questions: {q: {faults: [outage]}}
package resilience.own.own_rule

import data.resilience.lib.result

report := {result.of_service("pass", service, "own-rule.q", "fine") | some service, _ in input.services}
""",
}
SERVICES = "services: {shop: {entry: {select: front}}}\n"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    return root


def run(directory: Path, declared: str, *command: str) -> subprocess.CompletedProcess[str]:
    (directory / "resilience.yaml").write_text(f"version: 1\n{SERVICES}{declared}", encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "resilience_checks", *command],
        cwd=directory,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_they_are_used_relative_to_the_file_that_names_them(repository: Path) -> None:
    declared = "catalogue: [../kinds]\npolicy_packs: [../ours]\n"
    found = json.loads(run(repository / "web", declared, "check", "--format", "json").stdout)
    assert (found["coverage"]["known"], found["coverage"]["unknown"]) == ({TOKEN: 1}, {})
    assert [one["outcome"] for one in found["results"] if one["policy"] == "own-rule"] == ["pass"]
    listed = json.loads(run(repository / "web", declared, "policies", "list", "--format", "json").stdout)
    assert "own-rule" in {one["id"] for one in listed["policies"]}


@pytest.mark.parametrize(
    ("declared", "what", "remedy"),
    [
        ("catalogue: [../kindz]\n", "catalogue: there is no file or folder ../kindz --> web/resilience.yaml:3:13", "did you mean kinds?"),
        ("policy_packs: [../kinds/example.yaml]\n", "there is no folder ../kinds/example.yaml --> web/resilience.yaml:3:16", "relative to web/resilience.yaml"),
        ("catalogue: [../../x]\n", "catalogue: ../../x is outside of the repository --> web/resilience.yaml:3:13", "give it on the command line"),
    ],
)  # fmt: skip
def test_one_that_is_not_there_is_an_error_at_its_line(repository: Path, declared: str, what: str, remedy: str) -> None:
    done = run(repository / "web", declared, "check")
    assert done.returncode == 2
    assert what in " ".join(done.stderr.split())
    assert remedy in " ".join(done.stderr.split())
