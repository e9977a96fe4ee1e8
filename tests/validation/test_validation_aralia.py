"""The Aralia trees: published totals, and SCRAM's own answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.cut_sets import algebra, diagrams, search
from resilience_checks.analysis.cut_sets.portfolio import CutSets, minimal_cut_sets
from resilience_checks.analysis.open_psa.reader import Named, read

if TYPE_CHECKING:
    from resilience_checks.analysis.cut_sets.portfolio import Engine
    from tests.plugins.scram import Scram

TREES = Path(__file__).parent / "aralia"
COUNTS = {  # all minimal cut sets, and those of order 1, 2 and 3
    "baobab1": (46188, 0, 1, 1),
    "baobab2": (4805, 0, 6, 121),
    "chinese": (392, 0, 12, 0),
    "das9201": (14217, 0, 82, 9740),
    "das9202": (27778, 1, 1, 16),
    "das9203": (16200, 0, 7, 728),
    "das9206": (19518, 25, 96, 627),
    "das9208": (8060, 0, 134, 888),
    "edf9201": (579720, 25, 1667, 36604),
    "elf9601": (151348, 10, 10, 112),
    "isp9603": (3434, 0, 22, 1320),
    "isp9606": (1776, 4, 163, 936),
}


def tree(name: str) -> Named:
    return read((TREES / f"{name}.xml").read_bytes(), f"{name}.xml")


def cut_sets(named: Named, order: int, engine: Engine | None = None) -> CutSets:
    found = minimal_cut_sets(named.tree, [named.top], order, engine=engine)[0]
    assert found.complete
    return found


@pytest.mark.parametrize("name", COUNTS)
def test_the_counts_of_every_order_are_those_of_scram(name: str) -> None:
    named = tree(name)
    assert named.name == "r1"
    assert tuple(len(sets) for sets in cut_sets(named, 3).by_order) == (0, *COUNTS[name][1:])


@pytest.mark.parametrize("name", COUNTS)
def test_the_total_is_the_published_one(name: str) -> None:
    named = tree(name)
    assert sum(len(sets) for sets in cut_sets(named, named.tree.events).by_order) == COUNTS[name][0]


@pytest.mark.parametrize("engine", [search.search, algebra.combine, diagrams.diagram], ids=["search", "algebra", "bdd"])
@pytest.mark.parametrize("name", COUNTS)
def test_every_engine_finds_the_same_sets(name: str, engine: Engine) -> None:
    named = tree(name)
    assert cut_sets(named, 3, engine) == cut_sets(named, 3)


@pytest.mark.parametrize("name", COUNTS)
def test_every_set_is_one_of_scram(name: str, scram: Scram) -> None:
    named = tree(name)
    found = {frozenset(named.events[event] for event in each) for sets in cut_sets(named, 3).by_order for each in sets}
    assert {"r1": found} == scram(TREES / f"{name}.xml", 3)
