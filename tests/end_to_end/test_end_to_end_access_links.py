"""Two links of one carrier: the finding stands at a link of those who are cut off, and names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.end_to_end.editing import report

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "Pulumi.yaml": "name: shop\nruntime: python\n",
    "Pulumi.prod.yaml": "config: {}\n",
    "__main__.py": (
        "import pulumi\n\n"
        "for name in ('front-north', 'front-south'):\n"
        "    pulumi.CustomResource('vsphere:index/virtualMachine:VirtualMachine', name, {})\n"
    ),
    "resilience.yaml": """\
version: 1
sites:
  north: {region: north, perimeter: none}
  south: {region: south, perimeter: none}
links:
  wan-1: {to: north, carrier: carrier-1}
  wan-2: {to: south, carrier: carrier-1}
  wan-3: {to: south, carrier: carrier-2}
  between: {between: [north, south], carrier: carrier-1}
placement:
  - {match: {name: "*-north"}, site: north}
  - {match: {name: "*-south"}, site: south}
consumers:
  clinics: {kind: clinic, access: {any-of: [wan-1, wan-2]}}
  wards: {kind: ward, access: {any-of: [wan-1, wan-3]}}
components:
  front: {role: compute, any-of: [{select: {name: front-north}}, {select: {name: front-south}}]}
services:
  shop: {scope: national, tier: 1, rto: 1h, rpo: 15m, consumers: [clinics, wards], entry: {component: front}}
""",
}


def test_a_shared_carrier_is_told_at_the_link_of_the_consumers_that_it_cuts_off(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    _, data = report(tmp_path)
    [found] = [
        one
        for one in data["results"]
        if (one["policy"], one["outcome"]) == ("diverse-access-paths", "violation")
        and one["cause"] == ["carrier:carrier-1/outage"]
    ]
    assert (found["message"], found["services"], found["evidence"]["consumers"], found["location"]["line"]) == (
        "One outage of carrier carrier-1 cuts clinics off from shop",
        ["shop"],
        ["clinics"],
        7,
    )
    assert [(one["label"], one["location"]["line"]) for one in found["related"]] == [
        ("link wan-1 runs over it", 6),
        ("link between runs over it", 9),
        ("clinics is cut off", 14),
        ("shop is lost", 19),
    ]
