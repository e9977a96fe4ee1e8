"""The demo estates with resilience.yaml moved into their programs: the same results, at the programs' lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from tests.end_to_end.editing import STACKS, Edit, copy, report, run

if TYPE_CHECKING:
    from pathlib import Path

KEEPING = (
    Edit("__main__.py", "    Firewalls(name, site,", "    edges[name] = Firewalls(name, site,"),
    Edit("__main__.py", "hosts: dict[str, Hosts] = {}", "hosts, edges, machines, names = {}, {}, {}, {}"),
    Edit("__main__.py", "    hosts[place].machine(machine,", "    machines[machine] = hosts[place].machine(machine,"),
    Edit(
        "__main__.py",
        '    f5bigip.GtmWideip(f"{service}-name"',
        '    names[service] = f5bigip.GtmWideip(f"{service}-name"',
    ),
)
DECLARING = """
from resilience_checks.declare import Component, Consumer, FirewallPair, Link, Placement, Service, Site

place = {}
for name, region in (("blaenavon", "gwent"), ("cardiff-bay", "cardiff")):
    pair = FirewallPair(f"fw-{name}", members=[edges[name]], units=1)
    members = [edges[name], balancers[name]]
    place[name] = Site(name, region=region, aliases=[f"dc-{name}"], perimeter=pair, members=members)
place["third"] = Site("third", region="swansea", perimeter="none")
b, c, third = place.values()
access = [Link("wan-b1", to=b, carrier="carrier-1"), Link("wan-c1", to=c, carrier="carrier-2")]
over = [Link("dci-1", between=(b, c), carrier="carrier-1"), Link("dci-2", between=(b, c), carrier="carrier-2")]
Link("third-b", between=(b, third), carrier="carrier-1")
Link("third-c", between=(c, third), carrier="carrier-2")
gslb = Component("gslb", role="global-traffic", members=[gtm], units=[{"site": b}, {"site": c}])
witness = Component("witness", role="witness", site=third)
clinical = Component(
    "clinical-db",
    role="database",
    failover={
        "primary": machines["sql-b1"],
        "standby": [machines["sql-c1"]],
        "replication": {"mode": "async", "lag": "30s", "over": over},
        "mover": {"needs": witness, "mode": "automatic", "detect": "60s", "promote": "120s", "tested": "2026-09-14"},
    },
)
boards = ("abertawe-bro-morgannwg", "aneurin-bevan", "betsi-cadwaladr", "cardiff-and-vale", "cwm-taf", "hywel-dda", "powys")
users = [Consumer(board, kind="health-board", access=access) for board in boards]
users.append(Consumer("gp-practices", kind="gp-practices", access=access))
for service, name in names.items():
    needs = [gslb] if service in {"email", "intranet"} else [gslb, clinical]
    Service(service, entry=name, pools=[f"{service}-pool"], needs=needs, consumers=users, **OBJECTIVES)
"""
TOLD = ("cross-site-failover", "no-common-cause", "no-single-region-national-service", "redundant-firewalls")
"""Policies that read nothing of what a program cannot declare, such as copies and tools."""
OBJECTIVES = 'OBJECTIVES = {"scope": "national", "tier": 1, "rto": "1h", "rpo": "15m"}\n'
MACHINES = """
import pulumi
import pulumi_vsphere as vsphere

vcenter = vsphere.Provider("vc", vsphere_server="vc.example", user="u", password="p")
opts = pulumi.ResourceOptions(provider=vcenter)
%s
for name in ("web-a", "web-b"):
    vsphere.VirtualMachine(
        name, name=name, resource_pool_id="resgroup-1", datastore_id="datastore-1", network_interfaces=[], opts=opts%s
    )
"""
TAGS = """
says = {"service": "record", "scope": "national", "tier": "1", "rto": "1h", "rpo": "15m", "site": "north"}
kinds = {key: vsphere.TagCategory(key, name=f"resilience:{key}", cardinality="SINGLE", associable_types=["VirtualMachine"], opts=opts) for key in says}
tags = {key: vsphere.Tag(key, name=value, category_id=kinds[key].id, opts=opts) for key, value in says.items()}
"""
SITES = "sites: {north: {region: east, perimeter: none}, south: {region: west, perimeter: none}}\n"
FILE = f"""version: 1
{SITES}
placement: [{{match: web-a, site: north}}]
services:
  record: {{scope: national, tier: 1, rto: 1h, rpo: 15m, entry: {{select: web-a}}}}
"""


def results(data: dict[str, Any]) -> list[tuple[object, ...]]:
    return sorted(
        (
            item["outcome"],
            item["policy"],
            item["target"],
            item["severity"],
            tuple(item["services"]),
            item["fingerprint"],
        )
        for item in data["results"]
        if item["policy"] in TOLD
    )


@pytest.mark.parametrize("stack", ["nhs-wales-resilient", "nhs-wales-2018"])
def test_an_estate_declared_in_its_program_is_the_same_estate(stack: str, tmp_path: Path) -> None:
    code, by_file = report(STACKS / stack)
    directory = copy(stack, tmp_path, *KEEPING)
    declared = YAML(typ="safe").load((directory / "resilience.yaml").read_text(encoding="utf-8"))
    assert set(declared["sites"]) == {"blaenavon", "cardiff-bay", "third"}
    (directory / "resilience.yaml").unlink()
    program = directory / "__main__.py"
    program.write_text(program.read_text(encoding="utf-8") + OBJECTIVES + DECLARING, encoding="utf-8")
    found, by_program = report(directory)
    assert by_program["failures"] == []
    assert found == code
    assert results(by_program) == results(by_file) != []
    assert {item["location"]["path"] for item in by_program["services"]} == {"__main__.py"}


def project(directory: Path, program: str, declared: str) -> Path:
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text("name: machines\nruntime: python\n", encoding="utf-8")
    (directory / "Pulumi.prod.yaml").write_text("config: {}\n", encoding="utf-8")
    (directory / "__main__.py").write_text(program, encoding="utf-8")
    (directory / "resilience.yaml").write_text(declared, encoding="utf-8")
    return directory


def test_an_estate_declared_in_tags_is_the_same_estate(tmp_path: Path) -> None:
    tagged = ', tags=[tag.id for tag in tags.values()] if name == "web-a" else None'
    code, by_file = report(project(tmp_path / "file", MACHINES % ("", ""), FILE))
    found, by_tags = report(project(tmp_path / "tags", MACHINES % (TAGS, tagged), f"version: 1\n{SITES}"))
    assert (by_file["failures"], by_tags["failures"]) == ([], [])
    assert (found, results(by_tags)) == (code, results(by_file))
    [service] = by_tags["services"]
    assert (service["location"]["path"], service["location"]["line"]) == ("__main__.py", 13)


def test_a_state_says_what_its_components_declare(tmp_path: Path) -> None:
    def named(token: str, name: str) -> str:
        return f"urn:pulumi:prod::edge::{token}::{name}"

    declare, provider = "resilience-checks:declare:", "pulumi:providers:fortios"
    devices = [named(provider, name) for name in ("fw-a", "fw-b")]
    pair, north = named(f"{declare}FirewallPair", "fw"), named(f"{declare}Site", "north")
    inputs = {
        named("pulumi:pulumi:Stack", "edge-prod"): {},
        **{urn: {"hostname": urn.rpartition("::")[2]} for urn in devices},
        pair: {"members": devices, "units": 1},
        north: {"region": "gwent", "perimeter": pair, "members": devices},
        named(f"{declare}Service", "record"): {
            "entry": pair,
            "scope": "national",
            "tier": 1,
            "rto": "1h",
            "rpo": "15m",
        },
    }
    resources = [
        {
            "urn": urn,
            "type": urn.split("::")[2],
            "custom": urn in devices,
            "inputs": given,
            **({"id": "1"} if urn in devices else {}),
        }
        for urn, given in inputs.items()
    ]
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}), encoding="utf-8")
    done = run("check", "--state", str(state), "--format", "json")
    data = json.loads(done.stdout)
    assert data["failures"] == []
    assert [(item["id"], item["scope"], item["tier"]) for item in data["services"]] == [("record", "national", 1)]
    assert ("violation", "cross-site-failover", "site:north") in {
        (item["outcome"], item["policy"], item["target"]) for item in data["results"]
    }
