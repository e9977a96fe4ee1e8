"""One cause, one policy: which of all policies speaks of a fault that several could count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.policy.declared_estates import violations

if TYPE_CHECKING:
    from pathlib import Path

TWO_SITES = """
version: 1
sites:
  a: {region: west, perimeter: fw-a, coordinates: [51.5, -3.2]}
  b: {region: east, perimeter: fw-b, coordinates: [52.5, -1.2]}
links:
  ab: {between: [a, b], carrier: one}
  to-a: {to: a, carrier: two}
  to-b: {to: b, carrier: three}
consumers: {clinics: {kind: practice, access: {any-of: [to-a, to-b]}}}
components:
  fw-a: {role: firewall, site: a, units: 2}
  fw-b: {role: firewall, site: b, units: 2}
  switch-a: {role: network, site: a}
  switch-b: {role: network, site: b}
  app-a: {role: compute, site: a, requires: [switch-a]}
  app-b: {role: compute, site: b, requires: [switch-b]}
  app: {role: application, any-of: [app-a, app-b]}
domains:
  shared: {kind: KIND, faults: [FAULT], members: [MEMBERS]}
services: {record: {entry: app, consumers: [clinics], scope: national, tier: TIER, rto: 1h, rpo: 0s}}
"""


def speaking(directory: Path, kind: str, fault: str, members: str, tier: int = 2) -> set[str]:
    """Return which policies name the shared domain as a cause, where no other fault is one."""
    text = TWO_SITES.replace("KIND", kind).replace("FAULT", fault)
    text = text.replace("MEMBERS", members).replace("TIER", str(tier))
    found = violations(text, directory)
    return {policy for policy, cause in found if any("shared" in event for event in cause)}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ("fw-a, fw-b", {"redundant-firewalls"}),
        ("fw-a, fw-b, switch-a", {"redundant-firewalls"}),
        ("fw-a, switch-a, switch-b", {"no-common-cause"}),
        ("fw-a, switch-b", {"no-common-cause"}),
        ("fw-a, fw-b, switch-a, switch-b", {"redundant-firewalls"}),
        ("fw-a, switch-a", set()),
    ],
)
def test_a_bad_change_is_told_by_what_it_takes(members: str, expected: set[str], tmp_path: Path) -> None:
    assert speaking(tmp_path, "management-plane", "bad-change", members) == expected


@pytest.mark.parametrize("kind", ["power", "cooling", "cluster", "network", "supplier"])
@pytest.mark.parametrize(("tier", "expected"), [(1, {"no-single-point-of-failure"}), (2, {"no-common-cause"})])
def test_an_outage_across_sites_is_told_once(kind: str, tier: int, expected: set[str], tmp_path: Path) -> None:
    assert speaking(tmp_path, kind, "outage", "switch-a, app-b", tier) == expected


@pytest.mark.parametrize(("tier", "expected"), [(1, {"no-single-point-of-failure"}), (2, {"no-common-cause"})])
def test_a_supply_of_whole_sites_is_no_matter_of_links(tier: int, expected: set[str], tmp_path: Path) -> None:
    assert speaking(tmp_path, "power", "outage", "a, b", tier) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("power", {"diverse-access-paths"}), ("carrier", {"diverse-access-paths"})]
)
def test_what_is_lost_only_with_the_links_is_a_matter_of_links(kind: str, expected: set[str], tmp_path: Path) -> None:
    assert speaking(tmp_path, kind, "outage", "to-a, to-b") == expected


def test_what_one_site_shares_below_it_is_not_told_where_another_serves(tmp_path: Path) -> None:
    assert speaking(tmp_path, "power", "outage", "switch-a, fw-a") == {"independent-firewalls"}
    assert speaking(tmp_path, "power", "outage", "switch-a, app-a") == set()
