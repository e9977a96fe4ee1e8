"""Zones by reference: a group stands in the zones of its subnets, and no answer is surer than these are."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.analysis.answers import answer
from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.question import FaultKind, Holds, Horizon, Question
from resilience_checks.model.values import LookupAnswer, Unknown
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.estate import Service
from resilience_checks.topology.estate_builder import build
from resilience_checks.topology.gates import Up
from tests.catalogue.programs import LATER
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.topology.estate import Estate

CATALOGUE = Catalogue()
ZONE = Question("zone", (FaultKind.OUTAGE,), ("zone",), horizon=Horizon.RTO, within_rpo=True)
ZONES = ("eu-west-2a", "eu-west-2b", "eu-west-2c")


def group(zones: Sequence[Any], **inputs: Any) -> Estate:
    """Return a group of machines over subnets in these zones; None is one that AWS chooses."""
    program = Program()
    refers: dict[str, str] = {}
    lookup = program.lookup("aws:index/getAvailabilityZones:getAvailabilityZones", "zones")
    for number, zone in enumerate(zones):
        value = LookupAnswer(lookup, f"names[{zone}]") if isinstance(zone, int) else zone
        own: Mapping[str, Any] = {"region": "eu-west-2"} | ({} if zone is None else {"availabilityZone": value})
        refers[f"vpcZoneIdentifiers[{number}]"] = program.add("aws:ec2/subnet:Subnet", f"s{number}", own)
    given_ = {"region": "eu-west-2", "name": "app", "vpcZoneIdentifiers": [LATER for _ in zones], **inputs}
    program.add("aws:autoscaling/group:Group", "app", given_, refers=refers)
    return build([program.graph()], Declarations.empty(), CATALOGUE)


def outlives_a_zone(zones: Sequence[Any], **inputs: Any) -> Holds:
    estate = group(zones, **inputs)
    found = {statement.service: statement.holds for statement in answer(serving(estate), [ZONE]).statements}
    return found["app"]


def serving(estate: Estate) -> Estate:
    """Return the estate with a service that the group is."""
    return replace(estate, services={"app": Service("app", Up("app"), rto=600.0, rpo=60.0)})


@given(st.lists(st.sampled_from([*ZONES, None]), min_size=1, max_size=4), st.integers(1, 4))
def test_no_answer_is_surer_than_the_zones_are(zones: list[str | None], instances: int) -> None:
    completions = [len(set(chosen)) for chosen in product(*[[zone] if zone is not None else ZONES for zone in zones])]
    found = outlives_a_zone(zones, minSize=instances)
    if found is Holds.YES:
        assert instances > 1
        assert min(completions) > 1
    if found is Holds.NO:
        assert max(completions) == 1
    if None not in zones:
        several = len(set(zones)) > 1
        assert found is ((Holds.YES if instances > 1 else Holds.UNKNOWN) if several else Holds.NO)


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        ([0, 1], Holds.YES),
        ([0, 0], Holds.NO),
        ([0, ZONES[0]], Holds.UNKNOWN),  # the first zone of the answer may be the one with the name
    ],
)
def test_places_in_the_answer_of_a_lookup_are_zones(zones: list[Any], expected: Holds) -> None:
    assert outlives_a_zone(zones, minSize=2) is expected


def test_how_many_instances_there_are_may_be_unknown() -> None:
    assert outlives_a_zone(ZONES, minSize=Unknown("later")) is Holds.UNKNOWN


def test_two_instances_over_three_zones_outlive_one_zone_and_perhaps_two() -> None:
    twice = Question("zones", (FaultKind.OUTAGE,), ("zone",), order=2)
    found = answer(serving(group(ZONES, minSize=2)), [ZONE, twice]).statements
    assert [statement.holds for statement in found] == [Holds.YES, Holds.UNKNOWN]
