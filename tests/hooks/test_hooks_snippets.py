"""The commands that docs/ci.md shows, run as each CI system runs them, on a program with a fault."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from tests.hooks.bitbucket_proxy import proxy
from tests.hooks.conftest import ROOT, SOUND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PARTS = re.split(r"^## (.+)\n", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
SECTIONS = dict(zip(PARTS[::2], PARTS[1::2], strict=True))
BLOCKED = 13
VERDICT = "verdict   blocked by 1 violation"


def shown(title: str) -> Any:
    """Return the values of the YAML file that the section of that title shows."""
    [text] = re.findall(r"```yaml\n(.*?)```", SECTIONS[title], re.DOTALL)
    return YAML(typ="safe").load(text)


def run(
    folder: Path, script: str | Sequence[str], variables: Mapping[str, str], *, strict: str = "-eo pipefail"
) -> subprocess.CompletedProcess[str]:
    """Run commands in one shell of these options; the tool and its pip come first on PATH, then what the test put there."""
    text = script if isinstance(script, str) else "\n".join(script)
    path = os.pathsep.join([str(Path(sys.executable).parent), str(folder / "bin"), os.environ["PATH"]])
    environment = {"PATH": path, "HOME": str(folder.parent), "CI": "true", **variables}
    command = ["bash", *strict.split(), "-c", text]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def stand_in(fork: Path, name: str, script: str) -> None:
    """Put a command on PATH that only the CI system has."""
    (fork / "bin").mkdir(exist_ok=True)
    (fork / "bin" / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (fork / "bin" / name).chmod(0o755)


def test_gitlab_keeps_both_reports(fork: Path) -> None:
    job = shown("GitLab")["resilience"]
    done = run(fork, job["script"], {"GITLAB_CI": "true"})
    assert done.returncode == BLOCKED, done.stderr
    assert VERDICT in done.stdout
    for file in job["artifacts"]["reports"].values():
        assert (fork / file).stat().st_size > 0


def test_azure_gets_issues_and_a_summary(fork: Path, tmp_path: Path) -> None:
    said = []
    for step in shown("Azure Pipelines")["steps"]:
        script = step["script"].replace("$(Agent.TempDirectory)", str(tmp_path))
        said.append(run(fork, script, {"TF_BUILD": "True"}, strict="--noprofile --norc"))
    assert [done.returncode for done in said] == [0, BLOCKED, 0]
    assert said[1].stdout.startswith("##vso[task.logissue type=error;sourcepath=Pulumi.yaml;linenumber=4;")
    assert said[2].stdout == f"##vso[task.uploadsummary]{tmp_path}/resilience.md\n"
    assert (tmp_path / "resilience.md").read_text(encoding="utf-8").startswith("### resilience-checks: blocked by")


def test_bitbucket_gets_the_report_and_its_annotations(fork: Path) -> None:
    [entry] = shown("Bitbucket Pipelines")["pipelines"]["pull-requests"]["**"]
    stand_in(fork, "apt-get", "exit 0")
    variables = {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_REPO_FULL_NAME": "o/shop", "BITBUCKET_COMMIT": "abc"}
    with proxy() as taken:
        done = run(fork, entry["step"]["script"], variables)
    assert done.returncode == BLOCKED, done.stderr
    written = json.loads((fork / "insights.json").read_text(encoding="utf-8"))
    report = "http://api.bitbucket.org/2.0/repositories/o/shop/commit/abc/reports/resilience-checks"
    assert taken == [
        ("PUT", report, written["report"]),
        *(("POST", f"{report}/annotations", request) for request in written["annotations"]),
    ]


@pytest.mark.parametrize(("declared", "code", "style"), [("", BLOCKED, "error"), (SOUND, 0, "success")])
def test_buildkite_gets_an_annotation_of_the_right_style(fork: Path, declared: str, code: int, style: str) -> None:
    if declared:
        (fork / "resilience.yaml").write_text(declared, encoding="utf-8")
    stand_in(fork, "buildkite-agent", 'echo "$@" > asked; cat > annotation')
    [step] = shown("Buildkite")["steps"]
    done = run(fork, step["command"].replace("$$", "$"), {"BUILDKITE": "true"}, strict="-e")
    assert done.returncode == code, done.stderr
    asked = (fork / "asked").read_text(encoding="utf-8")
    assert asked == f"annotate --context resilience-checks --style {style}\n"
    assert (fork / "annotation").read_bytes() == (fork / "resilience.md").read_bytes()


def test_what_cannot_be_checked_keeps_its_exit_code(fork: Path) -> None:
    (fork / "resilience.yaml").write_text("version: 7\n", encoding="utf-8")
    [step] = shown("Buildkite")["steps"]
    stand_in(fork, "buildkite-agent", "exit 9")
    assert run(fork, step["command"].replace("$$", "$"), {"BUILDKITE": "true"}, strict="-e").returncode == 2
    [entry] = shown("Bitbucket Pipelines")["pipelines"]["pull-requests"]["**"]
    stand_in(fork, "apt-get", "exit 0")
    assert run(fork, entry["step"]["script"], {"BITBUCKET_BUILD_NUMBER": "7"}).returncode == 2


def test_teamcity_gets_inspections_and_a_problem(fork: Path) -> None:
    [command] = re.findall(r"A build step `(.*?)`", SECTIONS["TeamCity"])
    done = run(fork, command, {"TEAMCITY_VERSION": "2026.1"}, strict="-e")
    assert done.returncode == BLOCKED
    assert done.stdout.startswith("##teamcity[inspectionType id=")
    assert "\n##teamcity[buildProblem " in done.stdout


def test_jenkins_keeps_both_reports(fork: Path) -> None:
    [command] = re.findall(r"^sh '(.*)'$", SECTIONS["Jenkins"], re.MULTILINE)
    files = re.findall(r"(?:pattern: |junit )'(.*?)'", SECTIONS["Jenkins"])
    done = run(fork, command, {"JENKINS_URL": "https://ci.example"}, strict="-xe")
    assert (done.returncode, VERDICT in done.stdout) == (BLOCKED, True)
    assert files == ["resilience.sarif", "resilience.xml"]
    assert all((fork / file).stat().st_size > 0 for file in files)
