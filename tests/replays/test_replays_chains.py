"""Every cut of every stack is explained: from each of its faults to the service, each step with a line or a source."""

from __future__ import annotations

from pathlib import Path

import pytest

from resilience_checks.analysis.answers import answer
from resilience_checks.model.question import FaultKind, Horizon, Question
from tests.replays.estates import estate

ROOT = Path(__file__).resolve().parents[2]
STACKS = sorted(path.parent.name for path in (ROOT / "stacks").glob("*/Pulumi.yaml"))
QUESTIONS = [
    Question("outage", (FaultKind.OUTAGE,)),
    Question("change", (FaultKind.BAD_CHANGE,), horizon=Horizon.RTO),
    Question("two", (FaultKind.OUTAGE,), ("site", "carrier", "region"), order=2, horizon=Horizon.RTO, within_rpo=True),
]


@pytest.mark.parametrize("stack", STACKS)
def test_every_cut_is_explained_step_by_step(stack: str) -> None:
    told = 0
    for statement in answer(estate(ROOT / "stacks" / stack), QUESTIONS).statements:
        for cut in statement.cuts if statement.holds == "no" else ():
            told += 1
            faults = [step for step in cut.chain if step.text.startswith(("an outage of", "a bad change of"))]
            assert len(faults) >= len(cut.events) or cut.by_cases, (cut.events, cut.chain)
            assert cut.chain[-1].text.endswith((f"lose {statement.service}", f"loses {statement.service}", "is lost"))
            assert [step.text for step in cut.chain if step.location is None and step.source is None] == []
            assert len(set(cut.chain)) == len(cut.chain)
    assert told
