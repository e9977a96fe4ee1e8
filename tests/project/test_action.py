"""action.yml and what docs/ci.md shows: read by actionlint and zizmor, and the steps run without GitHub."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tools.binaries import TOOLS

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "action.sh"
STEP = re.compile(r"<!-- workflow -->\n\n```yaml\n(.*?)```", re.DOTALL)


@pytest.fixture
def workflows(tmp_path: Path) -> list[Path]:
    """The workflows of docs/ci.md and those of this repository, as files of one."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    found = STEP.findall((ROOT / "docs" / "ci.md").read_text())
    files = [folder / f"{number}.yml" for number in range(len(found))]
    for file, text in zip(files, found, strict=True):
        file.write_text(text)
    assert files
    own = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    return [*files, *(Path(shutil.copy(file, folder)) for file in own)]


def test_zizmor_finds_nothing_in_the_action_and_the_workflows(workflows: list[Path], tmp_path: Path) -> None:
    shutil.copy(ROOT / "action.yml", tmp_path / "action.yml")
    zizmor = Path(sys.executable).with_name("zizmor")
    options = ["--offline", "--no-progress", "--color=never", "--persona=regular"]
    command: list[str | Path] = [zizmor, *options, tmp_path / "action.yml", *workflows]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:21]) == (0, "No findings to report"), done.stdout + done.stderr


def test_actionlint_finds_nothing_in_the_workflows(workflows: list[Path]) -> None:
    found = TOOLS["actionlint"].found()
    if found is None:
        pytest.skip("no actionlint: run `python tools/binaries.py build actionlint`")
    done = subprocess.run([found, "-no-color", *workflows], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_no_input_is_part_of_a_script_and_no_other_action_is_used() -> None:
    action = YAML(typ="safe").load(ROOT / "action.yml")
    steps = action["runs"]["steps"]
    assert action["runs"]["using"] == "composite"
    assert all("uses" not in step and "${{" not in step["run"] for step in steps)
    assert "secrets" not in (ROOT / "action.yml").read_text()


def run_step(tmp_path: Path, **inputs: str) -> tuple[int, list[str], str]:
    """Run the step `check` with a stand-in for the tool; return its code, the arguments it got, and the outputs."""
    tool = tmp_path / "resilience-checks" / "bin" / "resilience-checks"
    tool.parent.mkdir(parents=True, exist_ok=True)
    tool.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 12\n')
    tool.chmod(0o755)
    output = tmp_path / "output"
    environment = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(output), **inputs}
    done = subprocess.run([SCRIPT, "check"], env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines(), output.read_text()


def test_inputs_become_options_and_the_exit_code_an_output(tmp_path: Path) -> None:
    assert run_step(
        tmp_path,
        INPUT_PATHS="a b\n--version\n",
        INPUT_BASE="origin/main",
        INPUT_SETTINGS="origin/main",
        INPUT_STACK="prod\ndr*",
        INPUT_FAIL_ON="high",
        INPUT_FORMATS="sarif=out.sarif\n\njson=$(touch pwned)",
    ) == (
        12,
        [
            "check",
            "--stack=prod",
            "--stack=dr*",
            "--base=origin/main",
            "--settings=origin/main",
            "--fail-on=high",
            "--format=sarif=out.sarif",
            "--format=json=$(touch pwned)",
            "--format",
            "github",
            "--",
            "a b",
            "--version",
        ],
        "exit-code=12\n",
    )


def test_nothing_given_checks_the_folder_itself(tmp_path: Path) -> None:
    assert run_step(tmp_path)[1] == ["check", "--format", "github", "--", "."]


def test_a_version_is_a_number_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "python").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "python").chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(tmp_path),
        "PYTHON": str(tmp_path / "python"),
        "VERSION": "1 --index-url=https://evil.example",
    }
    done = subprocess.run([SCRIPT, "install"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "error: version: expected a number such as 0.1.0\n")


def test_the_hook_runs_the_command_line() -> None:
    [hook] = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")
    assert hook["entry"] == "resilience-checks check"
    for name in ("Pulumi.yaml", "infra/Pulumi.prod.yaml", "infra/resilience-waivers.yaml", "infra/index.ts"):
        assert re.search(hook["files"], name)
    assert not re.search(hook["files"], "README.md")


def test_a_tag_that_is_not_the_version_releases_nothing() -> None:
    release = ROOT / "tools" / "release.sh"
    done = subprocess.run([release, "v0.0.0"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: the tag is v0.0.0, and resilience_checks/__init__.py says ")
