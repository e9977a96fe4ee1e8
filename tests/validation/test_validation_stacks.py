"""The stacks of this repository: their fault trees, analysed by SCRAM, have the cut sets that the tool finds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.answers import cut_sets
from resilience_checks.analysis.cut_sets.portfolio import minimal_cut_sets
from resilience_checks.analysis.lowering import fault_trees
from resilience_checks.analysis.open_psa.writer import written
from resilience_checks.model.question import FaultKind, Horizon, Question
from tests.plugins.shared import once
from tests.replays.estates import estate as standing

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Estate
    from tests.plugins.scram import Scram

ROOT = Path(__file__).resolve().parents[2]
STACKS = sorted(path.parent.name for path in (ROOT / "stacks").glob("*/Pulumi.yaml"))
ORDER = 3
QUESTION = Question("all", tuple(FaultKind), order=ORDER, horizon=Horizon.RTO)


@cache
def estate(stack: str) -> Estate:
    return standing(ROOT / "stacks" / stack)


def expected(stack: str, *, pessimistic: bool) -> dict[str, set[frozenset[str]]]:
    """Return the cut sets that the analysis of the estate finds for each service."""
    found = once(lambda: cut_sets(estate(stack), QUESTION), "cut sets", stack, QUESTION)
    assert all(sets.complete for sets in found.values())
    return {
        service: {frozenset(cut) for cut in (sets.possible if pessimistic else sets.sure)}
        for service, sets in found.items()
    }


@pytest.mark.parametrize("pessimistic", [False, True], ids=["sure", "possible"])
@pytest.mark.parametrize("stack", STACKS)
def test_the_fault_tree_has_the_cut_sets_of_the_equations(stack: str, pessimistic: bool) -> None:
    trees = fault_trees(estate(stack), horizon=Horizon.RTO, pessimistic=pessimistic)
    found = minimal_cut_sets(trees.tree, list(trees.tops.values()), ORDER)
    sets = [{frozenset(trees.events[e] for e in each) for size in one.by_order for each in size} for one in found]
    assert dict(zip(trees.tops, sets, strict=True)) == expected(stack, pessimistic=pessimistic)


@pytest.mark.parametrize("pessimistic", [False, True], ids=["sure", "possible"])
@pytest.mark.parametrize("stack", STACKS)
def test_scram_finds_the_same_cut_sets(stack: str, pessimistic: bool, scram: Scram, tmp_path: Path) -> None:
    trees = fault_trees(estate(stack), horizon=Horizon.RTO, pessimistic=pessimistic)
    file = written(trees, stack)
    path = tmp_path / "tree.xml"
    path.write_text(file.text, encoding="utf-8")
    own = expected(stack, pessimistic=pessimistic)
    assert scram(path, ORDER) == {
        file.tops[service]: {frozenset(file.events[event] for event in each) for each in sets}
        for service, sets in own.items()
    }
