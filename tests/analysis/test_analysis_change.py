"""What a change touches, replaces, makes shared, takes away and adds, each on the smallest programs that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.analysis.change import Change, change
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.changes import resource_changes
from resilience_checks.model.operation import REPLACE, Operation
from resilience_checks.model.question import Holds, Horizon
from resilience_checks.model.values import Secret, Unknown
from resilience_checks.sources.difference import operations
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resilience_checks.analysis.touched import Deployment
    from resilience_checks.model.graph import ResourceGraph

FIREWALLS = """
version: 1
sites:
  n: {region: gwent, perimeter: fw-n}
  s: {region: cardiff, perimeter: fw-s}
links:
  dci: {between: [n, s]}
placement:
  - {match: {provider: "fw-?.n.example"}, site: n}
  - {match: {provider: "fw-?.s.example"}, site: s}
components:
  fw-n: {role: firewall, select: {provider: "fw-?.n.example"}, units: 1}
  fw-s: {role: firewall, select: {provider: "fw-?.s.example"}, units: 1}
  front: {role: global-traffic, any-of: [fw-n, fw-s]}
services:
  record: {rto: 1h, rpo: 0s, entry: front}
"""
POLICY, MANAGER, HA = (
    "fortios:firewall/policy:Policy",
    "fortios:system/centralmanagement:Centralmanagement",
    "fortios:system/ha:Ha",
)
BOTH = ("fw-a.n.example", "fw-a.s.example")


def firewalls(
    rules: Mapping[str, Mapping[str, Any]],
    *,
    units: str = "a",
    manager: Any = None,
    token: str = POLICY,
    secret: str = "1",
    group: str = "",
) -> Program:
    """Return firewalls at two sites, each unit with a rule; `rules` gives what the sites' rules say."""
    program = Program()
    for site, rule in rules.items():
        for unit in units:
            name = f"fw-{unit}-{site}"
            host = f"fw-{unit}.{site}.example"
            device = program.provider("fortios", name, hostname=host, token=Secret(secret))
            program.add(token, f"rule-{name}", rule, provider=device)
            if manager is not None:
                fmg = manager.format(site=site) if isinstance(manager, str) else manager
                program.add(MANAGER, f"manager-{name}", {"type": "fortimanager", "fmg": fmg}, provider=device)
            if group:
                inputs = {"mode": "a-p", "groupId": 1, "groupName": f"{group}-{site}"}
                program.add(HA, f"ha-{name}", inputs, provider=device)
    return program


def rules(n: str = "HTTPS", s: str = "HTTPS", **more: str) -> dict[str, dict[str, Any]]:
    return {site: {"services": [{"name": name}], **more} for site, name in (("n", n), ("s", s))}


def compared(
    before: ResourceGraph | Program,
    after: ResourceGraph | Program,
    tmp_path: Path,
    text: str = FIREWALLS,
    *,
    was: str | None = None,
    told: Mapping[str, Operation] | None = None,
    horizon: Horizon = Horizon.RTO,
) -> Change:
    """Return what lies between two programs; `told` gives operations by name, as a preview would."""
    graphs = [each.graph() if isinstance(each, Program) else each for each in (before, after)]
    estates = []
    for graph, declared in zip(graphs, (was or text, text), strict=True):
        path = tmp_path / "resilience.yaml"
        path.write_text(declared, encoding="utf-8")
        estates.append(build([graph], load(path, tmp_path), load_catalogue()))
    found = operations(graphs[0], graphs[1])
    found |= {urn: operation for urn in found for name, operation in (told or {}).items() if urn.endswith(f"::{name}")}
    changes = {graphs[1].name: tuple(resource_changes(graphs[0], graphs[1], found))}
    return change(estates[0], estates[1], changes, horizon)


def only(found: Change) -> Deployment:
    [deployment] = found.deployments
    return deployment


def parts(deployment: Deployment) -> dict[str, bool]:
    return {touch.part: touch.sure for touch in deployment.touched}


def test_a_rule_changed_at_both_sites_touches_the_whole_redundant_set(tmp_path: Path) -> None:
    found = compared(firewalls(rules()), firewalls(rules("SMTP", "SMTP")), tmp_path)
    deployment = only(found)
    assert parts(deployment) == dict.fromkeys(BOTH, True)
    assert (deployment.lost, deployment.perhaps, deployment.kept) == (("record",), (), ())
    assert [(one.parts, one.services, one.redundant, one.sure) for one in deployment.sets] == [
        (BOTH, ("record",), True, True)
    ]
    assert [(one.role, one.parts, one.services) for one in deployment.whole] == [("firewall", BOTH, ("record",))]
    assert deployment.sets[0].chain[-1].text == "record is lost"
    assert found.redundancy is not None
    assert found.redundancy.unchanged == ("record",)


def test_a_rule_changed_at_one_site_leaves_the_other(tmp_path: Path) -> None:
    deployment = only(compared(firewalls(rules()), firewalls(rules("SMTP")), tmp_path))
    assert parts(deployment) == {"fw-a.n.example": True}
    assert (deployment.lost, deployment.kept, deployment.sets) == ((), ("record",), ())


def test_one_unit_of_an_ha_cluster_takes_the_configuration_of_the_other(tmp_path: Path) -> None:
    def program(text: str) -> Program:
        plain = firewalls(rules(), units="ab", group="edge")
        changed = firewalls(rules(text, text), units="ab", group="edge")
        first = {resource.urn for resource in plain.resources if "fw-a" in resource.name}
        new = {one.urn: one for one in changed.resources}
        plain.resources = [new[one.urn] if one.urn in first else one for one in plain.resources]
        return plain

    deployment = only(compared(program("HTTPS"), program("SMTP"), tmp_path))
    assert set(parts(deployment)) == set(BOTH)
    assert deployment.lost == ("record",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (firewalls(rules(comments="old")), firewalls(rules(comments="new"))),
        (firewalls(rules(), secret="1"), firewalls(rules(), secret="2")),
    ],
    ids=["a comment", "a token of the login"],
)
def test_what_only_describes_or_signs_in_touches_nothing(before: Program, after: Program, tmp_path: Path) -> None:
    deployment = only(compared(before, after, tmp_path))
    assert deployment.touched == ()
    assert deployment.untouched == ("record",)


def test_a_type_that_the_catalogue_does_not_know_may_touch_its_device(tmp_path: Path) -> None:
    token = "fortios:made/up:Setting"
    deployment = only(compared(firewalls(rules(), token=token), firewalls(rules("x", "y"), token=token), tmp_path))
    assert parts(deployment) == dict.fromkeys(BOTH, False)
    assert (deployment.lost, deployment.perhaps) == ((), ("record",))
    assert [(one.parts, one.sure) for one in deployment.sets] == [(BOTH, False)]
    assert "the catalogue does not know fortios:made/up:Setting" in deployment.touched[0].why


def test_instances_of_one_address_are_one_device(tmp_path: Path) -> None:
    def program(service: str) -> Program:
        made = firewalls(rules())
        for site in "ns":
            again = made.provider("fortios", f"rules of {site}", hostname=f"fw-a.{site}.example", token=Secret("2"))
            made.add(POLICY, f"more-{site}", {"services": [{"name": service}]}, provider=again)
        return made

    text = FIREWALLS.replace(", units: 1", "")
    deployment = only(compared(program("HTTPS"), program("SMTP"), tmp_path, text))
    assert len(deployment.touched) == 4
    assert deployment.lost == ("record",)


def test_a_second_unit_is_redundancy_gained_and_taking_it_away_is_redundancy_lost(tmp_path: Path) -> None:
    one, two = firewalls(rules()), firewalls(rules(), units="ab")
    text = FIREWALLS.replace("any-of: [fw-n, fw-s]", "requires: [fw-n, fw-s]")
    more, fewer = compared(one, two, tmp_path, text).redundancy, compared(two, one, tmp_path, text).redundancy
    assert more is not None
    assert fewer is not None
    [gained], [lost] = more.changed, fewer.changed
    events = {(f"device:fw-a.{site}.example/outage",) for site in "ns"}
    assert events <= {cut.events for cut in gained.gained}
    assert events <= {cut.events for cut in lost.lost}
    assert {cut.events for cut in gained.gained} == {cut.events for cut in lost.lost}


def test_a_manager_that_both_sites_join_becomes_shared(tmp_path: Path) -> None:
    apart, joined = (firewalls(rules(), manager=name) for name in ("fmg.{site}.example", "fmg.example"))
    found = compared(apart, joined, tmp_path)
    assert [(one.event.id, one.joined, one.services, one.alone, one.sure) for one in found.shared] == [
        ("management-plane:fmg.example/bad-change", BOTH, ("record",), True, True)
    ]
    assert str(found.shared[0].event.primary) == "__main__.py:6"
    assert compared(joined, apart, tmp_path).shared == ()


def test_a_manager_that_is_not_known_may_become_shared(tmp_path: Path) -> None:
    apart, unseen = firewalls(rules(), manager="fmg.{site}.example"), firewalls(rules(), manager=Unknown("later"))
    found = compared(apart, unseen, tmp_path)
    assert found.shared
    assert not any(one.sure for one in found.shared)
    assert found.redundancy is not None
    [service] = found.redundancy.changed
    assert service.lost == ()
    assert service.perhaps
    assert all(doubt.reason.text and doubt.remedy for doubt in service.depends_on)
    assert service.depends_on


def test_a_target_that_is_declared_differently_is_told(tmp_path: Path) -> None:
    program = firewalls(rules())
    found = compared(program, program, tmp_path, FIREWALLS.replace("1h", "4h"), was=FIREWALLS).redundancy
    assert found is not None
    [service] = found.changed
    assert [(one.name, one.before, one.after) for one in service.objectives] == [("rto", 3600.0, 14400.0)]
    assert (service.lost, service.gained) == ((), ())


def test_a_target_that_no_move_below_depends_on_adds_no_doubt(tmp_path: Path) -> None:
    program = firewalls(rules(), manager=Unknown("later"))
    found = compared(program, program, tmp_path, FIREWALLS.replace("1h", "30m"), was=FIREWALLS).redundancy
    assert found is not None
    [service] = found.changed
    assert (service.perhaps, service.undecided) == ((), 0)


MOVING = """
version: 1
sites: {n: {}, s: {}}
links: {dci: {between: [n, s]}}
components:
  one: {role: database, site: n}
  two: {role: database, site: s}
  db:
    role: database
    failover:
      {primary: one, standby: [two], replication: {mode: sync}, mover: {mode: automatic, detect: 10m, promote: 10m}}
services:
  record: {rto: 1h, rpo: 0s, entry: db}
"""


@pytest.mark.parametrize(("rto", "lost"), [("30m", False), ("20m", False), ("10m", True)])
def test_a_target_shorter_than_the_moves_below_it_loses_what_they_saved(rto: str, lost: bool, tmp_path: Path) -> None:
    program = firewalls(rules())
    found = compared(program, program, tmp_path, MOVING.replace("1h", rto), was=MOVING).redundancy
    assert found is not None
    [service] = found.changed
    assert ("device:one/outage" in {event for cut in service.lost for event in cut.events}) is lost


SERVERS = """
version: 1
sites: {n: {perimeter: none}, s: {perimeter: none}}
links: {dci: {between: [n, s]}}
placement:
  - {match: {name: "*-n"}, site: n}
  - {match: {name: "*-s"}, site: s}
components:
  web: {role: compute, any-of: [{select: {name: web-n}}, {select: {name: web-s}}]}
  db: {role: database, select: {name: db-n}}
services:
  record: {rto: 1h, rpo: 0s, entry: web, needs: [db]}
  intranet: {rto: 1h, rpo: 0s, entry: web}
"""
MACHINE = "vsphere:index/virtualMachine:VirtualMachine"


def machines(**memory: int) -> Program:
    program = Program()
    vcenter = program.provider("vsphere", "vc", vsphereServer="vc.example")
    for name in ("web-n", "web-s", "db-n"):
        inputs = {"name": name, "memory": memory.get(name.replace("-", "_"), 4)}
        program.add(MACHINE, name, inputs, provider=vcenter)
    return program


@pytest.mark.parametrize(
    ("name", "first", "downtime", "lost", "exposed"),
    [
        ("db-n", Holds.YES, Holds.YES, ("record",), ()),
        ("db-n", Holds.NO, Holds.UNKNOWN, ("record",), ()),
        ("db-n", Holds.UNKNOWN, Holds.UNKNOWN, ("record",), ()),
        ("web-n", Holds.YES, Holds.YES, (), ("intranet", "record")),
        ("web-n", Holds.NO, Holds.NO, (), ("intranet", "record")),
    ],
)
def test_a_replacement_takes_down_what_stands_on_it_or_leaves_it_without_redundancy(
    name: str, first: Holds, downtime: Holds, lost: tuple[str, ...], exposed: tuple[str, ...], tmp_path: Path
) -> None:
    told = {name: Operation(REPLACE, ("guestId",), ("guestId",), first)}
    found = compared(machines(), machines(), tmp_path, SERVERS, told=told)
    [replacement] = found.replacements
    assert (replacement.part, replacement.downtime, replacement.lost) == (f"vc.example/{name}", downtime, lost)
    assert tuple(sorted(service for service, _ in replacement.exposed)) == exposed
    if exposed:
        assert all("device:vc.example/web-s/outage" in events for _, events in replacement.exposed)


def test_a_single_machine_that_changes_is_no_redundant_set(tmp_path: Path) -> None:
    deployment = only(compared(machines(), machines(db_n=8, web_n=8), tmp_path, SERVERS))
    assert (deployment.lost, deployment.kept) == (("record",), ("intranet",))
    assert [(one.parts, one.redundant) for one in deployment.sets] == [(("vc.example/db-n",), False)]


def test_only_the_virtual_server_that_changes_is_touched_of_those_on_one_server(tmp_path: Path) -> None:
    def program(port: int) -> Program:
        made = Program()
        device = made.provider("f5bigip", "gtm", address="https://gtm.example")
        servers = [{"name": "a", "destination": "10.0.0.1:443"}, {"name": "b", "destination": f"10.0.0.2:{port}"}]
        made.add(
            "f5bigip:index/gtmServer:GtmServer", "srv", {"name": "srv", "virtualServers": servers}, provider=device
        )
        for name in "ab":
            inputs = {"name": f"pool-{name}", "type": "a", "members": [{"name": f"srv:{name}"}], "monitor": "/Common/x"}
            made.add("f5bigip:index/gtmPool:GtmPool", f"pool-{name}", inputs, provider=device)
        return made

    text = """
version: 1
services:
  one: {rto: 1h, entry: {select: {name: pool-a}}}
  two: {rto: 1h, entry: {select: {name: pool-b}}}
"""
    deployment = only(compared(program(443), program(8443), tmp_path, text))
    assert deployment.lost == ("two",)
    assert [touch.part for touch in deployment.touched] == ["gtm.example/srv:b"]
