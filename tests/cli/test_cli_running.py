"""What the report tells of its run: from git, and from the variables that each CI system documents, nothing else."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from resilience_checks.cli.running import running
from resilience_checks.cli.surroundings import ci_run
from resilience_checks.report.interface import Run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SHA = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
SYSTEMS: dict[str, tuple[Mapping[str, str], tuple[str, str, str]]] = {
    "github": (
        {
            "GITHUB_ACTIONS": "true",
            "GITHUB_SHA": SHA,
            "GITHUB_HEAD_REF": "topic",
            "GITHUB_REF_NAME": "7/merge",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "nhs/estate",
            "GITHUB_RUN_ID": "42",
            "GITHUB_ACTOR": "dana",
        },
        ("topic", "https://github.com/nhs/estate/actions/runs/42", "dana"),
    ),
    "gitlab": (
        {
            "GITLAB_CI": "true",
            "CI_COMMIT_SHA": SHA,
            "CI_COMMIT_REF_NAME": "topic",
            "CI_JOB_URL": "https://gitlab.example/nhs/estate/-/jobs/42",
            "GITLAB_USER_LOGIN": "dana",
        },
        ("topic", "https://gitlab.example/nhs/estate/-/jobs/42", "dana"),
    ),
    "azure": (
        {
            "TF_BUILD": "True",
            "BUILD_SOURCEVERSION": SHA,
            "BUILD_SOURCEBRANCH": "refs/heads/topic/one",
            "SYSTEM_COLLECTIONURI": "https://dev.azure.com/nhs/",
            "SYSTEM_TEAMPROJECT": "estate",
            "BUILD_BUILDID": "42",
            "BUILD_REQUESTEDFOR": "Dana D",
        },
        ("topic/one", "https://dev.azure.com/nhs/estate/_build/results?buildId=42", "Dana D"),
    ),
    "bitbucket": (
        {
            "BITBUCKET_BUILD_NUMBER": "42",
            "BITBUCKET_COMMIT": SHA,
            "BITBUCKET_BRANCH": "topic",
            "BITBUCKET_REPO_FULL_NAME": "nhs/estate",
            "BITBUCKET_STEP_TRIGGERER_UUID": "{1-2}",
        },
        ("topic", "https://bitbucket.org/nhs/estate/pipelines/results/42", "{1-2}"),
    ),
    "buildkite": (
        {
            "BUILDKITE": "true",
            "BUILDKITE_COMMIT": SHA,
            "BUILDKITE_BRANCH": "topic",
            "BUILDKITE_BUILD_URL": "https://user:secret@buildkite.com/nhs/estate/builds/42",
            "BUILDKITE_BUILD_CREATOR": "Dana",
        },
        ("topic", "https://buildkite.com/nhs/estate/builds/42", "Dana"),
    ),
    "teamcity": (
        {"TEAMCITY_VERSION": "2026.1", "BUILD_VCS_NUMBER": SHA, "BUILD_URL": "https://tc.example/build/42"},
        ("", "https://tc.example/build/42", ""),
    ),
    "jenkins": (
        {
            "JENKINS_URL": "https://ci.example/",
            "GIT_COMMIT": SHA,
            "BRANCH_NAME": "PR-7",
            "CHANGE_BRANCH": "topic",
            "BUILD_USER_ID": "dana",
            "BUILD_URL": "https://ci.example/job/estate/42/",
        },
        ("topic", "https://ci.example/job/estate/42/", "dana"),
    ),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_ci_system_says_where_the_check_ran(name: str) -> None:
    variables, (branch, url, actor) = SYSTEMS[name]
    assert ci_run(variables) == Run(SHA, branch, url, actor, name)


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_a_ci_system_does_not_say_is_empty(name: str) -> None:
    variable = {"BITBUCKET_BUILD_NUMBER": "42"} if name == "bitbucket" else dict([next(iter(SYSTEMS[name][0].items()))])
    assert ci_run(variable) == Run(system=name)


def test_outside_of_ci_nothing_is_taken_from_the_environment() -> None:
    assert ci_run({"GITHUB_ACTOR": "dana", "CI_COMMIT_SHA": SHA, "BUILD_URL": "https://x.example"}) == Run()


def test_a_page_that_is_no_web_address_is_not_told() -> None:
    assert ci_run({"JENKINS_URL": "x", "BUILD_URL": "javascript:alert(1)"}).url == ""


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=Dana", "-c", "user.email=d@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *named, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_the_commit_is_the_one_that_is_checked_out(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "Pulumi.yaml").write_text("name: web\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    head = git(tmp_path, "rev-parse", "HEAD")
    assert running(tmp_path, Run()) == Run(head, "main")
    (tmp_path / "Pulumi.yaml").write_text("name: other\n", encoding="utf-8")
    git(tmp_path, "checkout", "-q", "--detach")
    said = Run(SHA, "topic", "https://ci.example/7", "dana", "jenkins")
    assert running(tmp_path, said) == Run(head, "topic", "https://ci.example/7", "dana", "jenkins", dirty=True)


def test_without_git_the_run_is_what_the_ci_system_says(tmp_path: Path) -> None:
    said = Run(SHA, "topic", system="gitlab")
    assert (running(tmp_path, said), running(tmp_path, Run())) == (said, None)
