"""Distances of the sites over which services are redundant."""

from __future__ import annotations

from math import acos, cos, radians, sin
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.analysis.distances import SiteSet, great_circle, redundancy
from tests.policy.declared_estates import estate

if TYPE_CHECKING:
    from pathlib import Path

PLACES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
THREE = """
version: 1
sites:
  a: {region: r, perimeter: none, coordinates: [51.50, -0.12], hazards: [flood]}
  b: {region: r, perimeter: none, coordinates: [51.51, -0.12], hazards: [flood]}
  c: {region: r, perimeter: none}
links: {ab: {between: [a, b]}, bc: {between: [b, c]}, ac: {between: [a, c]}}
components:
  app-a: {role: application, site: a}
  app-b: {role: application, site: b}
  app-c: {role: application, site: c}
  both: {role: application, any-of: [app-a, app-b]}
  all: {role: application, any-of: [app-a, app-b, app-c]}
services:
  one: {entry: app-a, scope: national, rto: 1h, rpo: 0s}
  two: {entry: both, scope: national, rto: 1h, rpo: 0s}
  three: {entry: all, scope: national, rto: 1h, rpo: 0s}
"""


@given(PLACES, PLACES)
def test_the_great_circle_is_that_of_the_law_of_cosines(one: tuple[float, float], other: tuple[float, float]) -> None:
    (north, east), (to_north, to_east) = ((radians(a), radians(b)) for a, b in (one, other))
    inner = sin(north) * sin(to_north) + cos(north) * cos(to_north) * cos(to_east - east)
    assert great_circle(one, other) == pytest.approx(6371.0088 * acos(max(-1.0, min(1.0, inner))), abs=0.2)
    assert great_circle(one, other) == pytest.approx(great_circle(other, one))


def test_only_sites_that_lose_a_service_together_are_a_set(tmp_path: Path) -> None:
    found = redundancy(estate(THREE, tmp_path))
    km = great_circle((51.50, -0.12), (51.51, -0.12))
    assert found.sets == (
        SiteSet(("site:a", "site:b"), km, (), ("hazard:flood", "region:r"), {"two": True}),
        SiteSet(("site:a", "site:b", "site:c"), km, ("c",), ("region:r",), {"three": True}),
    )
    assert found.unfinished == ()
