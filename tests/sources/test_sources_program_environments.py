"""A program runs in the environment that it belongs to, whatever SDK is in it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.model.errors import InputError
from resilience_checks.sources.program import interpreters
from resilience_checks.sources.project import read_project
from tests.sources import graphs
from tools import older_sdks
from tools.locks import OLDER_SDKS

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = (
    graphs.THING
    + """\
class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("acme:app:Group", name, None, opts)
        self.one = Thing(f"{name}-one", Options(parent=self), size=pulumi.Config().require_int("size"))
        self.register_outputs({})


net = Thing("net")
west = pulumi.ProviderResource("acme", "west", {"region": "west"})
group = Group("group", Options(providers=[west], depends_on=[net]))
Thing("pair", mappings=[{"a": net.id}, {"b": group.one.address}], word=pulumi.Output.secret("word"))
Thing("read", Options(id="r-1"))
zones = pulumi.runtime.invoke("acme:index:getZones", {}).value
for zone in zones["names"]:
    Thing(f"zone-{zone}", zone=zone)
raw = pulumi.runtime.invoke("acme:index:getRaw", {}).value
Thing("raw", value=raw["some"])
net.address.apply(lambda address: Thing(f"on-{address}"))
pulumi.export("net", net.id)
"""
)
LOOKUPS = '{"acme:index:getZones": {"names": ["w1", "w2"]}}'


def project(options: str) -> dict[str, str]:
    runtime = f"runtime:\n  name: python\n  options: {options}\n"
    return {
        "Pulumi.yaml": f"name: web\n{runtime}config:\n  size: 3\n",
        "__main__.py": PROGRAM,
        "lookups.json": LOOKUPS,
    }


def found(directory: Path, options: str) -> dict[str, Any]:
    graphs.write(directory, project(options))
    graph = graphs.graph(directory, "--lookups", "lookups.json")
    return {key: value for key, value in graph.items() if key != "digest"}


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return found(tmp_path_factory.mktemp("newest"), "{}")


@pytest.mark.parametrize("version", OLDER_SDKS)
def test_an_older_sdk_gives_the_same_graph(version: str, newest: dict[str, Any], tmp_path: Path) -> None:
    if not older_sdks.exists(version):
        pytest.skip("no older SDKs: run `python tools/older_sdks.py build`")
    assert found(tmp_path, f"{{virtualenv: {older_sdks.path(version)}}}") == newest


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        ("{virtualenv: my/env}", "my/env"),
        ("{}", ".venv"),
        ("{toolchain: pip}", "venv"),
        ("{toolchain: uv}", ".venv"),
        ("{toolchain: uv, virtualenv: other}", "other"),
        ("{toolchain: poetry}", ".venv"),
    ],
)
def test_the_environment_is_found(
    options: str, environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    graphs.write(tmp_path, {**project(options), f"{environment}/bin/python": ""})
    assert interpreters.find(read_project(tmp_path / "Pulumi.yaml", tmp_path)) == str(
        tmp_path / environment / "bin/python"
    )


def test_a_workspace_has_one_environment(tmp_path: Path) -> None:
    graphs.write(tmp_path, {".venv/bin/python": ""})
    inner = tmp_path / "stacks" / "web"
    inner.mkdir(parents=True)
    (inner / "Pulumi.yaml").write_text(project("{toolchain: uv}")["Pulumi.yaml"], encoding="utf-8")
    assert interpreters.find(read_project(inner / "Pulumi.yaml", tmp_path)) == str(tmp_path / ".venv/bin/python")


def test_poetry_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {**project("{toolchain: poetry}"), "cache/env/bin/python": ""}
    script = f'#!/bin/sh\n[ "$*" = "env info --path" ] && echo "{tmp_path}/cache/env"\n'
    graphs.write(tmp_path, {**files, "tools/poetry": script})
    (tmp_path / "tools" / "poetry").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "tools"))
    assert interpreters.find(read_project(tmp_path / "Pulumi.yaml", tmp_path)) == str(tmp_path / "cache/env/bin/python")


def test_without_an_environment_it_is_that_of_the_checker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    graphs.write(tmp_path, project("{toolchain: poetry}"))
    assert interpreters.find(read_project(tmp_path / "Pulumi.yaml", tmp_path)) == sys.executable


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ("{virtualenv: gone}", "the virtual environment 'gone' of Pulumi.yaml does not exist"),
        ("{toolchain: conda}", "the toolchain 'conda' is none that Pulumi knows for Python"),
    ],
)
def test_a_wrong_option_is_an_error(options: str, what: str, tmp_path: Path) -> None:
    graphs.write(tmp_path, project(options))
    with pytest.raises(InputError) as raised:
        interpreters.find(read_project(tmp_path / "Pulumi.yaml", tmp_path))
    assert raised.value.what == what


@pytest.mark.parametrize(("mode", "why"), [(0o644, "Permission denied"), (0o755, "Exec format error")])
def test_an_interpreter_that_cannot_be_run_is_an_error_of_its_stack(mode: int, why: str, tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    graphs.write(tmp_path, {"Pulumi.yaml": "name: web\nruntime: python\n", "__main__.py": "", ".venv/bin/python": "x"})
    python.chmod(mode)
    done = graphs.run(tmp_path)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.splitlines()[:2] == [f"error: {python} cannot be run: {why}", "  --> Pulumi.yaml:1"]
