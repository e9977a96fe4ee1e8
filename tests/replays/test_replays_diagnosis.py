"""Blind diagnosis: what was lost is told, and the reported area must be among the smallest explanations.

Which explanation comes first is decided by the number of faults and by stated classes of likelihood alone: no name,
no order of declaration and no expectation of ours has a say in it.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.diagnosis import Diagnosis, Observed, diagnose
from resilience_checks.check import Options, graphs
from resilience_checks.estates import estates
from resilience_checks.model.likelihood import rank
from resilience_checks.sources.opening import Fixed
from tests.end_to_end.editing import ROOT, STACKS, copy
from tests.plugins.shared import once
from tests.replays.estates import estate
from tests.replays.shapes import CLINICAL, MANCHESTER, SHAPES, STAYED, WALES, Shape, neutral, rename, rename_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from resilience_checks.topology.estate import Estate

Built = tuple[Shape, "Estate"]
Ranked = dict[frozenset[str], tuple[int, int]]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Built]:
    """Build each shape once."""

    def of(name: str) -> Estate:
        root = tmp_path_factory.mktemp("shape")
        return estate(copy(SHAPES[name].stack, root, *SHAPES[name].edits), root)

    @cache
    def made(name: str) -> Built:
        return SHAPES[name], once(lambda: of(name), "shape", name)

    return made


@pytest.fixture(scope="module")
def diagnosed(build: Callable[[str], Built]) -> Callable[[str], Diagnosis]:
    """Diagnose each shape once."""

    @cache
    def made(name: str) -> Diagnosis:
        shape, found = build(name)
        return once(lambda: diagnose(found, seen(shape)), "diagnosis of a shape", name)

    return made


def seen(shape: Shape) -> Observed:
    return Observed(shape.down, shape.up)


def ranked(found: Diagnosis, words: Mapping[str, str] | None = None) -> Ranked:
    """Return the place of each explanation, and with how many others it shares it."""
    return {
        frozenset(rename(event, words or {}) for event in item.events): (item.place, item.tied)
        for item in found.explanations
    }


def roles(found: Estate, event: str) -> set[str]:
    """Return what a fault hits."""
    domain = found.domains[event.rpartition("/")[0]]
    return {found.parts[member.part].role for member in domain.members}


def in_area(found: Estate, shape: Shape, events: frozenset[str]) -> bool:
    return all(roles(found, event) <= shape.area for event in events)


@pytest.mark.parametrize("name", SHAPES)
def test_the_reported_area_is_among_the_smallest_explanations(
    name: str, build: Callable[[str], Built], diagnosed: Callable[[str], Diagnosis]
) -> None:
    shape, found = build(name)
    places = ranked(diagnosed(name))
    reported = [events for events in places if in_area(found, shape, events)]
    assert reported
    assert min(map(len, reported)) == shape.faults


@pytest.mark.parametrize("name", SHAPES)
def test_rivals_stand_beside_it(
    name: str, build: Callable[[str], Built], diagnosed: Callable[[str], Diagnosis]
) -> None:
    shape, found = build(name)
    places = ranked(diagnosed(name))
    rivals = [events for events in places if not any(roles(found, event) <= shape.area for event in events)]
    assert rivals


@pytest.mark.parametrize("name", SHAPES)
def test_the_ranking_is_that_of_number_and_class_alone(
    name: str, build: Callable[[str], Built], diagnosed: Callable[[str], Diagnosis]
) -> None:
    _, found = build(name)
    places = ranked(diagnosed(name))
    weights = {events: rank(found.likelihood(event).likelihood for event in events) for events in places}
    for events, weight in weights.items():
        before = sum(other < weight for other in weights.values())
        assert places[events] == (before + 1, sum(other == weight for other in weights.values()) - 1)


@pytest.mark.parametrize("name", SHAPES)
def test_names_that_say_nothing_change_no_place(
    name: str, build: Callable[[str], Built], diagnosed: Callable[[str], Diagnosis], tmp_path: Path
) -> None:
    shape, _ = build(name)
    words = neutral(shape.stack)
    directory = copy(shape.stack, tmp_path, *shape.edits)
    rename_all(directory, words)
    other = estate(directory, tmp_path)
    said = Observed(*(tuple(rename(service, words) for service in names) for names in (shape.down, shape.up)))
    before = ranked(diagnosed(name), words)
    assert ranked(diagnose(other, said)) == before
    assert set(said.down).isdisjoint(shape.down)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", ["Wales: one change made twice", "Manchester: one fabric over both campuses"])
def test_the_order_in_which_anything_is_declared_changes_no_place(
    name: str, seed: int, build: Callable[[str], Built], diagnosed: Callable[[str], Diagnosis]
) -> None:
    shape, found = build(name)
    shuffled = _shuffled(found, random.Random(seed))
    said = Observed(tuple(reversed(shape.down)), tuple(reversed(shape.up)))
    assert ranked(diagnose(shuffled, said)) == ranked(diagnosed(name))


def _shuffled(found: Estate, chance: random.Random) -> Estate:
    def mixed(items: Mapping[str, object]) -> dict[str, object]:
        return dict(chance.sample(list(items.items()), len(items)))

    names = ("parts", "domains", "services", "sites", "links", "consumers", "facts")
    return replace(found, **{name: mixed(getattr(found, name)) for name in names})  # type: ignore[arg-type]


PARTS_OF_IT = {
    "Wales: the systems with the database alone": (
        "Wales: one manager that pushed to two pairs",
        Observed(CLINICAL, tuple(name for name in WALES if name not in CLINICAL)),
    ),
    "Manchester: one system alone": (
        "Manchester: one fabric over both campuses",
        Observed(("imaging",), (*(name for name in MANCHESTER if name != "imaging"), *STAYED)),
    ),
}


@pytest.mark.parametrize("name", PARTS_OF_IT)
def test_where_only_part_is_lost_the_reported_area_does_not_explain_it(
    name: str, build: Callable[[str], Built]
) -> None:
    built, observed = PARTS_OF_IT[name]
    shape, found = build(built)
    explanations = ranked(diagnose(found, observed))
    assert explanations
    assert not [events for events in explanations if in_area(found, shape, events)]


STATED = {
    "frequent": (1, 0),
    "occasional": (1, 1),
    "rare": (2, 1),
    "very-rare": (3, 0),
}
"""By its class, the manager's place among its rivals, one occasional and one rare, and with how many it shares it."""


@pytest.mark.parametrize("stated", STATED)
def test_a_declared_class_and_nothing_else_moves_the_reported_area(stated: str, tmp_path: Path) -> None:
    stack = STACKS / "nhs-wales-2018"
    (graph,) = once(lambda: list(graphs(Options((stack,), ROOT))), "graphs", stack.name)
    declared = tmp_path / "resilience.yaml"
    said = f'likelihood: {{"management-plane:*": {stated}}}\n'
    declared.write_text((stack / "resilience.yaml").read_text(encoding="utf-8") + said, encoding="utf-8")
    (built,) = estates(Options((), ROOT, config=declared), ready=[Fixed(graph, ROOT)])
    places = ranked(diagnose(built.estate, Observed(WALES)))
    assert places[frozenset({"management-plane:fmg.wales.example/bad-change"})] == STATED[stated]
