"""The fault tree of a service fails in exactly the fault sets in which the equations lose it."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.analysis.algebra import FaultSets
from resilience_checks.analysis.bounds import Bounds
from resilience_checks.analysis.cut_sets.portfolio import minimal_cut_sets
from resilience_checks.analysis.lowering import fault_trees
from resilience_checks.analysis.open_psa.reader import read
from resilience_checks.analysis.open_psa.writer import written
from resilience_checks.model.question import Horizon, Question
from tests.properties.strategies import estates

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Estate


@pytest.mark.parametrize("pessimistic", [False, True], ids=["sure", "possible"])
@given(estate=estates(), horizon=st.sampled_from(Horizon), within_rpo=st.booleans())
def test_the_tree_says_what_the_equations_say(
    estate: Estate, horizon: Horizon, pessimistic: bool, within_rpo: bool
) -> None:
    found = fault_trees(estate, horizon=horizon, pessimistic=pessimistic, within_rpo=within_rpo)
    numbers = range(len(found.events))
    sets = [chosen for size in range(len(found.events) + 1) for chosen in combinations(numbers, size)]
    asked = FaultSets([[found.events[number] for number in chosen] for chosen in sets])
    question = Question("asked", faults=(), horizon=horizon, within_rpo=within_rpo)
    bounds = Bounds(estate)
    for service in estate.services.values():
        lost = bounds.given(asked, question, service, {})[pessimistic]
        top = found.tops[service.id]
        assert [found.tree.fails(chosen, top) for chosen in sets] == [bool(lost >> bit & 1) for bit in range(len(sets))]


@given(estate=estates(), horizon=st.sampled_from(Horizon), pessimistic=st.booleans())
def test_what_is_written_is_read_as_the_same_tree(estate: Estate, horizon: Horizon, pessimistic: bool) -> None:
    found = fault_trees(estate, horizon=horizon, pessimistic=pessimistic)
    file = written(found, "estate")
    for service, top in found.tops.items():
        named = read(file.text.encode(), "t.xml", file.tops[service])
        again = minimal_cut_sets(named.tree, [named.top], 4)[0]
        sets = {tuple(sorted(named.events[event] for event in each)) for size in again.by_order for each in size}
        own = minimal_cut_sets(found.tree, [top], 4)[0]
        names = [file.events[event] for event in found.events]
        assert sets == {tuple(sorted(names[event] for event in each)) for size in own.by_order for each in size}
