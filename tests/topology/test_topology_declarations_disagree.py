"""Declarations that disagree, are wrong, or are not known: never overridden, never dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.model.values import Secret, StackOutput, Unknown
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program
from tests.topology.test_topology_declared_in_programs import (
    DEVICE,
    DOMAIN,
    MACHINE,
    REGION,
    SITE,
    contradictions,
    estate,
    machine,
    told,
)

if TYPE_CHECKING:
    from pathlib import Path

FILE = """version: 1
sites:
  n: {region: east, perimeter: none, building: b1}
  s: {region: west, perimeter: none}
components:
  pdu: {role: power, site: s, units: 2}
  web: {role: application, select: web-n}
domains:
  grid: {kind: power, faults: [outage], members: [pdu]}
services:
  record: {scope: national, tier: 2, rto: 1h, rpo: 15m, entry: {select: web-n}}
"""


def program(**tags: Any) -> Program:
    return machine({"tags": {f"resilience:{key}": value for key, value in tags.items()}})


def service(found: Any) -> tuple[object, ...]:
    record = found.services["record"]
    return record.scope, record.tier, record.rto, record.rpo


@pytest.mark.parametrize(
    ("tags", "text", "expected"),
    [
        ({"scope": "local"}, "scope of service record is declared as national and as local", (None, 2, 3600.0, 900.0)),
        ({"rto": "2h"}, "rto of service record is declared as 1h and as 2h", ("national", 2, None, 900.0)),
        ({"rpo": "1h"}, "rpo of service record is declared as 15m and as 1h", ("national", 2, 3600.0, None)),
        ({"tier": "4"}, "tier of service record is declared as 2 and as 4", ("national", 2, 3600.0, 900.0)),
        ({"tier": "1"}, "tier of service record is declared as 2 and as 1", ("national", 1, 3600.0, 900.0)),
    ],
)
def test_a_tag_that_contradicts_the_file_makes_the_fact_unknown_and_never_loosens_the_gate(
    tags: dict[str, str], text: str, expected: tuple[object, ...], tmp_path: Path
) -> None:
    found = estate(program(service="record", **tags), FILE, tmp_path)
    key = next(iter(tags))
    column = FILE.splitlines()[10].index(f"{key}:") + 1
    assert contradictions(found) == [(text, ["__main__.py:2", f"resilience.yaml:11:{column}"])]
    assert service(found) == expected


def test_of_two_tags_that_contradict_each_other_no_default_is_the_judge(tmp_path: Path) -> None:
    defaults = "service_defaults: {scope: national, rto: 4h, rpo: 1h, entry: {select: web-n}}\n"
    made = program(service="record", scope="local", rto="1h", rpo="5m")
    other = {"service": "record", "scope": "regional", "rto": "2h", "rpo": "10m"}
    tags = {f"resilience:{key}": value for key, value in other.items()}
    made.add(MACHINE, "web-s", {"name": "web-s", "tags": tags})
    found = estate(made, f"version: 1\n{defaults}services: {{record: {{tier: 2}}}}\n", tmp_path)
    assert service(found) == (None, 2, None, None)
    assert [text for text, _ in contradictions(found) if not text.startswith("entry")] == [
        "rpo of service record is declared as 5m and as 10m",
        "rto of service record is declared as 1h and as 2h",
        "scope of service record is declared as local and as regional",
    ]


def test_two_tags_that_contradict_each_other_name_both_lines(tmp_path: Path) -> None:
    made = program(service="record", scope="local")
    made.add(
        MACHINE, "web-s", {"name": "web-s", "tags": {"resilience:service": "record", "resilience:scope": "national"}}
    )
    found = estate(made, None, tmp_path)
    assert contradictions(found) == [
        ("scope of service record is declared as local and as national", ["__main__.py:2", "__main__.py:3"])
    ]
    assert service(found)[0] is None


def test_a_third_statement_is_a_candidate_too(tmp_path: Path) -> None:
    made = program(service="record", scope="local")
    made.declare("Service", "record", scope="regional")
    found = estate(made, FILE, tmp_path)
    assert [text for text, _ in contradictions(found)] == [
        "scope of service record is declared as national and as regional and as local"
    ]


def test_two_regions_of_a_site_are_both_candidates(tmp_path: Path) -> None:
    made = program(site="n")
    made.declare("Site", "n", region="north")
    found = estate(made, FILE, tmp_path)
    assert contradictions(found) == [
        ("region of site n is declared as east and as north", ["__main__.py:3", "resilience.yaml:3:7"])
    ]
    assert told(found, REGION) == ["region record: no [('region:east/outage', 'region:north/outage')] []"]


def test_a_tag_and_a_rule_that_place_a_part_apart_leave_both_sites(tmp_path: Path) -> None:
    text = FILE + "placement:\n  - {match: web-n, site: s}\n"
    found = estate(program(site="n"), text, tmp_path)
    assert contradictions(found) == [
        ("VirtualMachine web-n cannot stand at n and s", ["__main__.py:2", "resilience.yaml:13:5"])
    ]
    assert found.parts[next(part for part in found.parts if part.endswith("web-n"))].site is not None
    assert told(found, SITE)[0].startswith("site record: no [('site:n/outage', 'site:s/outage')")


def test_a_tag_that_contradicts_the_program_leaves_both_sites(tmp_path: Path) -> None:
    made = Program()
    vcenter = made.provider("vsphere", "vc", vsphereServer="vc.example")
    place = made.lookup("vsphere:index/getDatacenter:getDatacenter", "n", provider=vcenter)
    cluster = made.lookup(
        "vsphere:index/getComputeCluster:getComputeCluster",
        "c",
        provider=vcenter,
        refers={"datacenterId": place},
        datacenterId=Unknown("x"),
    )
    inputs = {"name": "web-n", "resourcePoolId": Unknown("x"), "tags": {"resilience:site": "s"}}
    made.add(MACHINE, "web-n", inputs, provider=vcenter, refers={"resourcePoolId": cluster})
    found = estate(made, FILE, tmp_path)
    assert contradictions(found) == [("VirtualMachine web-n cannot stand at n and s", ["__main__.py:2"])]


def test_two_roles_of_one_thing_are_a_doubt(tmp_path: Path) -> None:
    found = estate(program(role="database"), FILE, tmp_path)
    assert contradictions(found) == [
        (
            "VirtualMachine web-n cannot be both application and database",
            ["__main__.py:2", "resilience.yaml:7:9"],
        )
    ]
    part = next(part for part in found.parts.values() if part.id.endswith("web-n"))
    fact = f"role of {part.id}"
    assert (part.role, part.roles) == (
        "",
        (("application", ((fact, "application"),)), ("database", ((fact, "database"),))),
    )


def test_two_counts_of_units_are_a_doubt(tmp_path: Path) -> None:
    made = program()
    made.declare("Component", "pdu", units=1)
    made.declare("Service", "power", entry="pdu")
    found = estate(made, FILE, tmp_path)
    assert contradictions(found) == [
        ("units of component pdu is declared as 2 and as 1", ["__main__.py:3", "resilience.yaml:6:31"])
    ]
    assert "device power: unknown" in told(found, DEVICE)[1]


def test_two_entries_of_a_service_are_both_candidates(tmp_path: Path) -> None:
    made = machine({})
    made.add(MACHINE, "web-s", {"name": "web-s", "tags": {"resilience:service": "record"}})
    found = estate(made, FILE, tmp_path)
    assert contradictions(found) == [
        ("entry of service record is declared differently", ["__main__.py:3", "resilience.yaml:11:57"])
    ]
    assert told(found, DEVICE)[0].endswith("['entry of record']")
    assert told(found, DEVICE)[0].startswith("device record: unknown")


def test_one_entry_declared_twice_is_no_contradiction(tmp_path: Path) -> None:
    found = estate(program(service="record"), FILE, tmp_path)
    assert contradictions(found) == []


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"sevice": "record"}, 'the tag "resilience:sevice" of web-n is no declaration; did you mean "service"?'),
        ({"service": "record", "tier": "gold"}, 'services.record.tier: found "gold", expected a tier from 1'),
        ({"service": "record", "rto": "1 hour"}, 'services.record.rto: found "1 hour", expected a duration'),
        ({"service": "a b!"}, 'services: found "b!", expected an id of letters'),
        ({"site": "noth"}, 'placement[0].site: no site "noth"; declared: n and s'),
        ({"rack": "r1"}, 'the tag "resilience:rack" of web-n says nothing without site'),
        ({"domain": "gird"}, "domains.gird: missing kind and faults"),
        ({"role": "firewal"}, 'found "firewal", expected a role: did you mean "firewall"?'),
    ],
)
def test_a_wrong_tag_is_an_error_at_its_line(tags: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        estate(program(**tags), FILE, tmp_path)
    assert said in caught.value.what
    assert caught.value.location == Location("__main__.py", 2)


def test_a_tag_that_may_be_somebody_else_s_is_only_said(tmp_path: Path) -> None:
    made = machine({"tags": {"resilience-tier": "gold", "resilience_sevice": "x"}})
    assert [reason.text for reason in estate(made, FILE, tmp_path).assumptions] == [
        'the tag "resilience_sevice" of web-n is no declaration; did you mean "service"?',
        'the tag "resilience-tier" of web-n says nothing without service: taken to be no declaration',
    ]


def test_a_component_s_tags_are_those_of_what_it_is_made_of(tmp_path: Path) -> None:
    made = Program()
    outer = made.add("my:Web", "web", {"tags": {"resilience:service": "record", "resilience:site": "n"}}, custom=False)
    for name, tags in (("a", {}), ("b", {"resilience:site": "s"})):
        made.add(MACHINE, name, {"name": name, "tags": tags}, parent=outer)
    found = estate(made, FILE.replace("record: {", "other: {").replace("web-n", "a"), tmp_path)
    assert [part.site for part in found.parts.values() if part.label in {"VirtualMachine a", "VirtualMachine b"}] == [
        "n",
        "s",
    ]
    assert told(found, DEVICE)[1].startswith("device record: unknown [('device:")


def test_two_racks_of_one_part_are_a_contradiction(tmp_path: Path) -> None:
    text = FILE + "placement:\n  - {match: web-n, site: n, rack: r2}\n"
    assert contradictions(estate(program(site="n", rack="r1"), text, tmp_path)) == [
        ("VirtualMachine web-n cannot stand in rack r1 and r2", ["__main__.py:2", "resilience.yaml:13:5"])
    ]


@pytest.mark.parametrize("key", ["resilience-hub", "resilience_level", "team", "resiliencesite"])
def test_a_tag_of_somebody_else_declares_nothing(key: str, tmp_path: Path) -> None:
    found = estate(machine({"tags": {key: "x"}}), FILE, tmp_path)
    assert (found.contradictions, found.assumptions) == ((), ())


@pytest.mark.parametrize(
    ("kind", "name", "inputs", "said"),
    [
        ("Sight", "n", {}, 'there is no declaration "Sight"; did you mean "Site"?'),
        ("Site", "n", {"regoin": "x"}, 'sites.n: unknown key "regoin"; did you mean "region"?'),
        ("Service", "record", {"needs": ["dbs"]}, 'no component or service "dbs"; declared: pdu, web'),
        ("Service", "other", {"tier": 1}, "services.other: missing entry"),
        ("Service", "record", {"entry": ["pdu", "web"]}, "expected one component; say what they make together"),
        ("Link", "dci", {"between": ["n", "s"], "carrier": None, "colour": 1}, 'unknown key "colour"'),
        ("FailureDomain", "grid", {"kind": "cooling"}, "domains.grid.kind: declared as power at resilience.yaml:9:10"),
        ("Placement", "x", {"members": ["web"], "site": Unknown("from afar")}, "site of x is not known: from afar"),
        ("Component", "x", {"members": Unknown("from afar")}, "members of x is not known: from afar"),
        ("Component", "x", {"members": [Unknown("from afar")]}, "members[0] of x is not known: from afar"),
        ("Component", "x", {"members": ["urn:pulumi:prod::web::a:b:C::gone"]}, "no checked program has the resource"),
    ],
)
def test_a_wrong_component_is_an_error_at_its_line(
    kind: str, name: str, inputs: dict[str, Any], said: str, tmp_path: Path
) -> None:
    made = machine({})
    made.declare(kind, name, **inputs)
    with pytest.raises(UsageError) as caught:
        estate(made, FILE, tmp_path)
    assert said in caught.value.what
    assert caught.value.location == Location("__main__.py", 3)


def test_a_declaration_that_is_no_component_is_an_error_at_its_line(tmp_path: Path) -> None:
    made = machine({})
    made.add("resilience-checks:declare/site:Site", "n", {"region": "east"})
    with pytest.raises(UsageError) as caught:
        estate(made, FILE, tmp_path)
    assert str(caught.value) == (
        "__main__.py:3: resilience-checks:declare/site:Site is no component, and Pulumi would ask for a plugin of its "
        "package; declare in resilience.yaml or by tags"
    )


def test_all_mistakes_are_shown_together_each_with_its_line(tmp_path: Path) -> None:
    made = program(sevice="x")
    made.declare("Site", "n", regoin="x")
    with pytest.raises(UsageError) as caught:
        estate(made, FILE, tmp_path)
    assert caught.value.what.splitlines() == [
        'the tag "resilience:sevice" of web-n is no declaration; did you mean "service"?',
        '__main__.py:3: sites.n: unknown key "regoin"; did you mean "region"?',
    ]


@pytest.mark.parametrize("value", [Unknown("not yet"), Secret("0f")])
def test_a_site_that_is_not_known_yet_may_be_any(value: object, tmp_path: Path) -> None:
    found = estate(program(site=value), FILE, tmp_path)
    part = next(part for part in found.parts if part.endswith("web-n"))
    assert found.facts[f"site of {part}"].values == ("n", "s", "a place that nobody named")
    assert found.facts[f"site of {part}"].reason.text.startswith("the tag that says where web-n stands is not known")
    assert told(found, SITE)[0].startswith("site record: no")


def test_a_service_that_is_not_known_yet_leaves_its_entries_open(tmp_path: Path) -> None:
    made = program(service="record")
    made.add(MACHINE, "web-s", {"name": "web-s", "tags": {"resilience:service": Unknown("not yet")}})
    found = estate(made, None, tmp_path)
    [line] = told(found, DEVICE)
    assert line.startswith("device record: unknown")
    assert [reason.text for reason in found.assumptions] == [
        "the tag resilience:service of web-s is not known before deployment: not yet"
    ]


def test_a_component_that_is_not_known_yet_may_be_any(tmp_path: Path) -> None:
    made = machine({})
    made.add(MACHINE, "web-s", {"name": "web-s", "tags": {"resilience:component": Unknown("not yet")}})
    found = estate(made, FILE.replace("entry: {select: web-n}", "entry: web"), tmp_path)
    assert told(found, DEVICE)[0].startswith("device record: unknown")


def test_a_domain_that_is_not_known_yet_may_be_any(tmp_path: Path) -> None:
    found = estate(program(domain=Unknown("not yet")), FILE, tmp_path)
    assert told(found, DOMAIN)[0].startswith("domain record: unknown [('power:grid/outage',)]")


def test_an_objective_that_is_not_known_yet_is_unknown_and_said(tmp_path: Path) -> None:
    found = estate(program(service="other", scope=Unknown("not yet"), tier="1"), FILE, tmp_path)
    assert (found.services["other"].scope, found.services["other"].tier) == (None, 1)
    assert [(str(reason.location), reason.text) for reason in found.assumptions] == [
        ("__main__.py:2", "the tag resilience:scope of web-n is not known before deployment: not yet")
    ]


def test_a_need_that_is_not_known_yet_may_be_lost(tmp_path: Path) -> None:
    made = machine({})
    made.declare("Service", "record", needs=[Unknown("from another stack")], peak=Unknown("not yet"))
    found = estate(made, FILE, tmp_path)
    assert told(found, DEVICE)[0].startswith("device record: no [('device:")
    assert "unknown need 1 of record" in found.facts
    assert [reason.text for reason in found.assumptions] == [
        "needs[0] of Service record is not known before deployment, as if it were not declared: from another stack",
        "peak of Service record is not known before deployment, as if it were not declared: not yet",
    ]


def test_tags_that_are_wholly_unknown_are_told_once_where_others_declare(tmp_path: Path) -> None:
    made = program(service="record")
    for name in "ab":
        made.add(MACHINE, name, {"name": name, "tags": Unknown("computed")})
    found = estate(made, None, tmp_path)
    assert [(str(reason.location), reason.text) for reason in found.assumptions] == [
        (
            "__main__.py:3",
            "the tags of 2 resources of web/prod are not known before deployment: taken to declare nothing",
        )
    ]
    assert estate(machine({"tags": Unknown("computed")}), None, tmp_path).assumptions == ()


def test_a_resource_of_unknown_type_is_what_a_declaration_says(tmp_path: Path) -> None:
    made = Program()
    tags = {"resilience:service": "record", "resilience:role": "load-balancer"}
    made.add("acme:lb/loadBalancer:LoadBalancer", "front", {"tags": tags})
    found = estate(made, None, tmp_path)
    assert told(found, DEVICE) == ["device record: unknown [('device:front/outage',)] ['front as one']"]
    assert (found.parts["front"].role, dict(found.coverage.unknown)) == (
        "load-balancer",
        {"acme:lb/loadBalancer:LoadBalancer": 1},
    )


def test_a_resource_of_unknown_type_fails_as_one_where_its_units_are_declared(tmp_path: Path) -> None:
    made = Program()
    made.add("acme:lb/loadBalancer:LoadBalancer", "front")
    declared = "version: 1\ncomponents: {lb: {role: load-balancer, select: front, units: 1}}\nservices: {record: {entry: lb}}\n"
    found = estate(made, declared, tmp_path)
    assert told(found, DEVICE) == ["device record: no [('device:front/outage',)] []"]


def test_a_resource_of_unknown_type_and_role_may_need_anything(tmp_path: Path) -> None:
    made = Program()
    made.add("acme:lb/loadBalancer:LoadBalancer", "front", {"tags": {"resilience:service": "record"}})
    other = made.add(MACHINE, "behind", {"name": "behind"})
    made.add("x:y:Z", "alone", {"a": Unknown("x"), "tags": {"resilience:site": "n"}}, refers={"a": other})
    found = estate(made, None, tmp_path)
    assert told(found, SITE)[0].startswith("site record: unknown")
    assert "what front needs" in found.facts
    assert "a of alone needs behind" in found.facts


@pytest.mark.parametrize(
    ("location", "site", "expected"),
    [("uksouth", "n", [("AppServicePlan p cannot stand at uksouth and n", ["__main__.py:1"])]), ("east", "n", [])],
)
def test_a_site_of_a_cloud_resource_must_be_in_the_region_that_the_program_shows(
    location: str, site: str, expected: list[tuple[str, list[str]]], tmp_path: Path
) -> None:
    made = Program()
    token = "azure-native:web:AppServicePlan"
    made.add(token, "p", {"name": "p", "location": location, "tags": {"resilience:site": site}})
    assert contradictions(estate(made, FILE.replace("web-n", "p"), tmp_path)) == expected


def test_a_component_stands_for_what_it_is_made_of(tmp_path: Path) -> None:
    made = Program()
    outer = made.add("my:Edge", "edge", custom=False)
    inner = made.add("my:Pair", "pair", custom=False, parent=outer)
    for name in "ab":
        made.add("pulumi:providers:fortios", f"fw-{name}", {"hostname": f"fw-{name}"}, parent=inner)
    made.declare("FirewallPair", "edge", members=[outer])
    made.declare("Site", "n", members=[outer], perimeter="edge")
    made.declare("Service", "record", entry="edge")
    found = estate(made, None, tmp_path)
    assert [(part.id, part.site) for part in found.parts.values() if part.role == "firewall"] == [
        ("fw-a", "n"),
        ("fw-b", "n"),
        ("component edge", None),
    ]
    assert told(found, DEVICE) == ["device record: yes [] []"]


def test_an_output_of_a_resource_stands_for_it(tmp_path: Path) -> None:
    made = machine({})
    made.declare("Service", "record", entry=[Unknown("its id")], refers={"entry[0]": made.resources[-1].urn})
    assert told(estate(made, None, tmp_path), DEVICE) == ["device record: no [('device:vc.example/web-n/outage',)] []"]


def test_a_resource_that_is_passed_whole_stands_for_itself(tmp_path: Path) -> None:
    made = machine({})
    whole = {"urn": made.resources[-1].urn, "id": "", "packageVersion": ""}
    made.declare("Service", "record", entry=whole, needs=[whole])
    assert told(estate(made, None, tmp_path), DEVICE) == ["device record: no [('device:vc.example/web-n/outage',)] []"]


def test_an_output_of_another_stack_stands_for_the_resource_that_it_is_of() -> None:
    network, made = machine({}), Program()
    stack = replace(network.graph(), stack="net", output_dependencies={"front": (network.resources[-1].urn,)})
    front = StackOutput("web/net", "front")
    made.declare(
        "Service", "record", entry=front, needs=[front], refers={"entry": front.reference, "needs[0]": front.reference}
    )
    found = build([made.graph(), stack], Declarations.empty(), load_catalogue())
    assert told(found, DEVICE) == ["device record: no [('device:vc.example/web-n/outage',)] []"]


def test_what_can_be_neither_up_nor_lost_is_no_entry(tmp_path: Path) -> None:
    made = machine({})
    device = made.provider("fortios", "fw", hostname="fw.example")
    token = "fortios:system/centralmanagement:Centralmanagement"
    place = made.add(token, "manager", {"type": "fortimanager"}, provider=device)
    made.declare("Component", "x", members=[place])
    with pytest.raises(UsageError) as caught:
        estate(made, FILE, tmp_path)
    assert str(caught.value.location) == "__main__.py:5"
    assert caught.value.what == "{resource: manager} matches nothing"
