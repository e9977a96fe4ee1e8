"""In each CI system: what `check` writes by itself, and that nothing a program prints is a command of its runner."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import COMMAND

if TYPE_CHECKING:
    from tests.cli.conftest import Project

FORGED = "##vso[task.complete result=Succeeded;]##teamcity[buildStatus status='SUCCESS']##[error]x"


@pytest.mark.parametrize(
    ("variable", "value", "begins"),
    [
        ("TF_BUILD", "True", "##vso[task.logissue type=error;"),
        ("TEAMCITY_VERSION", "2026.1", "##teamcity[inspectionType id='not-checked'"),
        ("GITLAB_CI", "true", "error [web/prod]"),
        ("BUILDKITE", "true", "error [web/prod]"),
        ("BITBUCKET_BUILD_NUMBER", "7", "error [web/prod]"),
        ("JENKINS_URL", "https://ci.example", "error [web/prod]"),
    ],
)
def test_the_form_suits_the_system_and_no_command_is_forged(
    variable: str, value: str, begins: str, project: Project
) -> None:
    project.program(f"raise ValueError({FORGED!r})")
    done = project.run("check", "--debug", **{variable: value})
    assert done.returncode == 4
    assert done.stdout.startswith(begins)
    for line in (done.stdout + done.stderr).splitlines():
        found = line.count("##vso[") + line.count("##teamcity[") + line.count("##[")
        assert found == line.startswith(("##vso[task.logissue ", "##teamcity[inspection", "##teamcity[buildProblem "))


@pytest.mark.parametrize(
    ("variable", "begins"),
    [("TF_BUILD", "##vso[task.logissue type=error;"), ("TEAMCITY_VERSION", "##teamcity[buildProblem ")],
)
def test_what_keeps_a_run_from_beginning_is_told_to_the_system(variable: str, begins: str, project: Project) -> None:
    project.write("resilience.yaml", f"version: 1\n{FORGED!r}: 1\n")
    done = project.run("check", **{variable: "true"})
    assert done.returncode == 2
    first, *rest = done.stderr.splitlines()
    assert first.startswith(begins)
    for line in (first[2:], *rest):
        assert not any(mark in line for mark in ("##vso[", "##teamcity[", "##["))


def test_where_the_runner_gives_a_terminal_the_first_command_begins_a_line(project: Project) -> None:
    project.program("raise ValueError('boom')")
    ours, theirs = pty.openpty()
    environment = project.environment(CI="true", GITHUB_ACTIONS="true", TERM="xterm")
    with subprocess.Popen(
        [*COMMAND, "check"], cwd=project.directory, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        said = b"".join(iter(lambda: _read(ours), b""))
        assert process.wait(timeout=60) == 4
    os.close(ours)
    assert said.startswith(b"::error t")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux tells that nobody writes any more
        return b""
