"""Families of minimal cut sets against plain bits over all fault sets, operator by operator."""

from __future__ import annotations

from itertools import combinations
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from resilience_checks.analysis.algebra import Algebra, FaultSets, TooManySets, at_least
from resilience_checks.analysis.bits import NEVER
from resilience_checks.analysis.bits import at as up_at
from resilience_checks.analysis.cut_families import EVERYTHING, NOTHING, CutFamilies, Family
from resilience_checks.analysis.steps import Steps, at, threshold

T = TypeVar("T")
EVENTS = "abcdefg"
Operation = tuple[str, int, tuple[int, ...]]

operations = st.lists(
    st.tuples(
        st.sampled_from(("any", "every", "at least")),
        st.integers(0, 4),
        st.lists(st.integers(0, 30), min_size=1, max_size=4).map(tuple),
    ),
    max_size=20,
)


def calculate(algebra: Algebra[T], steps: list[Operation]) -> list[T]:
    """Apply the operations to events and to earlier results."""
    pool = [*map(algebra.event, EVENTS), algebra.nothing, algebra.everything]
    for name, k, places in steps:
        items = [pool[place % len(pool)] for place in places]
        match name:
            case "any":
                pool.append(algebra.any(items))
            case "every":
                pool.append(algebra.every(items))
            case _:
                pool.append(at_least(algebra, k, items))
    return pool


@given(st.integers(1, 5), operations)
def test_families_say_what_bits_over_all_fault_sets_say(order: int, steps: list[Operation]) -> None:
    sets = [frozenset(some) for size in range(order + 1) for some in combinations(EVENTS, size)]
    algebra, plain = CutFamilies(order), FaultSets(sets)
    for found, bits in zip(calculate(algebra, steps), calculate(plain, steps), strict=True):
        members = [set(cut) for cut in algebra.named(found)]
        assert [bool(bits >> index & 1) for index in range(len(sets))] == [
            any(member <= events for member in members) for events in sets
        ]
        assert not any(one < other for one in members for other in members)
        assert [algebra.loses(found, events) for events in sets] == [bool(bits >> i & 1) for i in range(len(sets))]


@given(st.integers(2, 4), operations)
def test_a_lower_order_is_what_is_left_of_a_higher_one(order: int, steps: list[Operation]) -> None:
    high = CutFamilies(order)
    low = high.limited(order - 1)
    for one, other in zip(calculate(high, steps), calculate(low, steps), strict=True):
        assert low.restricted(one) == other


def test_a_family_that_would_get_too_large_is_refused_before_it_is_built() -> None:
    algebra = CutFamilies(3, max_sets=10)
    left, right = (algebra.any([algebra.event(f"{side}{number}") for number in range(4)]) for side in "lr")
    with pytest.raises(TooManySets) as refused:
        algebra.every([left, right])
    assert refused.value.finished == 1
    assert algebra.interned.sets == []
    assert algebra.limited(1).every([left, right]) == NOTHING


def test_the_only_families_with_nothing_to_tell_are_nothing_and_everything() -> None:
    algebra = CutFamilies(2)
    assert algebra.any([]) is NOTHING
    assert algebra.every([]) is EVERYTHING
    assert (algebra.named(NOTHING), algebra.named(EVERYTHING)) == ((), ((),))
    assert NOTHING != EVERYTHING


def test_many_families_with_no_event_in_common_are_never_lost_together() -> None:
    algebra = CutFamilies(3)
    groups = [algebra.any([algebra.event(f"{group}.{number}") for number in range(500)]) for group in range(4)]
    assert algebra.every(groups) == NOTHING
    assert algebra.interned.sets == []
    shared = algebra.event("shared")
    assert algebra.named(algebra.every([algebra.any([group, shared]) for group in groups])) == (("shared",),)


def lost_by(algebra: CutFamilies, *sets: str) -> Family:
    """Return the family of these sets of events that are letters."""
    return algebra.any([algebra.every([algebra.event(event) for event in events]) for events in sets])


def test_common_to_families_are_only_the_sets_that_are_members_of_each() -> None:
    algebra = CutFamilies(3)
    one, other = lost_by(algebra, "a", "bc", "def", "gh"), lost_by(algebra, "a", "b", "def", "gh", "ij")
    found = algebra.common([one, other])
    assert algebra.named(found) == (("a",), ("g", "h"), ("d", "e", "f"))
    assert algebra.among(found, BitMap([algebra.interned.event(event) for event in "agh"])) == lost_by(
        algebra, "a", "gh"
    )
    assert algebra.common([one, lost_by(algebra, "a", "ij")]) == algebra.event("a")
    assert algebra.common([one, EVERYTHING]) is NOTHING


@pytest.mark.parametrize(
    ("order", "one", "other", "both"),
    [
        (3, ["acd"], ["c", "de"], ["acd"]),
        (3, ["bd", "cde"], ["e", "ab"], ["abd", "bde", "cde"]),
        (4, ["ab", "cd"], ["ac", "be", "dfg"], ["abc", "abe", "acd", "bcde", "cdfg"]),
    ],
    ids=["a set that holds one of the other", "one that does and one that does not", "several sizes"],
)
def test_lost_together_are_the_smallest_unions_of_every_size(
    order: int, one: list[str], other: list[str], both: list[str]
) -> None:
    algebra = CutFamilies(order)
    found = algebra.every([lost_by(algebra, *one), lost_by(algebra, *other)])
    assert algebra.named(found) == tuple(map(tuple, both))


def test_fewer_than_two_of_three_depends_on_when_each_is_up() -> None:
    sets = FaultSets([["a"], ["b"], ["c"]])
    values: list[Steps[int]] = [((0.0, sets.event("a")),), ((0.0, sets.event("b")),), ((5.0, sets.event("c")),)]
    found = threshold(sets, 2, values)
    assert [at(sets, found, seconds) for seconds in (0, 4, 5)] == [0b011, 0b011, 0b000]


def test_a_value_is_up_in_a_fault_set_from_its_seconds_on() -> None:
    value = ((5.0, 0b01), (30.0, 0b11))
    assert [up_at(value, seconds) for seconds in (0, 4.9, 5, 29.9, 30, 1e9)] == [0, 0, 0b01, 0b01, 0b11, 0b11]
    assert up_at(NEVER, 1e9) == 0
