"""What the offline run says of a program is what the real engine says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resilience_checks.sources.program.answers import SHAPES
from tests.end_to_end.editing import ROOT
from tests.engines import generator
from tests.engines.comparison import PACKAGES, compare, differences, file_facts

if TYPE_CHECKING:
    from tests.engines.real import Engine

PROGRAMS = sorted(file.parent for file in (Path(__file__).parent / "programs").glob("*/Pulumi.yaml"))
STACKS = sorted(file.parent for file in (ROOT / "stacks").glob("*/__main__.py"))


@pytest.mark.parametrize("program", PROGRAMS, ids=[program.name for program in PROGRAMS])
def test_a_program_has_the_same_graph_offline_and_as_a_file(program: Path, engine: Engine, tmp_path: Path) -> None:
    lookups, outputs = program / "lookups.json", program / "stack_outputs.json"
    real, offline = compare(
        engine,
        program,
        "dev",
        lookups=lookups if lookups.exists() else None,
        stack_outputs=outputs if outputs.exists() else None,
        packages=(*PACKAGES, "sample-base", "sample-made", "sample-remote"),
        keep=tmp_path / "preview.json",
    )
    assert len(real) > 5
    assert differences(real, offline) == []
    assert differences(real, file_facts(program, tmp_path / "preview.json")) == []


@pytest.mark.parametrize("stack", STACKS, ids=[stack.name for stack in STACKS])
def test_a_demo_stack_has_the_same_graph_offline(stack: Path, engine: Engine, tmp_path: Path) -> None:
    lookups = tmp_path / "lookups.json"
    answers = {
        token: {
            **{name: f"{token} {name}" for name in (*shape.fields, *shape.echoed)},
            **{name: [f"{token} {name}"] * length for name, length in shape.lists.items()},
        }
        for token, shape in SHAPES.items()
    }
    lookups.write_text(json.dumps(answers), encoding="utf-8")
    real, offline = compare(engine, stack, "prod", lookups=lookups)
    assert len(real) > 5
    assert differences(real, offline) == []


@pytest.mark.parametrize("seed", range(10))
def test_thirty_random_programs_have_the_same_graph_offline(seed: int, engine: Engine, tmp_path: Path) -> None:
    batch = tmp_path / "batch"
    generator.write_batch(batch, seed, 30)
    real, offline = compare(engine, batch, "dev", lookups=batch / "lookups.json", packages=generator.PACKAGES)
    assert len(real) > 100
    assert differences(real, offline) == []
