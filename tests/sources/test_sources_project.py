"""What Pulumi.yaml and the stacks' files say, in whatever form the Pulumi command takes them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.location import Location
from resilience_checks.sources.discovery import discover
from resilience_checks.sources.program.digest import digest
from resilience_checks.sources.project import StackConfig, stack_config

if TYPE_CHECKING:
    from pathlib import Path


def found(directory: Path) -> dict[str, StackConfig]:
    """Return the stacks of the one project of a directory, each with its configuration."""
    stacks = discover([directory], directory).stacks
    return {stack.name: stack_config(stack.project, stack.stack, directory) for stack in stacks}


@pytest.mark.parametrize("key", ["stackConfigDir", "config"])
def test_stacks_may_have_their_files_in_another_folder(key: str, tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(f"name: web\nruntime: python\n{key}: stacks\n", encoding="utf-8")
    (tmp_path / "stacks" / "Pulumi.prod.yaml").write_text("config:\n  size: 3\n", encoding="utf-8")
    assert found(tmp_path) == {"web/prod": StackConfig({"web:size": "3"}, frozenset())}


def test_the_file_of_a_stack_ends_as_that_of_the_project_does(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: web\nruntime: python\n", encoding="utf-8")
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  size: 3\n", encoding="utf-8")
    (tmp_path / "Pulumi.prod.yml").write_text("config:\n  size: 9\n", encoding="utf-8")
    note = "Pulumi.prod.yml is not read: Pulumi wants Pulumi.prod.yaml beside Pulumi.yaml"
    assert found(tmp_path) == {"web/prod": StackConfig({"web:size": "3"}, frozenset(), (note,))}
    (tmp_path / "Pulumi.yaml").rename(tmp_path / "Pulumi.yml")
    assert found(tmp_path)["web/prod"].values == {"web:size": "9"}


def test_a_project_file_that_goes_before_another_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: web\nruntime: python\n", encoding="utf-8")
    (tmp_path / "Pulumi.json").write_text('{"name": "web", "runtime": "python", "main": "other"}', encoding="utf-8")
    discovery = discover([tmp_path], tmp_path)
    assert (discovery.stacks, [error.location for error in discovery.failures]) == ((), [Location("Pulumi.json", 1)])


def test_a_key_may_look_like_a_number(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: web\nruntime: python\nconfig:\n  443: tls\n", encoding="utf-8")
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  8080: {secure: v1}\n", encoding="utf-8")
    [config] = found(tmp_path).values()
    assert (set(config.values), config.secrets) == ({"web:443", "web:8080"}, frozenset({"web:8080"}))


def test_files_may_be_empty_or_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_bytes(b"\xef\xbb\xbfname: web\r\nruntime: python\r\n")
    (tmp_path / "Pulumi.a.yaml").write_bytes(b"")
    (tmp_path / "Pulumi.b.yaml").write_bytes(b"\xef\xbb\xbfconfig:\r\n  size: 3\r\n")
    assert found(tmp_path) == {
        "web/a": StackConfig({}, frozenset()),
        "web/b": StackConfig({"web:size": "3"}, frozenset()),
    }


def test_a_digest_takes_files_of_any_name_and_those_that_cannot_be_read(tmp_path: Path) -> None:
    before = digest(tmp_path)
    (tmp_path / os.fsdecode(b"\xff")).write_text("a", encoding="utf-8")
    (tmp_path / "broken").symlink_to("nowhere")
    os.mkfifo(tmp_path / "fifo")
    named = digest(tmp_path)
    (tmp_path / "to-itself").symlink_to("to-itself")
    assert len({before, named}) == 2
    assert digest(tmp_path) == named
