"""Catalogue files of installed packages: they add types, their code does not run, and no two state one type."""

from __future__ import annotations

import sys
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from resilience_checks.catalogue import installed, loader
from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "schema: resilience-catalogue/v1\npackage: {}\nestate: cloud\ntypes:\n  {}: {{role: {}}}\n"
INSTANCE = "aws:rds/instance:Instance"


def package(folder: Path, name: str, token: str, role: str) -> metadata.EntryPoint:
    """Install a package whose code must not run."""
    types = folder / name / "types"
    types.mkdir(parents=True)
    (folder / name / "__init__.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    (types / "own.yaml").write_text(HEAD.format(token.partition(":")[0], token, role), encoding="utf-8")
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[{installed.GROUP}]\n{name} = {name}.types\n", encoding="utf-8")
    return metadata.EntryPoint(name, f"{name}.types", installed.GROUP)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_an_installed_package_adds_its_types_and_none_of_its_code_runs(place: Path) -> None:
    package(place, "acme_catalogue", "acme:index/thing:Thing", "queue")
    found = loader.load()
    entry = found.entry("acme:index/thing:Thing")
    assert entry is not None
    assert (entry.role, found.stated(entry.token)) == ("queue", ("acme_catalogue: own.yaml", {"role": "queue"}))
    assert list(found.digests) == ["acme_catalogue: own.yaml"]
    assert "acme_catalogue" not in sys.modules


def test_two_that_state_one_type_are_an_error_that_names_both(place: Path) -> None:
    package(place, "one_catalogue", "acme:index/thing:Thing", "queue")
    package(place, "two_catalogue", "acme:index/thing:Thing", "cache")
    with pytest.raises(UsageError) as caught:
        loader.load()
    assert caught.value.what == (
        "one_catalogue: own.yaml and two_catalogue: own.yaml both say what acme:index/thing:Thing means"
    )


def test_a_built_in_type_is_replaced_by_a_file_of_ones_own_alone(place: Path, tmp_path: Path) -> None:
    package(place, "acme_catalogue", INSTANCE, "queue")
    with pytest.raises(UsageError, match=r"the built-in catalogue of aws and acme_catalogue: own\.yaml both say what"):
        loader.load()
    own = tmp_path / "own.yaml"
    own.write_text(HEAD.format("aws", INSTANCE, "cache"), encoding="utf-8")
    entry = loader.load([own]).entry(INSTANCE)
    assert entry is not None
    assert entry.role == "cache"


def test_an_entry_point_that_leads_to_no_file_is_an_error() -> None:
    point = metadata.EntryPoint("acme", "no_such_package.types", installed.GROUP)
    with pytest.raises(UsageError) as caught:
        installed.files([point])
    assert caught.value.what == "the installed package no_such_package has no catalogue file in no_such_package.types"
