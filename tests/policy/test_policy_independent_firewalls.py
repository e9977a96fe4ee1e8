"""independent-firewalls over declared estates, from resilience.yaml to results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.policy.declared_estates import results, told

if TYPE_CHECKING:
    from pathlib import Path

GROUP = """
version: 1
sites:
  a: {region: west, perimeter: none}
  b: {region: east, perimeter: none}
links: {ab: {between: [a, b]}}
components:
  inner-1: {role: firewall, site: a, rack: k1}
  inner-2: {role: firewall, site: SECOND, rack: k2}
  inner: {role: application, any-of: [inner-1, inner-2]}
  app: {role: compute, site: a, rack: k3, requires: [inner]}
domains:
  shared: {kind: KIND, faults: [outage], members: [MEMBERS]}
services: {record: {entry: app, scope: national, rto: 1h, rpo: 0s}}
"""
NAMES = "component inner-1 + component inner-2"


def group(kind: str, members: str, second: str = "a") -> str:
    return GROUP.replace("KIND", kind).replace("MEMBERS", members).replace("SECOND", second)


@pytest.mark.parametrize("kind", ["power", "cooling", "room", "cluster"])
def test_what_firewalls_of_no_border_share_at_one_site_is_a_violation(kind: str, tmp_path: Path) -> None:
    found = results("independent-firewalls", group(kind, "inner-1, inner-2"), tmp_path)
    assert [(str(one.outcome), set(one.cause), one.services) for one in found] == [
        ("violation", {f"{kind}:shared", NAMES}, ("record",))
    ]


@pytest.mark.parametrize(
    ("kind", "members"), [("power", "inner-1, app"), ("management-plane", "inner-1, inner-2"), ("power", "a")]
)
def test_what_one_has_alone_and_what_a_pair_or_its_site_must_share_passes(
    kind: str, members: str, tmp_path: Path
) -> None:
    text = group(kind, members).replace("faults: [outage]", f"faults: [{'bad-change' if '-' in kind else 'outage'}]")
    (found,) = told(results("independent-firewalls", text, tmp_path))
    assert found[:2] == ("pass", NAMES)


def test_firewalls_of_two_sites_are_no_pair_of_one(tmp_path: Path) -> None:
    (found,) = told(results("independent-firewalls", group("power", "inner-1, inner-2", "b"), tmp_path))
    assert found == ("not_applicable", "borders", "no two firewalls stand in for each other at one site")
