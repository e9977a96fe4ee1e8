"""Declarations in programs say what the same words in resilience.yaml say, each at its own line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.analysis.answers import answer
from resilience_checks.analysis.capacity import headrooms
from resilience_checks.analysis.recovery import Bounds, recoveries
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.errors import UsageError
from resilience_checks.model.question import FaultKind, Horizon, Question
from resilience_checks.model.values import LookupAnswer, Unknown
from resilience_checks.topology.declaration_union import united
from resilience_checks.topology.declarations import load
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.topology.estate import Estate

DEVICE = Question("device", (FaultKind.OUTAGE,), ("device",))
SHARED = Question("shared", (FaultKind.BAD_CHANGE,), ("management-plane",), horizon=Horizon.RTO)
SITE = Question("site", (FaultKind.OUTAGE,), ("site",), horizon=Horizon.RTO)
REGION = Question("region", (FaultKind.OUTAGE,), ("region",), horizon=Horizon.RTO)
DOMAIN = Question("domain", (FaultKind.OUTAGE,), ("power",), horizon=Horizon.RTO)
ALL = (DEVICE, SHARED, SITE, REGION, DOMAIN)
UNSEEN = Unknown("computed at deployment")
MACHINE = "vsphere:index/virtualMachine:VirtualMachine"

YAML = """
version: 1
sites:
  n: {region: east, perimeter: fw-n}
  s: {region: west, perimeter: fw-s}
  t: {region: third, perimeter: none}
links:
  dci: {between: [n, s], carrier: c1, domains: [duct]}
  wan: {to: n, carrier: c2}
placement:
  - {match: {provider: "fw-*.n.example"}, site: n}
  - {match: {provider: "fw-*.s.example"}, site: s}
  - {match: {name: "sql-n"}, site: n, rack: r1}
  - {match: {name: "sql-s"}, site: s}
components:
  fw-n: {role: firewall, select: {provider: "fw-*.n.example"}, units: 1}
  fw-s: {role: firewall, select: {provider: "fw-*.s.example"}, units: 1}
  front: {role: global-traffic, any-of: [fw-n, fw-s]}
  witness: {role: witness, site: t}
  db:
    role: database
    failover:
      primary: {select: sql-n}
      standby: [{select: sql-s}]
      replication: {mode: async, lag: 30s, over: [dci]}
      mover: {mode: automatic, needs: witness, detect: 60s, promote: 120s}
domains:
  duct: {kind: power, faults: [outage], members: [witness, {select: sql-n}]}
consumers:
  powys: {kind: board, access: [wan], critical: true}
services:
  record: {scope: national, tier: 1, rto: 1h, rpo: 15m, entry: front, consumers: [powys], needs: [db]}
"""


def hosting() -> tuple[Program, dict[str, str]]:
    """Return two sites with a firewall and a database server each, and the URNs."""
    program, urns = Program(), {}
    for site in ("n", "s"):
        urns[f"fw-{site}"] = program.provider("fortios", f"fw-{site}", hostname=f"fw-a.{site}.example", token="t")
        manager = {"type": "fortimanager", "fmg": "fmg.example"}
        token = "fortios:system/centralmanagement:Centralmanagement"
        program.add(token, f"manager-{site}", manager, provider=urns[f"fw-{site}"])
        vcenter = program.provider("vsphere", f"vc-{site}", vsphereServer=f"vc.{site}.example")
        urns[f"sql-{site}"] = program.add(MACHINE, f"sql-{site}", {"name": f"sql-{site}"}, provider=vcenter)
    return program, urns


def estate(program: Program, text: str | None, tmp_path: Path) -> Estate:
    declared = Declarations.empty()
    if text is not None:
        path = tmp_path / "resilience.yaml"
        path.write_text(text, encoding="utf-8")
        declared = load(path, tmp_path, alone=False)
    return build([program.graph()], declared, load_catalogue())


def told(found: Estate, *questions: Question) -> list[str]:
    """Return each statement in one line: its answer, its cuts, and the facts that it hangs on."""
    return [
        f"{item.question} {item.service}: {item.holds} {[cut.events for cut in item.cuts]} "
        f"{sorted(doubt.id for doubt in item.depends_on)} {item.error or ''}".strip()
        for item in answer(found, list(questions or ALL)).statements
    ]


def said_of_services(found: Estate) -> dict[str, tuple[object, ...]]:
    return {item.id: (item.scope, item.tier, item.rto, item.rpo, item.consumers) for item in found.services.values()}


def contradictions(found: Estate) -> list[tuple[str, list[str]]]:
    return [(item.text, [str(at) for at in item.locations]) for item in found.contradictions]


def declare_all(program: Program, urns: dict[str, str]) -> None:
    """Say by components all that YAML says."""
    edges = {
        site: program.declare("FirewallPair", f"fw-{site}", members=[urns[f"fw-{site}"]], units=1) for site in "ns"
    }
    witness = program.declare("Component", "witness", role="witness", site="t")
    sites = {
        site: program.declare("Site", site, region=region, perimeter=edges[site], members=[urns[f"fw-{site}"]])
        for site, region in (("n", "east"), ("s", "west"))
    }
    program.declare("Site", "t", region="third", perimeter="none")
    program.declare("Placement", "rack", site=sites["n"], rack="r1", members=[urns["sql-n"]])
    program.declare("Placement", "other", site=sites["s"], members=[urns["sql-s"]])
    duct = program.declare("FailureDomain", "duct", kind="power", faults=["outage"], members=[witness, urns["sql-n"]])
    dci = program.declare("Link", "dci", between=[sites["n"], sites["s"]], carrier="c1", domains=[duct])
    wan = program.declare("Link", "wan", to=sites["n"], carrier="c2")
    front = program.declare("Component", "front", role="global-traffic", anyOf=list(edges.values()))
    mover = {"mode": "automatic", "needs": witness, "detect": "60s", "promote": "120s"}
    failover = {
        "primary": urns["sql-n"],
        "standby": [urns["sql-s"]],
        "replication": {"mode": "async", "lag": "30s", "over": [dci]},
        "mover": mover,
    }
    db = program.declare("Component", "db", role="database", failover=failover)
    powys = program.declare("Consumer", "powys", kind="board", access=[wan], critical=True)
    program.declare(
        "Service",
        "record",
        entry=front,
        scope="national",
        tier=1.0,
        rto="1h",
        rpo="15m",
        consumers=[powys],
        needs=[db],
    )


def test_components_say_what_the_file_says(tmp_path: Path) -> None:
    by_file = estate(hosting()[0], YAML, tmp_path)
    program, urns = hosting()
    declare_all(program, urns)
    by_program = estate(program, None, tmp_path)
    assert told(by_program) == told(by_file)
    assert said_of_services(by_program) == said_of_services(by_file)
    assert (by_program.contradictions, by_program.coverage) == ((), by_file.coverage)
    assert {part.id: part.role for part in by_program.parts.values()} == {
        part.id: part.role for part in by_file.parts.values()
    }


def test_file_and_components_that_say_the_same_agree(tmp_path: Path) -> None:
    program, urns = hosting()
    program.declare("Site", "n", region="east", members=[urns["fw-n"]])
    program.declare("Service", "record", entry="front", scope="national", tier=1, rto="60m", needs=["db"])
    found = estate(program, YAML, tmp_path)
    assert contradictions(found) == []
    assert told(found) == told(estate(hosting()[0], YAML, tmp_path))


def test_the_file_may_refer_to_what_only_a_program_declares(tmp_path: Path) -> None:
    program, urns = hosting()
    program.declare("Component", "db", role="database", members=[urns["sql-n"]])
    text = "version: 1\nservices:\n  record: {entry: {select: {name: sql-s}}, needs: [db], scope: national}\n"
    assert told(estate(program, text, tmp_path), DEVICE) == [
        "device record: no [('device:vc.n.example/sql-n/outage',), ('device:vc.s.example/sql-s/outage',)] []"
    ]


MACHINES = """
version: 1
sites: {n: {region: east, perimeter: none}, s: {region: west, perimeter: none}}
components: {pdu: {role: power, site: s}}
domains: {grid: {kind: power, faults: [outage], members: [%s]}}
placement: [%s]
services: {%s}
"""
BY_FILE = MACHINES % (
    "pdu, {select: web-n}",
    "{match: web-n, site: n}",
    "record: {scope: national, tier: 1, rto: 1h, rpo: 15m, entry: {select: web-n}}",
)
BARE = MACHINES % ("pdu", "", "")
SAID = {
    "service": "record",
    "scope": "national",
    "tier": "1",
    "rto": "1h",
    "rpo": "15m",
    "site": "n",
    "domain": "grid",
}
FORMS: dict[str, dict[str, Any]] = {
    "a mapping": {"tags": {f"resilience:{key}": value for key, value in SAID.items()}},
    "other marks": {"labels": {f"resilience{'-/_'[n % 3]}{key}": value for n, (key, value) in enumerate(SAID.items())}},
    "key and value": {"tags": [{"key": f"resilience:{key}", "value": value} for key, value in SAID.items()]},
    "texts": {"tags": [f"resilience:{key}={value}" for key, value in SAID.items()]},
    "texts with colons": {"tags": [f"resilience:{key}:{value}" for key, value in SAID.items()]},
    "an object's metadata": {"metadata": {"labels": {f"resilience/{key}": value for key, value in SAID.items()}}},
    "capitals": {"tags": {f"Resilience:{key.title()}": value for key, value in SAID.items()}},
}


def machine(inputs: dict[str, Any], **provider: Any) -> Program:
    program = Program()
    vcenter = program.provider("vsphere", "vc", vsphereServer="vc.example", **provider)
    program.add(MACHINE, "web-n", {"name": "web-n", **inputs}, provider=vcenter)
    return program


@pytest.mark.parametrize("form", FORMS)
def test_tags_say_what_the_file_says(form: str, tmp_path: Path) -> None:
    by_file = estate(machine({}), BY_FILE, tmp_path)
    by_tags = estate(machine(FORMS[form]), BARE, tmp_path)
    assert told(by_tags) == told(by_file)
    assert said_of_services(by_tags) == said_of_services(by_file)
    assert [str(item.location) for item in by_tags.services.values()] == ["__main__.py:2"]


def test_a_provider_s_default_tags_are_those_of_its_resources(tmp_path: Path) -> None:
    program = machine(
        {"tags": {"resilience:site": "n"}}, defaultTags={"tags": FORMS["a mapping"]["tags"] | {"resilience:site": "s"}}
    )
    found = estate(program, BARE, tmp_path)
    assert told(found) == told(estate(machine({}), BY_FILE, tmp_path))
    assert contradictions(found) == []


@pytest.mark.parametrize("looked_up", [False, True])
def test_a_vsphere_tag_s_category_is_the_key_and_its_name_the_value(looked_up: bool, tmp_path: Path) -> None:
    program = Program()
    vcenter = program.provider("vsphere", "vc", vsphereServer="vc.example")
    tags: list[object] = []
    refers = {}
    for number, (key, value) in enumerate(SAID.items()):
        name = f"resilience:{key}"
        if looked_up:
            category = program.lookup("vsphere:index/getTagCategory:getTagCategory", name)
            tag = program.lookup("vsphere:index/getTag:getTag", value, categoryId=LookupAnswer(category, "id"))
            tags.append(LookupAnswer(tag, "id"))
        else:
            category = program.add("vsphere:index/tagCategory:TagCategory", f"c{number}", {"name": name})
            own = {"name": value, "categoryId": UNSEEN}
            tag = program.add("vsphere:index/tag:Tag", f"t{number}", own, refers={"categoryId": category})
            tags.append(UNSEEN)
            refers[f"tags[{number}]"] = tag
    program.add(MACHINE, "web-n", {"name": "web-n", "tags": tags}, provider=vcenter, refers=refers)
    found = estate(program, BARE, tmp_path)
    assert told(found) == told(estate(machine({}), BY_FILE, tmp_path))


def test_several_files_and_a_program_are_one_estate(tmp_path: Path) -> None:
    one = "version: 1\nservice_defaults: {scope: national, tier: 1, entry: front}\nservices: {record: {needs: [db]}}\n"
    other = "version: 1\nservice_defaults: {tier: 2}\nservices: {mail: {entry: front, scope: local}}\n"
    files = []
    for name, text in (("one", one), ("other", other)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "resilience.yaml").write_text(text, encoding="utf-8")
        files.append(load(tmp_path / name / "resilience.yaml", tmp_path, alone=False))
    program, urns = hosting()
    program.declare("Component", "db", members=[urns["sql-n"]])
    program.declare("Component", "front", members=[urns["sql-s"]])
    program.declare("Service", "record", tier=3)
    found = build([program.graph()], united(files), load_catalogue())
    assert contradictions(found) == []
    assert said_of_services(found) == {"record": ("national", 3, None, None, ()), "mail": ("local", 2, None, None, ())}
    assert [str(item.location) for item in found.services.values()] == [
        "one/resilience.yaml:3:12",
        "other/resilience.yaml:3:12",
    ]


def test_files_that_differ_are_refused_at_the_later_line(tmp_path: Path) -> None:
    files = []
    for name, region in (("one", "east"), ("other", "west")):
        (tmp_path / name).mkdir()
        text = f"version: 1\nsites: {{n: {{region: {region}, perimeter: fw}}}}\n"
        (tmp_path / name / "resilience.yaml").write_text(text, encoding="utf-8")
        files.append(load(tmp_path / name / "resilience.yaml", tmp_path, alone=False))
    with pytest.raises(UsageError) as caught:
        united(files)
    assert str(caught.value) == "other/resilience.yaml:2:9: n is declared differently in one/resilience.yaml"


def test_backups_and_capacity_in_programs_say_what_the_file_says(tmp_path: Path) -> None:
    text = """
components:
  sql: {select: {name: sql-n}, capacity: {tps: 100, per: all}}
backups:
  nightly: {of: {select: {name: sql-n}}, region: ukwest, every: 24h, into: {select: {name: sql-s}}, size: 1TB, throughput: 100MB/s}
"""
    services = "services: {record: {entry: {select: {name: sql-n}}, peak: {tps: 80}}}\n"
    program, _ = hosting()
    written = estate(program, f"version: 1\n{services}{text}", tmp_path)
    program, urns = hosting()
    program.declare("Component", "sql", members=[urns["sql-n"]], capacity={"tps": 100, "per": "all"})
    given: dict[str, Any] = {"every": "24h", "size": "1TB", "throughput": "100MB/s", "region": "ukwest"}
    program.declare("Backup", "nightly", of=[urns["sql-n"]], into=urns["sql-s"], **given)
    declared = estate(program, f"version: 1\n{services}", tmp_path)

    assert [[item.enough for item in headrooms(found, [()])] for found in (written, declared)] == [["enough"]] * 2
    device = next(name for name in written.domains if name.startswith("device:") and "sql-n" in name)
    times = [recoveries(found, [(f"{device}/outage",)])[0].time for found in (written, declared)]
    assert times == [Bounds(10000.0, 10000.0)] * 2
