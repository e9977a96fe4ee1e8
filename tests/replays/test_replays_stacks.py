"""What each stack's expected.yaml says of it, and whether a reconstruction loses what is stated as lost."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from resilience_checks.model.question import Horizon
from tests.end_to_end.editing import report
from tests.replays.estates import STACKS, Outcome, estate, outcome

if TYPE_CHECKING:
    from pathlib import Path

ALL = sorted(path.parent.name for path in STACKS.glob("*/expected.yaml"))
COUNTERPARTS = {"nhs-wales-2018": "nhs-wales-resilient", "manchester-2018": "manchester-resilient"}
HORIZONS = (Horizon.INSTANT, Horizon.RTO)


def expected(stack: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((STACKS / stack / "expected.yaml").read_text(encoding="utf-8"))
    return read


REPLAYS = [stack for stack in ALL if "replay" in expected(stack)]


def places(directory: Path, finding: dict[str, Any]) -> set[tuple[str, int]]:
    """Return where the code of a finding's line stands."""
    lines = (directory / finding["file"]).read_text(encoding="utf-8").splitlines()
    path = f"stacks/{directory.name}/{finding['file']}"
    return {(path, number) for number, line in enumerate(lines, start=1) if finding["line"] in line}


@pytest.mark.parametrize("stack", ALL)
def test_a_check_reports_what_expected_yaml_says(stack: str) -> None:
    wanted = expected(stack)
    code, data = report(STACKS / stack)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in data["results"]:
        found[(item["policy"], item["outcome"])].update(item["services"])
    said = {(item["policy"], item["outcome"]): set(item["services"]) for item in wanted["findings"]}
    assert (code, found) == (wanted["exit_code"], said)


@pytest.mark.parametrize("stack", ALL)
def test_each_violation_stands_on_its_line_with_its_cause(stack: str) -> None:
    _, data = report(STACKS / stack)
    found = [
        (item["policy"], item["severity"], item["cause"], (item["location"]["path"], item["location"]["line"]))
        for item in data["results"]
        if item["outcome"] == "violation"
    ]
    said = [item for item in expected(stack)["findings"] if item["outcome"] == "violation"]
    wanted = [
        (item["policy"], item["severity"], item["cause"], place)
        for item in said
        for place in places(STACKS / stack, item)
    ]
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize("horizon", HORIZONS)
@pytest.mark.parametrize("stack", REPLAYS)
def test_the_fault_of_a_reconstruction_loses_what_is_stated_as_lost(stack: str, horizon: Horizon) -> None:
    replay = expected(stack)["replay"]
    found = outcome(estate(STACKS / stack), replay["fault"], horizon)
    assert found == Outcome(frozenset(replay["lost"]), frozenset(replay["kept"]))


@pytest.mark.parametrize("stack", REPLAYS)
def test_the_resilient_counterpart_keeps_what_was_lost_through_every_such_fault(stack: str) -> None:
    replay = expected(stack)["replay"]
    [kind] = {fault.partition(":")[0] for fault in replay["fault"]}
    sound = estate(STACKS / COUNTERPARTS[stack])
    changes = [f"{domain.id}/bad-change" for domain in sound.domains.values() if domain.kind == kind]
    assert len(changes) > 1
    assert all(set(replay["lost"]) <= outcome(sound, [change]).kept for change in changes)


@pytest.mark.parametrize("stack", REPLAYS)
def test_the_shared_fate_is_found_in_the_program_not_declared(stack: str) -> None:
    declared = (STACKS / stack / "resilience.yaml").read_text(encoding="utf-8")
    [event] = expected(stack)["replay"]["fault"]
    name = event.partition(":")[2].rpartition("/")[0].rpartition("/")[2]
    assert "domains:" not in declared
    assert name not in declared
