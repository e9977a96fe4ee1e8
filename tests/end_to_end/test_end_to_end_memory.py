"""What a check holds of an estate grows with its resources alone, and by no more than is stated here."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from benchmarks import generated
from resilience_checks.analysis.fault_tree import compile_estate
from resilience_checks.catalogue import loader
from resilience_checks.check import run
from resilience_checks.options import Options
from resilience_checks.sources.files.reading import open_all
from resilience_checks.topology import declarations, estate_builder

if TYPE_CHECKING:
    from pathlib import Path

BYTES = 10_000
"""The most that a resource may cost in states of `RESOURCES` each; it was 7,600 when this was written, less in larger ones."""
RESOURCES = 60


def checked(folder: Path, stacks: int) -> Options:
    folder.mkdir()
    states = tuple(generated.states(folder, stacks, RESOURCES))
    return Options((), folder, config=folder / "resilience.yaml", states=states, jobs=1)


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load all that a check loads, and what it keeps for every estate."""
    run(checked(tmp_path_factory.mktemp("warm") / "estate", 3))


@pytest.mark.usefixtures("warm")
def test_a_resource_costs_no_more_than_is_stated(tmp_path: Path) -> None:
    few, many = (_most(checked(tmp_path / str(stacks), stacks)) for stacks in (3, 13))
    assert (many - few) / (10 * RESOURCES) < BYTES


def test_results_share_what_they_say_of_the_whole_estate(tmp_path: Path) -> None:
    results = run(checked(tmp_path / "estate", 3)).results
    shared = [result.evidence["stacks"] for result in results]
    assert all(stacks is shared[0] for stacks in shared)


def test_what_only_the_building_of_an_estate_needed_goes_at_once(tmp_path: Path) -> None:
    options = checked(tmp_path / "estate", 2)
    graphs = [source.graph() for source in open_all((), options.states, [tmp_path], tmp_path).sources]
    assert options.config is not None
    declared, catalogue = declarations.load(options.config, tmp_path), loader.load()
    estate_builder.build(graphs, declared, catalogue)  # what is loaded and kept for every estate is by now
    gc.collect()
    gc.disable()
    try:
        tree = compile_estate(estate_builder.build(graphs, declared, catalogue))
        assert (bool(tree.nodes), gc.collect()) == (True, 0)
    finally:
        gc.enable()


def _most(options: Options) -> int:
    """Return the most bytes that one check held at a time."""
    gc.collect()
    tracemalloc.start()
    try:
        run(options)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
