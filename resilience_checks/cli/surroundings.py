"""What the command line takes from its environment; nothing else of the package reads it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    password: str = field(default="", repr=False)
    """What decrypts the key that signs evidence."""

    @staticmethod
    def read(environment: Mapping[str, str] | None = None) -> Surroundings:
        """Return what holds for this process; `environment` replaces its variables."""
        found = os.environ if environment is None else environment
        terminal = sys.stdout.isatty()
        summary = found.get("GITHUB_STEP_SUMMARY")
        return Surroundings(
            system=next((name for name, variable in _SYSTEMS.items() if _is_set(found.get(variable))), ""),
            step_summary=Path(summary) if summary else None,
            colorful=terminal and not found.get("NO_COLOR") and found.get("TERM") != "dumb",
            width=_terminal_width() if terminal else _PIPE_WIDTH,
            actor=_actor(found),
            override=(
                found.get("RESILIENCE_OVERRIDE", ""),
                found.get("RESILIENCE_OVERRIDE_TICKET", ""),
                found.get("RESILIENCE_OVERRIDE_BY", ""),
            ),
            progress=sys.stderr.isatty() and found.get("TERM") != "dumb",
            epoch=found.get("SOURCE_DATE_EPOCH", ""),
            password=found.get("RESILIENCE_ATTEST_PASSWORD", ""),
        )

    @property
    def github(self) -> bool:
        """Whether a runner of GitHub Actions reads what is written."""
        return self.system == "github"


def _actor(found: Mapping[str, str]) -> str:
    system = next((name for name, variable in _SYSTEMS.items() if _is_set(found.get(variable))), "")
    names = _ACTORS.get(system, ()) if system else ("USER", "USERNAME")
    return next((found[name] for name in names if found.get(name)), "")


def _is_set(value: str | None) -> bool:
    return bool(value) and str(value).lower() != "false"


def _terminal_width() -> int:
    import shutil

    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))
