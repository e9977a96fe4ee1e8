"""Places and what is declared to be shared, as failure domains: who stands in them, and what they enclose."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.question import FaultKind, Question
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program
from tests.topology.test_topology_estates import told

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Domain, Estate

REPOSITORY = Path(__file__).parents[2]
OUTAGE = (FaultKind.OUTAGE,)
PAS = "pas-a1"
BASE = """
version: 1
sites:
  n: {region: north, perimeter: none, building: hall, campus: big}
  m: {region: north, perimeter: none, building: hall, campus: big}
  s: {region: south, perimeter: none, building: shed, campus: small}
links: {nm: {between: [n, m]}, ms: {between: [m, s]}}
placement:
  - {match: {provider: "*.n.example"}, site: n, room: r1}
  - {match: {provider: fw-a.n.example}, site: n, rack: k1, host: h1}
  - {match: {provider: fw-b.n.example}, site: n, rack: k2}
  - {match: {provider: "*.s.example"}, site: s}
components:
  front: {any-of: [{select: {provider: fw-a.n.example}}, {select: {provider: fw-b.n.example}}]}
services:
  record: {entry: front}
"""


def program(*names: str) -> Program:
    made = Program()
    for name in names or ("fw-a.n.example", "fw-b.n.example", "fw-c.s.example"):
        made.provider("fortios", name.replace(".", "-"), hostname=name, token="t")
    return made


def built(text: str, tmp_path: Path, *names: str) -> Estate:
    path = tmp_path / "resilience.yaml"
    path.write_text(text, encoding="utf-8")
    return build([program(*names).graph()], load(path, tmp_path), load_catalogue())


def hits(domain: Domain) -> list[str]:
    return sorted(member.part for member in domain.members if not member.when)


def outages(*kinds: str) -> Question:
    return Question("+".join(kinds), OUTAGE, kinds)


def test_what_stands_in_a_rack_stands_in_its_room_site_building_campus_and_region(tmp_path: Path) -> None:
    found = built(BASE, tmp_path).domains
    inside = {name: hits(domain) for name, domain in found.items() if "fw-a.n.example" in hits(domain)}
    both = ["fw-a.n.example", "fw-b.n.example"]
    assert inside == {
        "device:fw-a.n.example": ["fw-a.n.example"],
        "host:n/h1": ["fw-a.n.example"],
        "rack:n/r1/k1": ["fw-a.n.example"],
        "room:n/r1": both,
        "site:n": [*both, "link nm"],
        "building:hall": [*both, "link ms", "link nm"],
        "campus:big": [*both, "link ms", "link nm"],
        "region:north": [*both, "link ms", "link nm"],
        "provider-instance:fw-a.n.example": ["fw-a.n.example"],
        "deployment:web/prod": ["fw-a.n.example", "fw-b.n.example", "fw-c.s.example"],
    }


def test_places_enclose_the_smaller_ones(tmp_path: Path) -> None:
    found = built(BASE, tmp_path).domains
    assert {
        name: set(found[name].encloses) for name in ("room:n/r1", "rack:n/r1/k1", "building:hall", "campus:big")
    } == {
        "room:n/r1": {"device:fw-a.n.example", "device:fw-b.n.example", "rack:n/r1/k1", "rack:n/r1/k2", "host:n/h1"},
        "rack:n/r1/k1": {"device:fw-a.n.example", "host:n/h1"},
        "building:hall": {"site:n", "site:m"},
        "campus:big": {"site:n", "site:m", "building:hall"},
    }


def test_two_in_one_room_fall_together_and_two_racks_do_not(tmp_path: Path) -> None:
    assert told(built(BASE, tmp_path), outages("room"), outages("rack")) == [
        "room record: no ['room:n/r1/outage'] []",
        "rack record: yes",
    ]


def test_a_place_that_nobody_declared_counts_where_its_kind_is_asked_for(tmp_path: Path) -> None:
    text = BASE.replace("  - {match: {provider: fw-b.n.example}, site: n, rack: k2}\n", "")
    found = built(text, tmp_path)
    (line,) = told(found, outages("rack"))
    assert line.startswith(
        "rack record: unknown ['rack:n/r1/k1, with what is not declared/outage'] ['in which rack of n"
    )
    assert told(found, outages("room", "device")) == ["room+device record: no ['room:n/r1/outage'] []"]
    assert "not declared" not in told(found, Question("any", OUTAGE))[0]


def test_two_rules_for_two_racks_leave_the_rack_unknown_and_show_both_lines(tmp_path: Path) -> None:
    text = BASE.replace(
        "site: n, rack: k2}", "site: n, rack: k2}\n  - {match: {provider: fw-b.n.example}, site: n, rack: k1}"
    )
    found = built(text, tmp_path)
    (contradiction,) = found.contradictions
    assert contradiction.text == "firewall fw-b.n.example cannot stand in rack k1 and k2"
    assert [location.line for location in contradiction.locations] == [11, 12]
    (line,) = told(found, outages("rack"))
    assert line.startswith("rack record: unknown ['rack:n/r1/k1/outage'] ['firewall fw-b.n.example cannot stand")


def test_a_rack_number_of_two_rooms_is_two_racks(tmp_path: Path) -> None:
    text = (
        BASE.replace('  - {match: {provider: "*.n.example"}, site: n, room: r1}\n', "")
        .replace("rack: k1, host: h1", "room: a, rack: k")
        .replace("rack: k2", "room: b, rack: k")
    )
    assert told(built(text, tmp_path), outages("rack"), outages("room")) == ["rack record: yes", "room record: yes"]


def test_units_may_say_their_own_rack(tmp_path: Path) -> None:
    units = "front: {role: firewall, units: [{site: n, rack: %s}, {site: n, rack: k8}]}"
    text = BASE.replace(
        "front: {any-of: [{select: {provider: fw-a.n.example}}, {select: {provider: fw-b.n.example}}]}", units
    )
    assert told(built(text % "k7", tmp_path), outages("rack")) == ["rack record: yes"]
    assert told(built(text % "k8", tmp_path), outages("rack")) == ["rack record: no ['rack:n/k8/outage'] []"]


def test_sites_of_one_region_share_a_hazard_and_those_of_two_may(tmp_path: Path) -> None:
    two = BASE.replace("{provider: fw-b.n.example}}]}", "{provider: fw-c.s.example}}]}")
    shared = two.replace("campus: big}", "campus: big, hazards: [heat]}").replace(
        "campus: small}", "campus: small, hazards: [heat]}"
    )
    (line,) = told(built(shared, tmp_path), outages("hazard"))
    assert "unknown ['hazard:heat in north/outage', 'hazard:heat in south/outage']" in line
    assert "whether the hazard heat is one event in heat in north and in heat in south is not known" in line
    assert told(built(shared.replace("region: south", "region: north"), tmp_path), outages("hazard")) == [
        "hazard record: no ['hazard:heat/outage'] []"
    ]
    flood = shared.replace("heat", "flood")
    assert told(built(flood, tmp_path), outages("hazard")) == ["hazard record: yes"]


DOMAINS = """
domains:
  feed: {kind: power, faults: [outage]}
  all: {kind: cooling, faults: [outage], members: [{domain: feed}, ms]}
  box: {kind: firmware, faults: [bad-change], members: [front]}
  gone: {kind: credential, faults: [outage], members: [record]}
"""


@pytest.mark.parametrize("how", ["members", "site"])
def test_a_declared_domain_takes_sites_links_services_components_and_domains(how: str, tmp_path: Path) -> None:
    text = BASE + DOMAINS
    if how == "site":
        text = text.replace("campus: big}\n  m", "campus: big, domains: [feed]}\n  m")
    else:
        text = text.replace("faults: [outage]}\n  all", "faults: [outage], members: [{site: n}]}\n  all")
    found = built(text, tmp_path).domains
    at_n = ["fw-a.n.example", "fw-b.n.example", "link nm"]
    assert {name: hits(found[name]) for name in ("power:feed", "cooling:all", "firmware:box", "credential:gone")} == {
        "power:feed": at_n,
        "cooling:all": [*at_n[:2], "link ms", "link nm"],
        "firmware:box": ["component front"],
        "credential:gone": ["component front"],
    }
    assert set(found["cooling:all"].encloses) == {"power:feed", "link:ms"}
    assert set(found["power:feed"].encloses) == {"site:n"}


def test_a_component_in_a_domain_takes_what_it_selects_with_it(tmp_path: Path) -> None:
    text = (
        BASE
        + """
domains: {feed: {kind: power, faults: [outage], members: [pair]}}
"""
    )
    text = text.replace(
        "components:\n", "components:\n  pair: {role: firewall, select: {provider: fw-b.n.example}, units: 2}\n"
    )
    assert hits(built(text, tmp_path).domains["power:feed"]) == [
        "component pair", "fw-b.n.example", "fw-b.n.example#1", "fw-b.n.example#2",
    ]  # fmt: skip


def test_the_page_about_failure_domains_is_true(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "failure-domains.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    made = Program()
    made.add("vsphere:index/virtualMachine:VirtualMachine", "pas-a1", {"name": "pas-a1"})
    path = tmp_path / "resilience.yaml"
    path.write_text(example, encoding="utf-8")
    found = build([made.graph()], load(path, tmp_path), load_catalogue()).domains
    shown = {domain.kind for domain in found.values() if not domain.implied}
    told_of = set(re.findall(r"`([a-z-]+)`", page)) | {"power", "cooling", "credential"}
    assert shown <= told_of
    assert hits(found["cooling:chillers"]) == ["link dci", PAS, "portal#1"]
    assert hits(found["hazard:heat"]) == ["link dci", PAS, "portal#1", "portal#2"]
    assert hits(found["rack:guys/hall-1/k7"]) == [PAS, "portal#1"]
