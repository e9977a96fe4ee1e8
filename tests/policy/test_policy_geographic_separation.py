"""geographic-separation over declared estates, from resilience.yaml to results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.policy.declared_estates import results, told

if TYPE_CHECKING:
    from pathlib import Path

PAIR = """
version: 1
sites:
  a: {region: r, perimeter: none, A}
  b: {region: r, perimeter: none, B}
links: {ab: {between: [a, b]}}
components:
  app-a: {role: application, site: a}
  app-b: {role: application, site: b}
  app: {role: application, any-of: [app-a, app-b]}
services: {record: {entry: app, scope: national, rto: 1h, rpo: 0s}}
"""
GUYS, THOMAS, SLOUGH = "[51.5033, -0.0870]", "[51.4988, -0.1187]", "[51.5230, -0.6230]"
NEAR = "Sites a and b are 2.25 km apart, less than 5 km: what takes them together loses record"


def pair(at_a: str, at_b: str) -> str:
    return PAIR.replace("none, A}", f"none, {at_a}}}").replace("none, B}", f"none, {at_b}}}")


@pytest.mark.parametrize(
    ("at_a", "at_b", "expected"),
    [
        (f"coordinates: {GUYS}", f"coordinates: {THOMAS}", ("violation", "site:a + site:b", NEAR)),
        (
            f"coordinates: {GUYS}, hazards: [heat]",
            f"coordinates: {THOMAS}, hazards: [heat]",
            ("violation", "hazard:heat", "One outage of hazard heat loses record"),
        ),
        (
            f"coordinates: {GUYS}, hazards: [heat]",
            f"coordinates: {SLOUGH}, hazards: [heat]",
            ("violation", "hazard:heat", "One outage of hazard heat loses record"),
        ),
        ("campus: one", "campus: one", ("violation", "campus:one", "One outage of campus one loses record")),
        (
            f"coordinates: {GUYS}, campus: one",
            f"coordinates: {SLOUGH}, campus: two",
            ("pass", "record", "the sites over which record is redundant are separated"),
        ),
        (
            f"coordinates: {GUYS}",
            f"coordinates: {SLOUGH}",
            ("pass", "record", "the sites over which record is redundant are separated"),
        ),
        (
            f"coordinates: {GUYS}",
            "campus: two",
            ("unknown", "record", "how far apart the sites of record are is not known: a and b"),
        ),
    ],
)
def test_what_it_says_of_two_sites(at_a: str, at_b: str, expected: tuple[str, str, str], tmp_path: Path) -> None:
    assert told(results("geographic-separation", pair(at_a, at_b), tmp_path)) == [expected]


def test_a_violation_is_at_the_lines_of_both_sites(tmp_path: Path) -> None:
    [found] = results("geographic-separation", pair(f"coordinates: {GUYS}", f"coordinates: {THOMAS}"), tmp_path)
    assert found.location is not None
    assert (found.location.path, found.location.line) == ("resilience.yaml", 4)
    assert [related.location.line for related in found.related] == [5, 11]
    assert found.evidence["km"] == 2.25


def test_a_site_that_loses_the_service_alone_is_not_its_business(tmp_path: Path) -> None:
    text = pair("hazards: [flood]", "hazards: [flood]").replace("entry: app,", "entry: app-a,")
    assert told(results("geographic-separation", text, tmp_path)) == [
        ("not_applicable", "record", "record is lost with one site alone: it is redundant over no others")
    ]


def test_the_distance_is_a_parameter(tmp_path: Path) -> None:
    text = pair(f"coordinates: {GUYS}", f"coordinates: {THOMAS}")
    text += "policies: {geographic-separation: {parameters: {minimum_km: 2}}}\n"
    assert [outcome for outcome, _, _ in told(results("geographic-separation", text, tmp_path))] == ["pass"]
