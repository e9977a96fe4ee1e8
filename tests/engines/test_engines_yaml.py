"""What the offline run says of a YAML program is what the real engine says with Pulumi's own language host."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.engines.comparison import differences
from tests.engines.real_yaml import YamlEngine
from tests.engines.yaml_random import Writer
from tools.binaries import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = sorted(file.parent for file in (Path(__file__).parent / "yaml_programs").glob("*/Pulumi.yaml"))

STACKS = sorted(file.parent for file in (Path(__file__).parents[2] / "stacks").glob("*/Pulumi.yaml"))
WRITTEN_IN_YAML = [stack for stack in STACKS if not (stack / "__main__.py").exists()]


@pytest.fixture(scope="module")
def yaml_engine(pulumi_cli: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[YamlEngine]:
    host = TOOLS["pulumi-yaml"].found()
    if host is None:
        pytest.skip("no host of YAML programs: run `python tools/binaries.py build pulumi-yaml`")
    running = YamlEngine(pulumi_cli, host, tmp_path_factory.mktemp("yaml") / "home")
    yield running
    running.close()


@pytest.mark.parametrize("program", PROGRAMS, ids=[program.name for program in PROGRAMS])
def test_a_yaml_program_has_the_same_graph_offline(program: Path, yaml_engine: YamlEngine, tmp_path: Path) -> None:
    real, offline = yaml_engine.facts(program, "dev", tmp_path / "lookups.json")
    assert len(real) > 5
    assert differences(real, offline) == []


@pytest.mark.parametrize("stack", WRITTEN_IN_YAML, ids=[stack.name for stack in WRITTEN_IN_YAML])
def test_a_demo_stack_in_yaml_has_the_same_graph_offline(stack: Path, yaml_engine: YamlEngine, tmp_path: Path) -> None:
    real, offline = yaml_engine.facts(stack, "prod", tmp_path / "lookups.json")
    assert len(real) > 5
    assert differences(real, offline) == []


@pytest.mark.parametrize("seed", range(6))
def test_random_yaml_programs_have_the_same_graph_offline(seed: int, yaml_engine: YamlEngine, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.mkdir()
    settings = {"word": {"default": "w"}, "size": {"default": 3}}
    text = {"name": "program", "runtime": "yaml", "config": settings, **Writer(seed).program(50)}
    (program / "Pulumi.yaml").write_text(yaml.safe_dump(text, sort_keys=False, allow_unicode=True), encoding="utf-8")
    real, offline = yaml_engine.facts(program, "dev", tmp_path / "lookups.json")
    assert len(real) > 50
    assert differences(real, offline) == []
