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


ONE_SITE = """
version: 1
sites: {a: {region: west, perimeter: fw}}
links: {to-a: {to: a, carrier: two}}
consumers: {clinics: {kind: practice, access: {any-of: [to-a]}}}
components:
  fw: {role: firewall, site: a, units: UNITS}
  app: {role: compute, site: a}
services: {record: {entry: app, consumers: [clinics], scope: SCOPE, tier: 1, rto: 1h, rpo: 0s}}
"""


def causes(directory: Path, scope: str, units: int = 1) -> dict[tuple[str, ...], set[str]]:
    """Return which of the policies about places and single faults name each cause."""
    text = ONE_SITE.replace("SCOPE", scope).replace("UNITS", str(units))
    about = {
        "cross-site-failover",
        "no-single-region-national-service",
        "no-single-point-of-failure",
        "redundant-firewalls",
        "diverse-access-paths",
        "no-common-cause",
    }
    found: dict[tuple[str, ...], set[str]] = {}
    for policy, cause in violations(text, directory):
        if policy in about:
            found.setdefault(cause, set()).add(policy)
    return found


def test_in_an_estate_of_one_site_each_cause_is_told_once(tmp_path: Path) -> None:
    assert causes(tmp_path, "national") == {
        ("region:west/outage",): {"no-single-region-national-service"},
        ("site:a/outage",): {"cross-site-failover"},
        ("device:fw#1/outage",): {"redundant-firewalls"},
        ("device:app/outage",): {"no-single-point-of-failure"},
        ("link:to-a/outage",): {"diverse-access-paths"},
    }


def test_the_region_of_a_regional_service_is_not_asked_about(tmp_path: Path) -> None:
    found = causes(tmp_path, "regional", 2)
    assert found[("site:a/outage",)] == {"cross-site-failover"}
    assert ("region:west/outage",) not in found


def test_links_of_a_local_service_are_single_points_of_failure(tmp_path: Path) -> None:
    assert causes(tmp_path, "local", 2)[("link:to-a/outage",)] == {"no-single-point-of-failure"}


STEERING = """
version: 1
sites:
  a: {region: west, perimeter: none}
  b: {region: east, perimeter: none}
links: {ab: {between: [a, b]}, to-a: {to: a}, to-b: {to: b}}
consumers: {clinics: {kind: practice, access: {any-of: [to-a, to-b]}}}
components:
  names-a: {role: dns, site: a}
  names-b: {role: dns, site: b}
  names: {role: dns, any-of: [names-a, names-b]}
  app-a: {role: compute, site: a}
  app-b: {role: compute, site: b}
  app: {role: application, any-of: [app-a, app-b]}
domains: {shared: {kind: KIND, faults: [FAULT], members: [MEMBERS]}}
services: {record: {entry: app, needs: [names], consumers: [clinics], scope: national, tier: 2, rto: 1h, rpo: 0s}}
"""


@pytest.mark.parametrize(
    ("kind", "fault", "members", "expected"),
    [
        ("management-plane", "bad-change", "names-a, names-b", {"redundant-traffic-steering"}),
        ("management-plane", "bad-change", "names-a, app-a, app-b", {"no-common-cause"}),
        ("cluster", "outage", "names-a, names-b", {"redundant-traffic-steering"}),
        ("supplier", "outage", "names-a, names-b", {"redundant-traffic-steering"}),
        ("power", "outage", "names-a, names-b", {"no-common-cause"}),
        ("account", "bad-change", "names-a, names-b", set()),
    ],
)
def test_what_steering_shares_is_told_once(
    kind: str, fault: str, members: str, expected: set[str], tmp_path: Path
) -> None:
    text = STEERING.replace("KIND", kind).replace("FAULT", fault).replace("MEMBERS", members)
    assert {policy for policy, cause in violations(text, tmp_path) if "shared" in cause[0]} == expected


@pytest.mark.parametrize("kind", ["network", "supplier", "cluster", "power", "firmware"])
def test_a_bad_change_of_whatever_both_sites_share_is_told(kind: str, tmp_path: Path) -> None:
    assert speaking(tmp_path, kind, "bad-change", "switch-a, switch-b") == {"no-common-cause"}


@pytest.mark.parametrize("kind", ["credential", "identity-provider"])
@pytest.mark.parametrize("fault", ["outage", "bad-change"])
@pytest.mark.parametrize("tier", [1, 2])
def test_what_only_administers_is_told_as_that(kind: str, fault: str, tier: int, tmp_path: Path) -> None:
    assert speaking(tmp_path, kind, fault, "switch-a, app-b", tier) == {"control-plane-independence"}


def test_what_takes_all_firewalls_is_told_once_with_what_it_loses(tmp_path: Path) -> None:
    assert speaking(tmp_path, "power", "outage", "fw-a, fw-b", 1) == {"no-single-point-of-failure"}


OFF = "policies: {no-single-point-of-failure: [{tiers: [1], enabled: false}, {tiers: [2], enabled: true}]}\n"


def test_no_cause_is_left_to_a_policy_that_is_off_for_the_service(tmp_path: Path) -> None:
    text = TWO_SITES.replace("KIND", "power").replace("FAULT", "outage").replace("MEMBERS", "fw-a, fw-b")
    found = violations(text.replace("TIER", "1") + OFF, tmp_path)
    speaking = {policy for policy, cause in found if any("shared" in event for event in cause)}
    assert speaking == {"independent-firewalls"}
