"""What holds of any resilience.yaml that is read."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.topology.declarations import load
from resilience_checks.topology.declared import Declarations

if TYPE_CHECKING:
    from pathlib import Path


def test_paths_are_relative_to_the_root(tmp_path: Path) -> None:
    project = tmp_path / "stacks" / "demo"
    project.mkdir(parents=True)
    (project / "resilience.yaml").write_text("version: 1\nsites: {north: {}}\n", encoding="utf-8")

    declarations = load(project / "resilience.yaml", tmp_path)

    assert declarations.path == "stacks/demo/resilience.yaml"
    assert declarations.sites["north"].location == Location("stacks/demo/resilience.yaml", 2, 9)


def test_the_smallest_file_declares_nothing(tmp_path: Path) -> None:
    file = tmp_path / "resilience.yaml"
    file.write_text("version: 1\n", encoding="utf-8")
    digest = hashlib.sha256(b"version: 1\n").hexdigest()

    assert load(file, tmp_path) == Declarations(path="resilience.yaml", digest=digest)


def test_no_file_declares_nothing() -> None:
    assert Declarations.empty() == Declarations()
    assert Declarations.empty("resilience.yaml") == Declarations(path="resilience.yaml")


def test_a_byte_order_mark_and_crlf_change_no_line(tmp_path: Path) -> None:
    file = tmp_path / "resilience.yaml"
    file.write_bytes(b"\xef\xbb\xbfversion: 1\r\nsites:\r\n  north: {region: Sir F\xc3\xb4n}\r\n")

    site = load(file, tmp_path).sites["north"]

    assert (site.location, site.region) == (Location("resilience.yaml", 3, 3), "Sir F\u00f4n")


def test_an_alias_repeats_what_it_stands_for(tmp_path: Path) -> None:
    file = tmp_path / "resilience.yaml"
    file.write_text("version: 1\nsites:\n  north: &keys {region: gwent}\n  south: *keys\n", encoding="utf-8")

    sites = load(file, tmp_path).sites

    assert (sites["north"].region, sites["south"].region) == ("gwent", "gwent")
    assert sites["south"].location == Location("resilience.yaml", 4, 3)


def test_yes_and_octal_are_read_as_yaml_1_2_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "resilience.yaml"
    file.write_text("version: 1\nsites: {no: {region: yes, building: 'null'}}\npolicies: {p: {parameters: {a: 010}}}\n")

    declarations = load(file, tmp_path)

    assert (declarations.sites["no"].region, declarations.sites["no"].building) == ("yes", "null")
    assert declarations.policies["p"].parameters == {"a": 10}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path / "resilience.yaml", tmp_path)

    assert str(caught.value) == "resilience.yaml cannot be read: No such file or directory"
    assert caught.value.remedy == "Give the path of a readable resilience.yaml."


def test_importing_the_loader_loads_no_yaml_or_schema_library() -> None:
    program = (
        "import sys, resilience_checks.topology.declarations\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'ruamel', 'jsonschema', 'yaml'}))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
