"""Paths that a user names, where no file stands: a pipe into which nobody writes, and a device without end."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from resilience_checks.cli.main import cli
from resilience_checks.model import files
from tests.hostile.attack import YAML

if TYPE_CHECKING:
    from pathlib import Path

WHO = "--reason r --owner a --approver b --ticket t --expires 2999-01-01"
COMMANDS = (
    "check . --baseline {}",
    "check . --config {}",
    "check . --catalogue {}",
    "check . --waivers {}",
    "check . --lookups {}",
    "check . --stack-outputs {}",
    "check . --settings {}",
    "check --preview {}",
    "check --state {}",
    "check . --attest evidence.json --attest-key {}",
    "verify {}",
    "report render {} --format json",
    "report diff {} {}",
    "explain redundant-firewalls --report {}",
    "baseline write --report {} --output new.json",
    "cut-sets {}",
    "waivers list --waivers {}",
    "graph . --lookups {}",
    "baseline write --output {}",
    f"waivers add --policy cross-site-failover --target site:x --waivers {{}} {WHO}",
    "waivers prune --waivers {}",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(YAML, encoding="utf-8")
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(files, "_PATIENCE", 0.01)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_nobody_waits(command: str, kind: str, folder: Path) -> None:
    """Each ends with what is wrong, and none with a verdict."""
    place = folder / "it.xml"
    if kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to("/dev/zero")
    done = CliRunner().invoke(cli, command.replace("{}", "it.xml").split())
    assert done.exit_code in {2, 4}, done.output
    assert re.search(r"it\.xml.*(no regular file|nothing writes|is no file)", " ".join(done.output.split())), (
        done.output
    )
