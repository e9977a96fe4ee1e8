"""The policy pack directory that `pulumi --policy-pack` takes: it names the plugin, and holds no code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks import __version__
from resilience_checks.analyzer.settings import PACK
from resilience_checks.model.errors import UsageError
from resilience_checks.model.files import text
from resilience_checks.model.writing import write_all

if TYPE_CHECKING:
    from pathlib import Path

_MARK = f"runtime: {PACK}"
_PROJECT = f"""\
# Makes `pulumi --policy-pack` start pulumi-analyzer-policy-{PACK}, which must be on PATH.
{_MARK}
version: {__version__}
description: Which faults of the stack lose which services
"""
_README = f"""\
# {PACK}
`pulumi preview --policy-pack .` and `pulumi up --policy-pack .` check the whole stack before it is deployed.
Written by `{PACK} policy-pack`; write it again after an update. `{PACK}` must be installed and on PATH.
Settings: `--policy-pack-config FILE` with `{{"{PACK}": {{"failOn": "high"}}, "cross-site-failover": "advisory"}}`.
What it can and cannot tell: docs/pulumi-up.md of resilience_checks.
"""


def write(directory: Path) -> None:
    """Write the pack; raise UsageError where that would overwrite anything but such a pack."""
    project = directory / "PulumiPolicy.yaml"
    if not _may_write(directory, project):
        raise UsageError(
            f"{directory} is not empty, and not a policy pack of this tool",
            why="nothing that stands there may be lost",
            remedy="name a new or empty folder",
        )
    try:
        directory.mkdir(parents=True, exist_ok=True)
        write_all({project: _PROJECT.encode(), directory / "README.md": _README.encode()})
    except OSError as error:
        raise UsageError(
            f"{directory} cannot be written: {error.strerror}",
            why="there is no policy pack",
            remedy="name another folder",
        ) from error


def _may_write(directory: Path, project: Path) -> bool:
    if not directory.exists():
        return True
    if not directory.is_dir():
        return False
    try:
        mine = _MARK in text(project).splitlines()
    except (OSError, UnicodeDecodeError):
        mine = False
    return mine or not any(directory.iterdir())
