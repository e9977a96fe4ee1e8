"""What the offline run says of a program is what the real engine says of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.editing import ROOT
from tests.engines.comparison import PACKAGES, compare, differences

if TYPE_CHECKING:
    from tests.engines.real import Engine

PROGRAMS = sorted(file.parent for file in (Path(__file__).parent / "programs").glob("*/Pulumi.yaml"))
STACKS = sorted(file.parent for file in (ROOT / "stacks").glob("*/Pulumi.yaml"))


@pytest.mark.parametrize("program", PROGRAMS, ids=[program.name for program in PROGRAMS])
def test_a_program_has_the_same_graph_offline(program: Path, engine: Engine) -> None:
    lookups, outputs = program / "lookups.json", program / "stack_outputs.json"
    real, offline = compare(
        engine,
        program,
        "dev",
        lookups=lookups if lookups.exists() else None,
        stack_outputs=outputs if outputs.exists() else None,
        packages=(*PACKAGES, "sample-base", "sample-made", "sample-remote"),
    )
    assert len(real) > 5
    assert differences(real, offline) == []
