"""Demand on members that services share, each estate declared part by part."""

from __future__ import annotations

from dataclasses import replace

from resilience_checks.analysis.capacity import Enough, Headroom, Stage, headrooms
from resilience_checks.analysis.shortfalls import Shortfalls, shortfalls
from resilience_checks.topology.estate import Carrier, Demand, Estate, Fact, Service
from resilience_checks.topology.gates import NEVER, All, AnyOf, AtLeast, Case, Gate
from tests.analysis.test_analysis_fates import fact, says
from tests.analysis.test_analysis_semantics import device, part, path

HUNDRED = Demand("rps", 100, "100")


def estate(carries: dict[str, float], facts: tuple[Fact, ...] = (), **services: Gate) -> Estate:
    """Return an estate of parts that carry so much, and of services that are asked for a hundred each."""
    return Estate(
        {name: part(name) for name in carries},
        {f"device:{name}": device(name) for name in carries},
        {name: Service(name, entry, peak=(HUNDRED,)) for name, entry in services.items()},
        carriers={name: Carrier({"rps": amount}, says(f"{name} carries")) for name, amount in carries.items()},
        facts={one.id: one for one in facts},
    )


def either(one: str, other: str) -> Gate:
    return AnyOf((path(one), path(other)))


def stage(name: str, carries: float, part_: str, **asked: float) -> Stage:
    return Stage(name, carries, asked, (part_,), (says(f"{part_} carries"),))


def test_three_pairs_of_three_members_are_short_where_no_pair_is() -> None:
    """Each pair carries 160 of the 100 that are asked of it alone; all three together carry 240 of 300."""
    found = estate(dict.fromkeys("abc", 80), one=either("a", "b"), two=either("b", "c"), three=either("a", "c"))
    tight = [
        ("one", stage("a", 80, "a", one=50.0, three=50.0)),
        ("two", stage("b", 80, "b", one=50.0, two=50.0)),
        ("three", stage("a", 80, "a", one=50.0, three=50.0)),
    ]
    assert headrooms(found, [()]) == tuple(Headroom(name, (), HUNDRED, Enough.SHORT, at) for name, at in tight)


def test_demand_that_fits_at_worst_is_carried_though_a_plain_spread_at_best_would_not_fit() -> None:
    """Where one may also go by a, half of it goes there, and a is another service's alone: all of it fits on b."""
    perhaps = Case("way", {"x": path("a"), "y": NEVER})
    found = estate({"a": 100, "b": 100}, (fact("way"),), one=AnyOf((path("b"), perhaps)), two=path("a"))
    [one, two] = headrooms(found, [()])
    weakest = Stage("one", 100, {"one": 100.0}, ("b",), (says("b carries"),), (1, 2))
    assert one == Headroom("one", (), HUNDRED, Enough.ENOUGH, weakest)
    assert two == Headroom("two", (), HUNDRED, Enough.ENOUGH, stage("a", 100, "a", two=100.0))


def test_a_request_does_not_pass_what_none_of_is_needed() -> None:
    found = estate({"a": 50, "b": 100}, one=All((AtLeast(0, (path("a"),)), path("b"))))
    assert headrooms(found, [()]) == (Headroom("one", (), HUNDRED, Enough.ENOUGH, stage("b", 100, "b", one=100.0)),)


def test_what_nothing_limits_is_enough_with_no_weakest_stage_and_what_is_lost_is_told_as_that() -> None:
    found = replace(estate({"a": 100}, one=path("a")), carriers={})
    lost = ("device:a/outage",)
    assert headrooms(found, [(), lost]) == (
        Headroom("one", (), HUNDRED, Enough.ENOUGH),
        Headroom("one", lost, HUNDRED, Enough.LOST),
    )


def test_every_loss_is_looked_at_and_that_all_were_is_said() -> None:
    found = estate({"a": 100, "b": 90}, one=either("a", "b"))
    weakest = Stage("one", 90, {"one": 100.0}, ("b",), (says("b carries"),), (1, 2))
    short = Headroom("one", ("device:a/outage",), HUNDRED, Enough.SHORT, weakest)
    assert shortfalls(found) == Shortfalls((short,), 3, complete=True)
    assert shortfalls(found, until=0.0) == Shortfalls((), 3, complete=False)
