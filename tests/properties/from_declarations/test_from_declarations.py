"""Random documents: the project and an oracle written from the definitions alone say the same of every fault set."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from resilience_checks.analysis.answers import cut_sets
from resilience_checks.analysis.fates import Survey
from resilience_checks.model.question import FaultKind, Horizon, Question
from tests.properties.from_declarations import project, world
from tests.properties.from_declarations.documents import documents
from tests.properties.from_declarations.oracle import outcomes

if TYPE_CHECKING:
    import random

    from tests.properties.from_declarations.world import Doc

FEW = 25 if os.environ.get("HYPOTHESIS_PROFILE") is None else settings().max_examples
SETS = 60
ORDER = 2 if os.environ.get("HYPOTHESIS_PROFILE") is None else 3
KINDS = ("device", "link", "site", "region", "carrier", "management-plane", "power")
RANDOM = st.randoms(use_true_random=False)
NOTHING: tuple[str, ...] = ()


def fault_sets(doc: Doc, rng: random.Random) -> list[tuple[str, ...]]:
    """Return no fault, every single one, and some that happen together; none of a place that nobody named."""
    every = sorted(
        event
        for event, things in world.events(doc, next(world.completions(doc, well=True))).items()
        if things and "unknown place" not in event
    )
    together = [tuple(rng.sample(every, rng.choice((2, 2, 3)))) for _ in range(SETS) if len(every) > 2]
    return [NOTHING, *((event,) for event in every), *together]


def judged(doc: Doc, sets: list[tuple[str, ...]], horizon: Horizon, *, within_rpo: bool) -> dict[str, list[str]]:
    survey = Survey(project.estate(doc), sets, within_rpo=within_rpo)
    found = {}
    for service in doc["services"]:
        fates = survey.fates(service, horizon)
        lost, survived = fates.lost >> 1, fates.survived >> 1
        found[service] = [
            "no" if lost >> number & 1 else "yes" if survived >> number & 1 else "unknown"
            for number in range(len(sets))
        ]
    return found


def told(doc: Doc, sets: list[tuple[str, ...]], outcome: dict[str, list[str]]) -> list[str]:
    return [
        f"{service} {sets[number]}: {answer}"
        for service in doc["services"]
        for number, answer in enumerate(outcome[service])
    ]


@settings(max_examples=FEW)
@given(documents(unknowns=False), st.sampled_from(Horizon), st.booleans(), RANDOM)
def test_what_is_lost_is_what_the_definitions_say(
    doc: Doc, horizon: Horizon, within_rpo: bool, rng: random.Random
) -> None:
    sets = fault_sets(doc, rng)
    believed = outcomes(doc, sets, instant=horizon is Horizon.INSTANT, within_rpo=within_rpo)
    assert told(doc, sets, judged(doc, sets, horizon, within_rpo=within_rpo)) == told(doc, sets, believed)


@settings(max_examples=FEW)
@given(documents(), st.sampled_from(Horizon), st.booleans(), RANDOM)
def test_what_is_not_known_is_lost_or_kept_only_where_every_completion_agrees(
    doc: Doc, horizon: Horizon, within_rpo: bool, rng: random.Random
) -> None:
    sets = fault_sets(doc, rng)
    believed = outcomes(doc, sets, instant=horizon is Horizon.INSTANT, within_rpo=within_rpo)
    assert told(doc, sets, judged(doc, sets, horizon, within_rpo=within_rpo)) == told(doc, sets, believed)


@settings(max_examples=FEW)
@given(documents())
def test_every_fault_of_the_document_is_an_event_of_the_estate(doc: Doc) -> None:
    least: dict[str, frozenset[str]] = {}
    for completion in world.completions(doc, well=True):
        for event, things in world.events(doc, completion).items():
            least[event] = least.get(event, things) & things
    known = {event for event, things in least.items() if things}
    found = project.events(project.estate(doc))
    assert (known - found, {event for event in found - set(least) if "unknown" not in event}) == (set(), set())


@settings(max_examples=FEW)
@given(documents(unknowns=False), st.sampled_from(Horizon))
def test_the_cut_sets_are_the_smallest_sets_that_lose_the_service(doc: Doc, horizon: Horizon) -> None:
    every = [event for event, things in world.events(doc, next(world.completions(doc, well=True))).items() if things]
    sets = [tuple(sorted(chosen)) for size in range(ORDER + 1) for chosen in itertools.combinations(every, size)]
    question = Question("cuts", tuple(FaultKind), KINDS, order=ORDER, horizon=horizon)
    found = {service: cuts.sure for service, cuts in cut_sets(project.estate(doc), question).items()}
    believed = outcomes(doc, sets, instant=horizon is Horizon.INSTANT)
    smallest = {
        service: _smallest([chosen for chosen, answer in zip(sets, answers, strict=True) if answer == "no"])
        for service, answers in believed.items()
    }
    assert {service: sorted(cuts) for service, cuts in found.items()} == smallest


def _smallest(sets: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    kept: list[frozenset[str]] = []
    for chosen in sets:
        if not any(other <= set(chosen) for other in kept):
            kept.append(frozenset(chosen))
    return sorted(tuple(sorted(chosen)) for chosen in kept)
