"""The pack's directory, its configuration, and the project that it finds."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from google.protobuf.json_format import ParseDict
from pulumi.runtime.proto import analyzer_pb2

from resilience_checks.analyzer import directory, home
from resilience_checks.analyzer.settings import Level, Settings, read
from resilience_checks.analyzer.stack import StackCheck, Target
from resilience_checks.model.errors import InputError, UsageError
from resilience_checks.model.result import Severity
from resilience_checks.sources.project import placeholder

if TYPE_CHECKING:
    from pathlib import Path


def project(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n", encoding="utf-8")
    return folder


def test_a_pack_is_written_and_written_again(tmp_path: Path) -> None:
    target = tmp_path / "new" / "pack"
    directory.write(target)
    first = {file.name: file.read_text(encoding="utf-8") for file in target.iterdir()}
    (target / "PulumiPolicy.yaml").write_text("runtime: resilience-checks\nversion: 0.0.1\n", encoding="utf-8")
    directory.write(target)
    assert {file.name: file.read_text(encoding="utf-8") for file in target.iterdir()} == first
    assert "runtime: resilience-checks\n" in first["PulumiPolicy.yaml"]


@pytest.mark.parametrize("name", ["notes.txt", "PulumiPolicy.yaml"])
def test_nothing_of_others_is_overwritten(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("runtime: nodejs\n", encoding="utf-8")
    with pytest.raises(UsageError, match="not a policy pack of this tool"):
        directory.write(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_the_nearest_project_of_the_name_is_found_upwards(tmp_path: Path) -> None:
    inner = project(tmp_path / "outer" / "inner", "inner")
    project(tmp_path / "outer", "outer")
    (inner / "deep").mkdir()
    found = home.find("inner", [tmp_path / "missing", tmp_path / "outer", inner / "deep"])
    assert (found.name, found.directory) == ("inner", inner)


@pytest.mark.parametrize("given", [None, "outer"])
def test_without_the_project_there_is_no_check(given: str | None, tmp_path: Path) -> None:
    project(tmp_path / "outer", "outer")
    with pytest.raises(InputError, match=r"no Pulumi\.yaml of project inner was found"):
        home.find("inner", [tmp_path / "outer"], tmp_path / given if given else None)


def test_a_configuration_is_read() -> None:
    request = ParseDict(
        {
            "policyConfig": {
                "cross-site-failover": {"enforcementLevel": "ADVISORY"},
                "resilience-checks": {
                    "enforcementLevel": "MANDATORY",
                    "properties": {"failOn": "never", "config": "other.yaml", "policies": ["own"], "timeout": 5},
                },
            }
        },
        analyzer_pb2.ConfigureAnalyzerRequest(),
    )
    assert read(request.policyConfig) == Settings(
        fail_on=None,
        levels={"cross-site-failover": Level.ADVISORY, "resilience-checks": Level.MANDATORY},
        config="other.yaml",
        policies=("own",),
        seconds=5.0,
    )
    assert read({}) == Settings(fail_on=Severity.MEDIUM)


def test_the_plugin_started_by_hand_says_what_it_is_for() -> None:
    code = "from resilience_checks.analyzer.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pulumi preview --policy-pack DIR" in done.stderr


def test_the_command_writes_a_pack_and_refuses_another_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "resilience_checks", "policy-pack"]
    done = subprocess.run([*command, str(tmp_path / "pack")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    refused = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "not a policy pack of this tool" in refused.stderr


def test_a_secret_of_the_configuration_stands_as_what_nobody_can_guess_from_it() -> None:
    check = StackCheck(Target("none", "dev", config={"none:pin": "1234"}, secrets=frozenset({"none:pin"})), Settings())
    check.close()
    [value] = check._config().values()
    assert value["secret"] is True
    assert value["value"] not in {"1234", placeholder("1234")}
