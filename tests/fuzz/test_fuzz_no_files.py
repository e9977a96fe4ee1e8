"""What stands in the place of a file that a repository is read from, and is none, is an error and keeps nobody waiting."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

import pytest

from resilience_checks.catalogue import own_files
from resilience_checks.model.errors import CheckError
from resilience_checks.options import Options
from resilience_checks.policy import controls, pack
from resilience_checks.sources import project
from resilience_checks.sources.yaml_program.syntax import Document
from resilience_checks.topology import declarations
from resilience_checks.waiving import read as read_waivers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READERS: dict[str, Callable[[Path], object]] = {
    "Pulumi.yaml": lambda root: project.read_project(root / "Pulumi.yaml", root),
    "Main.yaml": lambda root: Document(root / "Main.yaml", "Main.yaml"),
    "resilience.yaml": lambda root: declarations.load(root / "resilience.yaml", root),
    "resilience-waivers.yaml": lambda root: read_waivers(Options((root,), root, today=date(2026, 1, 24))),
    "own.yaml": lambda root: own_files.read(root / "own.yaml", "own.yaml"),
    "own.rego": lambda root: pack.load([root]),
    "controls.yaml": lambda root: controls.titles([root]),
}
MAKE: dict[str, Callable[[Path], None]] = {
    "a directory": lambda path: path.mkdir(),
    "a pipe": os.mkfifo,
    "a link to itself": lambda path: path.symlink_to(path),
}


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("name", [name for name in READERS if name != "controls.yaml"])
def test_no_file_is_an_error(name: str, kind: str, tmp_path: Path) -> None:
    MAKE[kind](tmp_path / name)
    with pytest.raises(CheckError, match=f"{name}|module"):
        READERS[name](tmp_path)


@pytest.mark.parametrize("kind", MAKE)
def test_titles_of_controls_are_read_from_a_file_alone(kind: str, tmp_path: Path) -> None:
    MAKE[kind](tmp_path / "controls.yaml")
    assert READERS["controls.yaml"](tmp_path) == controls.titles()


def test_a_stack_s_configuration_that_is_no_file_does_not_pass_for_none(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: web\nruntime: yaml\n")
    (tmp_path / "Pulumi.dev.yaml").mkdir()
    found = project.read_project(tmp_path / "Pulumi.yaml", tmp_path)
    with pytest.raises(CheckError, match=r"Pulumi\.dev\.yaml cannot be read: Is a directory"):
        project.stack_config(found, "dev", tmp_path)
