"""All engines find the same minimal cut sets, and exactly those that trying every set of events finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.analysis.cut_sets import algebra, choice, diagrams, search
from resilience_checks.analysis.cut_sets.limits import Limits
from resilience_checks.analysis.cut_sets.modules import _cut_out, modules, simplified
from resilience_checks.analysis.cut_sets.portfolio import lower_bound, minimal_cut_sets
from resilience_checks.analysis.cut_sets.tree import ALWAYS, NEVER, Tree, references
from tests.properties.trees import brute_force, trees

if TYPE_CHECKING:
    from resilience_checks.analysis.cut_sets.portfolio import Engine

ENGINES: dict[str, Engine] = {
    "portfolio": choice.solve,
    "search": search.search,
    "algebra": algebra.combine,
    "diagram": diagrams.diagram,
}


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
@given(tree=trees(), order=st.integers(1, 5))
def test_an_engine_finds_what_trying_every_set_finds(engine: Engine, tree: Tree, order: int) -> None:
    tops = list(range(tree.events + len(tree.needed)))
    found = minimal_cut_sets(tree, tops, order, engine=engine)
    assert [each.by_order for each in found] == [brute_force(tree, top, order) for top in tops]
    assert all(each.complete and each.finished == order for each in found)


@given(trees(events=9, gates=14, constants=False), st.integers(2, 5))
def test_engines_agree_on_larger_trees(tree: Tree, order: int) -> None:
    top = tree.events + len(tree.needed) - 1
    found = {name: minimal_cut_sets(tree, [top], order, engine=engine)[0] for name, engine in ENGINES.items()}
    assert len(set(found.values())) == 1
    assert found["search"].by_order == brute_force(tree, top, order)


@pytest.mark.parametrize("engine", [search.search, algebra.combine, diagrams.diagram], ids=["search", "algebra", "bdd"])
@given(tree=trees(constants=False), data=st.data(), order=st.integers(1, 6))
def test_weights_of_leaves_add_up_to_at_most_the_order(
    engine: Engine, tree: Tree, data: st.DataObject, order: int
) -> None:
    reduced, top = simplified(tree, tree.events + len(tree.needed) - 1)
    if top < reduced.events:
        return
    cut = _cut_out(reduced, top, {top}).tree
    weights = data.draw(st.lists(st.integers(1, 4), min_size=cut.events, max_size=cut.events))
    whole = [each for size in brute_force(cut, cut.events + len(cut.needed) - 1, cut.events) for each in size]
    expected = [each for each in whole if sum(weights[leaf] for leaf in each) <= order]
    found = engine(cut, weights, order, Limits())
    assert sorted(tuple(sorted(each)) for each in found) == sorted(expected)
    assert all(sum(weights[leaf] for leaf in each) >= lower_bound(cut, weights) for each in whole)


@given(trees())
def test_a_module_shares_nothing_with_the_rest_and_all_modules_together_are_the_tree(tree: Tree) -> None:
    reduced, top = simplified(tree, tree.events + len(tree.needed) - 1)
    if top in {ALWAYS, NEVER}:
        return
    parts = modules(reduced, top)
    leaves = [leaf for part in parts for leaf in part.leaves]
    assert len(leaves) == len(set(leaves)), "a leaf of two modules is shared"
    inner = {part.node for part in parts[:-1]}
    assert inner <= set(leaves)
    events = {leaf for leaf in leaves if leaf not in inner}
    assert events == {event for event in range(reduced.events) if references(reduced, [top])[event]}
