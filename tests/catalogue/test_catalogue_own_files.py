"""Catalogue files of a user's own: they add and replace types, and a mistake is told at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.catalogue import loader
from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "schema: resilience-catalogue/v1\npackage: vsphere\nestate: on-premises\n"
MACHINE = "vsphere:index/virtualMachine:VirtualMachine"


def written(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_an_entry_replaces_the_built_in_one_and_the_others_stay(tmp_path: Path) -> None:
    file = written(
        tmp_path / "own", f"{HEAD}types:\n  {MACHINE}: {{role: database}}\n  vsphere:own:Own: {{role: queue}}\n"
    )
    for given in (file, file.parent):
        found = loader.load([given])
        entries = [found.entry(token) for token in (MACHINE, "vsphere:own:Own", "vsphere:index/host:Host")]
        assert [entry and entry.role for entry in entries][:2] == ["database", "queue"]
        assert entries[2] == loader.load().entry("vsphere:index/host:Host")
        assert list(found.digests) == [file.as_posix()]


@pytest.mark.parametrize(
    ("text", "what", "line", "column"),
    [
        (
            f"{HEAD}types:\n  {MACHINE}:\n    role: computer\n",
            f"at types/{MACHINE}/role: 'computer' is not one of",
            6,
            5,
        ),
        (f"{HEAD}types:\n  {MACHINE}: {{}}\n  aws:a:B: {{}}\n", "aws:a:B is no type of package vsphere", 6, 3),
        (f"{HEAD}typs: {{}}\n", "at the top: Additional properties are not allowed", 1, 1),
        (f"{HEAD}types: {{\n", "the catalogue file is not valid YAML", 5, 1),
        ("[]\n", "the catalogue file is not a mapping", 1, None),
    ],
)
def test_a_mistake_is_told_at_its_line(text: str, what: str, line: int, column: int | None, tmp_path: Path) -> None:
    file = written(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        loader.load([file])
    assert caught.value.what.startswith(what)
    place = caught.value.location
    assert place is not None
    assert (place.path, place.line, place.column) == (file.as_posix(), line, column)


def test_a_folder_without_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no catalogue file"):
        loader.load([tmp_path])
