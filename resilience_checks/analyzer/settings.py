"""What `--policy-pack-config` may say: how strict the gate is, and where the check finds what it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.model.result import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

PACK = "resilience-checks"
"""The name of the pack, and of the entry that stands for the check as a whole."""
_FAIL_ON = (*(str(severity) for severity in Severity), "never")
SCHEMA: Mapping[str, Mapping[str, Any]] = {
    "failOn": {"type": "string", "enum": list(_FAIL_ON), "default": "medium"},
    "config": {"type": "string"},
    "projectDirectory": {"type": "string"},
    "policies": {"type": "array", "items": {"type": "string"}},
    "lookups": {"type": "string"},
    "stackOutputs": {"type": "string"},
    "timeout": {"type": "number", "minimum": 1, "default": 60},
}
"""The properties of the entry `resilience-checks`, which the engine holds a configuration against."""


class Level(IntEnum):
    """How a policy is enforced, with the numbers of the protocol."""

    ADVISORY = 0
    MANDATORY = 1
    DISABLED = 2
    REMEDIATE = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """A configuration as it was given; paths are relative to the project's directory.

    `levels` can only loosen: a policy that is mandatory blocks where the gate says so.
    """

    fail_on: Severity | None = Severity.MEDIUM
    levels: Mapping[str, Level] = field(default_factory=dict)
    config: str | None = None
    project_directory: str | None = None
    policies: tuple[str, ...] = ()
    lookups: str | None = None
    stack_outputs: str | None = None
    seconds: float = 60.0

    def level(self, policy: str) -> Level:
        """Return how a policy is enforced; nothing said: mandatory."""
        return self.levels.get(policy, Level.MANDATORY)


def read(configured: Mapping[str, Any]) -> Settings:
    """Return the settings of a `ConfigureAnalyzerRequest`, whose form the engine has checked against SCHEMA."""
    from google.protobuf import json_format

    levels = {name: Level(item.enforcementLevel) for name, item in configured.items()}
    own = configured.get(PACK)
    said: dict[str, Any] = json_format.MessageToDict(own.properties) if own is not None else {}
    fail_on = said.get("failOn", "medium")
    return Settings(
        fail_on=None if fail_on == "never" else Severity(fail_on),
        levels=levels,
        config=said.get("config"),
        project_directory=said.get("projectDirectory"),
        policies=tuple(said.get("policies", ())),
        lookups=said.get("lookups"),
        stack_outputs=said.get("stackOutputs"),
        seconds=float(said.get("timeout", 60.0)),
    )


def below(directory: Path, path: str | None) -> Path | None:
    """Return a path of the configuration as it is meant, None where none was given."""
    return None if path is None else directory / Path(path).expanduser()
