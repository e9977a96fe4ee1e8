"""`doctor`, `schema` and `completion`: what a new user asks before the first check."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from resilience_checks.doctor import Symptom, examine
from tests.cli.conftest import COMMAND

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Project


def seen(project: Project) -> dict[str, Symptom]:
    return {one.name: one for one in examine([project.directory], project.directory)}


def test_all_that_the_tool_brings_is_there(project: Project) -> None:
    found = seen(project)
    assert {name: found[name].state for name in ("policies", "catalogue", "embedded engine", "isolation")} == {
        "policies": "ok",
        "catalogue": "ok",
        "embedded engine": "ok",
        "isolation": "ok",
    }
    assert found["resilience.yaml"] == Symptom("resilience.yaml", "ok", "services: 1, sites: 0")
    assert found["project web"].state == "ok"
    assert found["project web"].text.endswith("; stacks: prod")


def test_what_is_not_on_path_is_missing_and_no_failure(project: Project) -> None:
    done = project.run("doctor", "--format", "json", PATH="/nonexistent")
    told = {one["name"]: one for one in json.loads(done.stdout)["symptoms"]}
    assert done.returncode == 0
    assert {name: told[name]["state"] for name in ("git", "node", "opa", "pulumi")} == dict.fromkeys(
        ("git", "node", "opa", "pulumi"), "missing"
    )


@pytest.mark.parametrize(
    ("name", "text", "symptom", "said", "code"),
    [
        ("Pulumi.yaml", "name: web\nruntime: go\n", "project web", "programs with `runtime: go` cannot be run here", 4),
        ("Pulumi.yaml", "- web\n", "project", "Pulumi.yaml:1: not a mapping", 4),
        ("resilience.yaml", "version: 1\nservces: {}\n", "resilience.yaml", 'did you mean "services"?', 2),
        (
            "Pulumi.yaml",
            "name: web\nruntime: {name: python, options: {virtualenv: none}}\n",
            "project web",
            "the virtual environment 'none' of Pulumi.yaml does not exist",
            4,
        ),
    ],
)
def test_what_a_check_would_fail_on_has_its_exit_code(
    name: str, text: str, symptom: str, said: str, code: int, project: Project
) -> None:
    project.write(name, text)
    found = seen(project)[symptom]
    assert (found.state, found.exit_code) == ("failed", code)
    assert said in found.text
    assert project.run("doctor").returncode == code
    assert project.run("check").returncode == code


def test_an_interpreter_without_the_sdk_is_told(project: Project) -> None:
    python = project.directory / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    found = seen(project)["project web"]
    assert (found.state, found.exit_code) == ("failed", 4)
    assert f"the program's interpreter {python} has no pulumi" in found.text
    assert found.remedy == f"install what the program needs: {python} -m pip install -r requirements.txt"


@pytest.mark.parametrize("name", ["resilience.yaml", "catalogue", "metadata", "policy-input", "report"])
def test_every_schema_is_printed_and_is_one(name: str, project: Project) -> None:
    done = project.run("schema", name)
    assert done.returncode == 0
    Draft202012Validator.check_schema(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("ch", ["plain,check", "plain,change"]),
        ("check --fail-on h", ["plain,high"]),
        ("check --format js", ["plain,json"]),
    ],
)
def test_a_shell_completes_commands_and_words(typed: str, offered: list[str], project: Project) -> None:
    words = f"resilience-checks {typed}"
    done = subprocess.run(
        COMMAND,
        env=project.environment(
            _RESILIENCE_CHECKS_COMPLETE="bash_complete",
            COMP_WORDS=words,
            COMP_CWORD=str(len(words.split()) - 1),
        ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_a_shell_loads_is_of_its_language(shell: str, project: Project, tmp_path: Path) -> None:
    done = project.run("completion", shell)
    assert done.returncode == 0
    assert "_RESILIENCE_CHECKS_COMPLETE" in done.stdout
    there = shutil.which(shell)
    if there is not None:
        file = tmp_path / "completion"
        file.write_text(done.stdout)
        subprocess.run([there, "-n", str(file)], check=True)
