"""What is shipped, and what is loaded when."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"pulumi", "grpc", "regorus", "jsonschema", "rich", "opa_client", "ruamel.yaml", "yaml"}
LOADED = "import sys, json; {}; print(json.dumps(sorted(name for name in sys.modules)))"


def loaded(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(statement)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded("import resilience_checks") & HEAVY == set()


def test_help_loads_nothing_heavy_and_no_station() -> None:
    modules = loaded(
        "from resilience_checks.cli.main import cli; cli(['check', '--help'], standalone_mode=False)",
    )
    stations = {f"resilience_checks.{name}" for name in ("sources", "catalogue", "topology", "analysis", "policy")}
    assert modules & (HEAVY | stations) == set()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    directory = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return zipfile.ZipFile(next(directory.glob("*.whl")))


def test_the_wheel_holds_policies_catalogue_and_schemas(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    policies = {
        f"resilience_checks/policies/{path.relative_to(ROOT / 'policies').as_posix()}"
        for path in (ROOT / "policies").rglob("*.rego")
    }
    data = {
        path.relative_to(ROOT).as_posix()
        for pattern in ("*.json", "*.yaml", "py.typed")
        for path in (ROOT / "resilience_checks").rglob(pattern)
    }
    assert policies | data <= names
    assert not [name for name in names if name.startswith(("tests/", "stacks/", "benchmarks/"))]
