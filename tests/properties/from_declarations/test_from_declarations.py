"""Random documents: the project and an oracle written from the definitions alone say the same of every fault set."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from resilience_checks.analysis.answers import answer, cut_sets
from resilience_checks.analysis.cut_sets.portfolio import minimal_cut_sets
from resilience_checks.analysis.fates import Survey
from resilience_checks.analysis.lowering import fault_trees
from resilience_checks.analysis.open_psa.reader import read
from resilience_checks.analysis.open_psa.writer import written
from resilience_checks.model.question import FaultKind, Holds, Horizon, Question
from tests.properties.from_declarations import project, world
from tests.properties.from_declarations.documents import documents
from tests.properties.from_declarations.oracle import Evaluation, outcomes

if TYPE_CHECKING:
    import random

    from resilience_checks.analysis.open_psa.writer import File
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
    estate = project.estate(doc)
    found = {service: sorted(cuts.sure) for service, cuts in cut_sets(estate, question).items()}
    file = written(fault_trees(estate, None, horizon, pessimistic=False), "estate")
    believed = outcomes(doc, sets, instant=horizon is Horizon.INSTANT)
    smallest = {
        service: _smallest([chosen for chosen, answer in zip(sets, answers, strict=True) if answer == "no"])
        for service, answers in believed.items()
    }
    assert (found, {service: exported(file, service) for service in smallest}) == (smallest, smallest)


def exported(file: File, service: str) -> list[tuple[str, ...]]:
    """Return the cut sets of a service as another reader of the exported file finds them."""
    events = {name: event for event, name in file.events.items()}
    named = read(file.text.encode(), "estate.xml", file.tops[service])
    [found] = minimal_cut_sets(named.tree, [named.top], ORDER)
    return sorted(
        tuple(sorted(events[named.events[event]] for event in each)) for of_order in found.by_order for each in of_order
    )


def _smallest(sets: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    kept: list[frozenset[str]] = []
    for chosen in sets:
        if not any(other <= set(chosen) for other in kept):
            kept.append(frozenset(chosen))
    return sorted(tuple(sorted(chosen)) for chosen in kept)


SURE = ("device", "link", "site", "carrier", "management-plane", "power")
HOLDS = {"no": Holds.NO, "yes": Holds.YES, "unknown": Holds.UNKNOWN}


def counted(doc: Doc, kinds: tuple[str, ...]) -> list[str]:
    """Return the events of these kinds that hit something in every completion."""
    every = [world.events(doc, completion) for completion in world.completions(doc, well=True)]
    return [
        event for event in every[0] if event.partition(":")[0] in kinds and all(found.get(event) for found in every)
    ]


@settings(max_examples=FEW)
@given(documents(), st.sampled_from(Horizon), st.booleans(), st.sets(st.sampled_from(SURE), min_size=1, max_size=3))
def test_a_question_is_answered_as_by_asking_about_every_fault_set(
    doc: Doc, horizon: Horizon, within_rpo: bool, kinds: set[str]
) -> None:
    asked = tuple(sorted(kinds))
    events = counted(doc, asked)
    sets = [chosen for size in range(ORDER) for chosen in itertools.combinations(events, size + 1)]
    question = Question("q", tuple(FaultKind), asked, order=ORDER, horizon=horizon, within_rpo=within_rpo)
    statements = answer(project.estate(doc), [question]).statements
    believed = outcomes(doc, [NOTHING, *sets], instant=horizon is Horizon.INSTANT, within_rpo=within_rpo)
    wanted = {}
    for service, (rest, *answers) in believed.items():
        if rest != "no" and answers:
            found = "no" if "no" in answers else "unknown" if {rest, *answers} != {"yes"} else "yes"
            wanted[service] = HOLDS[found]
    assert {each.service: each.holds for each in statements if each.service in wanted} == wanted
    assert {each.service for each in statements if each.error is not None} == {
        service for service, (rest, *_) in believed.items() if rest == "no"
    }


@settings(max_examples=FEW)
@given(documents(), st.sampled_from(Horizon))
def test_no_answer_about_regions_contradicts_a_completion(doc: Doc, horizon: Horizon) -> None:
    question = Question("region", (FaultKind.OUTAGE,), ("region",), horizon=horizon)
    statements = {each.service: each for each in answer(project.estate(doc), [question]).statements}
    for well in (True, False):
        for completion in world.completions(doc, well=well):
            sets = [(event,) for event in world.events(doc, completion) if event.startswith("region:")]
            seen = Evaluation(doc, completion, sets, instant=horizon is Horizon.INSTANT, within_rpo=False)
            lost = {service for service in doc["services"] if seen.outcome(service)[0]}
            wrong = Holds.YES if not well else Holds.NO
            assert [
                service
                for service, each in statements.items()
                if each.holds is wrong and each.error is None and (service in lost) is (wrong is Holds.YES)
            ] == []
