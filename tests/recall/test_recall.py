"""A seeded sample of the edits of sound stacks, and the truth about them by an evaluation of its own."""

from __future__ import annotations

import random
from operator import attrgetter
from typing import TYPE_CHECKING

import pytest

from benchmarks.recall.harm import LOST, asked_of, harms
from benchmarks.recall.line import listen
from benchmarks.recall.trial import SOUND_EDITS, WEAKER, places, stack, tried
from benchmarks.recall.variants import SOUND, Variant
from resilience_checks.policy import pack
from tests.properties.completions import World
from tests.properties.oracle import lost

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.recall.variants import Operator

SEED = 7
CHANCE = random.Random(SEED)
SAMPLE = 6
"""How many operators of each kind, each at one place; all places of all operators are tried by `python -m benchmarks.recall`."""


def test_there_are_twenty_operators_of_each_kind_and_a_third_edits_source() -> None:
    for operators in (WEAKER, SOUND_EDITS):
        assert len(operators) >= 20
        assert len({operator.name for operator in operators}) == len(operators)
        assert sum(operator.means == "source" for operator in operators) >= len(operators) / 3


def test_every_operator_has_a_place_in_some_sound_stack() -> None:
    found = {operator for operator, _, _ in places([*WEAKER, *SOUND_EDITS])}
    assert {operator.name for operator in (*WEAKER, *SOUND_EDITS)} - found == set()


def test_only_edits_that_weaken_may_be_spoken_of_and_by_policies_that_there_are() -> None:
    there = {policy.id for policy in pack.load().policies}
    assert all(operator.accepted & there for operator in WEAKER)
    assert not any(operator.accepted for operator in SOUND_EDITS)


@pytest.mark.parametrize("operator", CHANCE.sample(WEAKER, SAMPLE), ids=attrgetter("name"))
def test_what_weakens_is_caught_and_nothing_else_is_said(operator: Operator) -> None:
    [place] = places([operator], 1, SEED)
    one = tried(place)
    assert (one.failure, one.caught, one.unrelated) == ("", one.weaker, frozenset())


@pytest.mark.parametrize("operator", CHANCE.sample(SOUND_EDITS, SAMPLE), ids=attrgetter("name"))
def test_nothing_is_said_of_an_edit_that_keeps_a_stack_sound(operator: Operator) -> None:
    [place] = places([operator], 1, SEED)
    one = tried(place)
    assert (one.failure, one.worse, one.said) == ("", frozenset(), frozenset())


@pytest.mark.parametrize("name", SOUND)
def test_the_truth_of_an_edit_is_that_of_the_oracle(name: str, tmp_path: Path) -> None:
    heard = listen(Variant(stack(name), ""), tmp_path)
    found = harms(heard.estate, heard.declared)
    world = World(heard.estate)
    for service in list(heard.estate.services)[:2]:
        for event in asked_of(heard.estate, service)[::9]:
            expected = lost(world, [event], service, LOST.horizon, within_rpo=LOST.within_rpo)
            assert (("lost", service, event) in found) == expected, (service, event)
