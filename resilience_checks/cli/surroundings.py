"""What the command line takes from its environment; nothing else of the package reads it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from resilience_checks.report.interface import Run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SYSTEMS = {
    "github": "GITHUB_ACTIONS",
    "gitlab": "GITLAB_CI",
    "azure": "TF_BUILD",
    "bitbucket": "BITBUCKET_BUILD_NUMBER",
    "buildkite": "BUILDKITE",
    "teamcity": "TEAMCITY_VERSION",
    "jenkins": "JENKINS_URL",
}
"""Each CI system, and the variable that it documents for its own runs."""
_ACTORS = {
    "github": ("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"),
    "gitlab": ("GITLAB_USER_LOGIN",),
    "azure": ("BUILD_REQUESTEDFOREMAIL", "BUILD_REQUESTEDFOR"),
    "bitbucket": ("BITBUCKET_STEP_TRIGGERER_UUID",),
    "buildkite": ("BUILDKITE_UNBLOCKER_EMAIL", "BUILDKITE_BUILD_CREATOR_EMAIL", "BUILDKITE_BUILD_CREATOR"),
    "jenkins": ("BUILD_USER_ID", "BUILD_USER"),
}
"""What names whoever started the run: variables of each system, Jenkins' of its build-user-vars plugin."""
_RUNS = {
    "github": (
        ("GITHUB_SHA",),
        ("GITHUB_HEAD_REF", "GITHUB_REF_NAME"),
        ("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",),
    ),
    "gitlab": (
        ("CI_COMMIT_SHA",),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME"),
        ("{CI_JOB_URL}", "{CI_PIPELINE_URL}"),
    ),
    "azure": (
        ("BUILD_SOURCEVERSION",),
        ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH"),
        ("{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",),
    ),
    "bitbucket": (
        ("BITBUCKET_COMMIT",),
        ("BITBUCKET_BRANCH",),
        ("https://bitbucket.org/{BITBUCKET_REPO_FULL_NAME}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",),
    ),
    "buildkite": (("BUILDKITE_COMMIT",), ("BUILDKITE_BRANCH",), ("{BUILDKITE_BUILD_URL}",)),
    "teamcity": (("BUILD_VCS_NUMBER",), (), ("{BUILD_URL}",)),
    "jenkins": (("GIT_COMMIT",), ("CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH"), ("{BUILD_URL}",)),
}
"""By system the variables with commit, branch and page, the best first; each system documents them for all runs.

GitHub: Default environment variables; GitLab: Predefined CI/CD variables; Azure: Use predefined variables; Bitbucket:
Variables and secrets, Default variables; Buildkite: Environment variables; TeamCity: Predefined build parameters;
Jenkins: Using environment variables, and those of multibranch projects. Nothing else is taken from the environment.
"""
_PIPE_WIDTH = 100
_NARROWEST, _WIDEST = 60, 120


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the command runs: the CI system, "" where there is none, and what its output streams can show."""

    system: str
    step_summary: Path | None
    colorful: bool
    width: int
    progress: bool
    actor: str = ""
    """Who started the CI run, as the system says; without one the user of this machine."""
    override: tuple[str, str, str] = ("", "", "")
    """Reason, ticket and name of an emergency override that the environment gives."""
    epoch: str = ""
    """The time that reproducible output is to show, in seconds since 1970."""
    cache: str = ""
    """The folder of the cache, or `off`."""
    run: Run = field(default_factory=Run)
    """What the CI system says of this run."""
    password: str = field(default="", repr=False)
    """What decrypts the key that signs evidence."""

    @staticmethod
    def read(environment: Mapping[str, str] | None = None) -> Surroundings:
        """Return what holds for this process; `environment` replaces its variables."""
        found = os.environ if environment is None else environment
        terminal = sys.stdout is not None and sys.stdout.isatty()
        summary = found.get("GITHUB_STEP_SUMMARY")
        return Surroundings(
            system=system(found),
            step_summary=Path(summary) if summary else None,
            colorful=terminal and not found.get("NO_COLOR") and found.get("TERM") != "dumb",
            width=_terminal_width() if terminal else _PIPE_WIDTH,
            actor=_actor(found),
            override=(
                found.get("RESILIENCE_OVERRIDE", ""),
                found.get("RESILIENCE_OVERRIDE_TICKET", ""),
                found.get("RESILIENCE_OVERRIDE_BY", ""),
            ),
            # Runners that give a terminal keep all that is written to it: the first command would share progress' line.
            progress=sys.stderr is not None
            and sys.stderr.isatty()
            and not system(found)
            and not found.get("CI")
            and found.get("TERM") != "dumb",
            epoch=found.get("SOURCE_DATE_EPOCH", ""),
            cache=found.get("RESILIENCE_CACHE", ""),
            run=ci_run(found),
            password=found.get("RESILIENCE_ATTEST_PASSWORD", ""),
        )

    @property
    def github(self) -> bool:
        """Whether a runner of GitHub Actions reads what is written."""
        return self.system == "github"


def _actor(found: Mapping[str, str]) -> str:
    name = system(found)
    return _first(found, _ACTORS.get(name, ()) if name else ("USER", "USERNAME"))


def _first(environment: Mapping[str, str], keys: Sequence[str]) -> str:
    return next((environment[key] for key in keys if environment.get(key)), "")


def system(environment: Mapping[str, str]) -> str:
    """Return the CI system that runs this, "" where there is none."""
    return next((name for name, variable in _SYSTEMS.items() if _is_set(environment.get(variable))), "")


def ci_run(environment: Mapping[str, str]) -> Run:
    """Return what the CI system says of its run, "" for what it does not say."""
    name = system(environment)
    if not name:
        return Run()
    commits, branches, pages = _RUNS[name]
    commit, branch = (_first(environment, keys) for keys in (commits, branches))
    url = next((page for pattern in pages if (page := _page(pattern, environment))), "")
    return Run(commit, branch.removeprefix("refs/heads/"), url, _actor(environment), name)


def _page(pattern: str, environment: Mapping[str, str]) -> str:
    """Return the address that a pattern of variables makes, without credentials; "" where a part is missing."""
    names = [name for _, name, _, _ in Formatter().parse(pattern) if name]
    if not all(environment.get(name) for name in names):
        return ""
    try:
        found = urlsplit(pattern.format_map(environment))
    except ValueError:
        return ""
    if found.scheme not in {"http", "https"}:
        return ""
    return urlunsplit(found._replace(netloc=found.netloc.rpartition("@")[2]))


def _is_set(value: str | None) -> bool:
    return bool(value) and str(value).lower() != "false"


def _terminal_width() -> int:
    import shutil

    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))
