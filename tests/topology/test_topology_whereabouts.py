"""Where things stand, what they refer to and what is copied of them, as far as a program alone shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.location import Location
from resilience_checks.model.values import Basis, Reason, StackOutput, Unknown
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.estate import Backup, Estate, Fact, Member, Part
from resilience_checks.topology.estate_builder import build
from resilience_checks.topology.gates import ALWAYS, NEVER, Case, Failover, Standby, Term, Way
from tests.topology.gate_text import tell
from tests.topology.graphs import Program
from tests.topology.test_topology_estates import estate

if TYPE_CHECKING:
    from pathlib import Path

CATALOGUE = Catalogue()
LATER = Unknown("computed at deployment")
MACHINE = "vsphere:index/virtualMachine:VirtualMachine"
DATABASE = "aws:rds/instance:Instance"
ELSEWHERE = "a place that nobody named"


def built(program: Program) -> Estate:
    return build([program.graph()], Declarations.empty(), CATALOGUE)


def unknown(text: str, line: int | None) -> Reason:
    return Reason(text, Basis.UNKNOWN, None if line is None else Location("__main__.py", line))


def machines(**hosts: str | None) -> Program:
    """Return machines of one pool, each with the host that it names."""
    program = Program()
    provider = program.provider("vsphere", "vc", vsphereServer="vc.example")
    for name, host in hosts.items():
        named = {} if host is None else {"hostSystemId": host}
        program.add(MACHINE, name, {"name": name, "resourcePoolId": "pool", **named}, provider=provider)
    return program


def test_what_names_a_host_is_on_the_shared_one_only_if_that_is_its_own() -> None:
    found = built(machines(a="h1", b="h2", c=None))
    pool = "outside:vc.example:pool"
    assert found.facts[f"host named in {pool}"] == Fact(
        f"host named in {pool}",
        ("h1", "h2"),
        unknown("machines name 2 hosts outright, and others may run on any of them", 2),
        "name the host of the others too",
    )
    shared = (f"a shared host of {pool}", "yes")
    assert found.domains[f"host:a host of {pool}"].members == (
        Member("vc.example/a", (shared, (f"host named in {pool}", "h1"))),
        Member("vc.example/b", (shared, (f"host named in {pool}", "h2"))),
        Member("vc.example/c", (shared,)),
    )


def test_machines_of_one_pool_may_share_a_host() -> None:
    found = built(machines(a=None, b=None))
    shared = "a shared host of outside:vc.example:pool"
    assert found.facts[shared] == Fact(
        shared,
        ("no", "yes"),
        unknown("the platform chooses where in 'pool' its 2 machines run", 3),
        "keep those that stand in for each other apart by a rule that is mandatory",
    )
    assert found.domains["host:a host of outside:vc.example:pool"].members == tuple(
        Member(f"vc.example/{name}", ((shared, "yes"),)) for name in "ab"
    )


def test_a_host_that_a_rule_names_is_that_which_the_program_makes(tmp_path: Path) -> None:
    program = Program()
    provider = program.provider("vsphere", "vc", vsphereServer="vc.example")
    program.add("vsphere:index/host:Host", "esx", {"hostname": "esx1"}, provider=provider)
    program.add(MACHINE, "web", {"name": "web"}, provider=provider)
    text = (
        "version: 1\nsites: {n: {perimeter: none}}\nplacement:\n"
        "  - {match: {provider: vc}, site: n}\n  - {match: {name: web}, site: n, rack: r, host: esx1}\n"
    )
    found = estate(program, text, tmp_path).domains
    assert found["host:vc.example/esx1"].members == (Member("vc.example/esx1"), Member("vc.example/web"))
    assert found["rack:n/r"].members == (Member("vc.example/web"), Member("vc.example/esx1"))
    assert "host:vc.example/esx1" in found["rack:n/r"].encloses
    assert "host:n/esx1" not in found


def test_zones_that_are_told_in_two_ways_may_be_one() -> None:
    program = Program()
    for name, zone in (("a", {"availabilityZone": "eu-west-2a"}), ("b", {"availabilityZoneId": "euw2-az1"})):
        program.add("aws:ec2/subnet:Subnet", name, {"region": "eu-west-2", **zone})
    one = "eu-west-2/euw2-az1 is eu-west-2/eu-west-2a"
    assert built(program).facts == {
        "zones of eu-west-2 that are one": Fact(
            "zones of eu-west-2 that are one",
            ("none", one),
            unknown(
                "which zones of region eu-west-2 are one is not known: "
                "they are told by names, by ids, or by places in an answer",
                None,
            ),
            "give the answers of lookups with --lookups, and tell all zones in one way",
        )
    }


def test_what_takes_its_region_from_one_output_stands_in_one_region() -> None:
    program = Program()
    for name in ("a", "b"):
        program.add(DATABASE, name, {"identifier": name, "region": StackOutput("web/net", "region")})
    found = built(program)
    fact = "region of what region of web/net names"
    assert [name for name in found.facts if name.startswith("region of")] == [fact]
    (region,) = [domain for domain in found.domains.values() if domain.kind == "region"]
    assert region.members == tuple(Member(name, ((fact, ELSEWHERE),)) for name in ("a", "b"))


def test_what_its_provider_may_serve_from_elsewhere_is_perhaps_lost_with_its_region() -> None:
    program = Program()
    table = {"name": "t", "region": "eu-west-2", "replicas": [{"regionName": "eu-west-1"}]}
    program.add("aws:dynamodb/table:Table", "t", table)
    found = built(program)
    (fact,) = found.facts.values()
    assert (fact.id, fact.values, fact.remedy) == (
        "paired region of t",
        ("serves it", "does not"),
        "keep a second one in another region, and let what uses it choose",
    )
    assert found.domains["region:eu-west-2"].members[0] == Member("t", ((fact.id, "does not"),))


def test_what_nobody_knows_stands_in_its_provider_s_region_or_in_none() -> None:
    program = Program()
    provider = program.provider("aws", "west", region="eu-west-2")
    made = program.add("aws:novel/thing:Thing", "t", {"name": "t"}, provider=provider)
    program.declare("Component", "t", members=[made])
    found = built(program)
    fact = "region of t"
    why = "the catalogue does not know aws:novel/thing:Thing, so nobody says whether Thing t stands in eu-west-2 alone"
    remedy = "add a catalogue entry for aws:novel/thing:Thing that says where it stands"
    assert found.facts[fact] == Fact(fact, ("eu-west-2", "no place of its own"), unknown(why, 2), remedy)
    assert found.domains["region:eu-west-2"].members == (Member("t", ((fact, "eu-west-2"),)),)


def test_how_a_platform_s_backup_is_restored_is_asked_of_the_declarations() -> None:
    program = Program()
    inputs = {"identifier": "db", "region": "eu-west-2", "backupRetentionPeriod": 7}
    program.add(DATABASE, "db", inputs)
    found = built(program)
    fact = "restore of the automatic backup of Instance db"
    why = "how long a restore of the automatic backup of Instance db takes, and to what, is not declared"
    remedy = "declare a backup `of` it with `into` and `restore`, or `size` and `throughput`"
    assert found.facts[fact] == Fact(fact, ("in time", "too late"), unknown(why, 1), remedy)


@pytest.mark.parametrize(("location", "named"), [("europe-west1", True), ("Europe-West2", False)])
def test_a_platform_s_backup_is_kept_in_the_region_that_an_input_names_if_that_is_another(
    location: str, *, named: bool
) -> None:
    program = Program()
    settings = {"backupConfiguration": {"enabled": True, "location": location}}
    token = "gcp:sql/databaseInstance:DatabaseInstance"
    program.add(token, "db", {"name": "db", "region": "europe-west2", "settings": settings})
    found = built(program)
    name = "automatic backup of DatabaseInstance db"
    there = f"{name} in europe-west1"
    kept = f"{there} (need): the {name} is kept in europe-west1 @1 (documented)"
    assert tell(found.backups[name].store) == (kept if named else f"{name} (need): -")
    assert {key: domain.members for key, domain in found.domains.items() if domain.kind == "region"} == {
        "region:europe-west2": (Member("db"), Member(name)),
        **({"region:europe-west1": (Member(there),)} if named else {}),
    }


def test_two_sites_of_one_thing_are_each_where_it_may_stand(tmp_path: Path) -> None:
    text = (
        "version: 1\nsites: {n: {perimeter: none}, s: {perimeter: none}}\nplacement:\n"
        "  - {match: {name: a}, site: n}\n  - {match: {name: a}, site: s}\n"
    )
    found = estate(machines(a=None), text, tmp_path)
    assert {name: found.domains[f"site:{name}"].members[0] for name in "ns"} == {
        name: Member("vc.example/a", (("site of vc.example/a", name),)) for name in "ns"
    }


def fabric(devices: tuple[str, ...], switches: object) -> Estate:
    program = Program()
    for name, device in zip("ab", devices, strict=True):
        program.add("junipermist:device/switch:Switch", name, {"name": name, "deviceId": device})
    program.add("junipermist:site/evpnTopology:EvpnTopology", "fabric", {"name": "fabric", "switches": switches})
    return built(program)


def test_of_a_list_that_is_not_known_each_may_be_a_member() -> None:
    found = fabric(("1", "2"), LATER)
    assert [fact for name, fact in found.facts.items() if "lists" in name] == [
        Fact(
            f"fabric lists {name}",
            ("yes", "no"),
            unknown("switches of EvpnTopology fabric is not known: computed at deployment", 3),
            "give the value in the stack's configuration, or declare the component in resilience.yaml",
        )
        for name in "ab"
    ]
    assert found.domains["management-plane:fabric"].members == tuple(
        Member(name, ((f"fabric lists {name}", "yes"),)) for name in "ab"
    )


def test_of_a_name_that_two_bear_one_is_the_member() -> None:
    found = fabric(("1", "1"), {"1": {}})
    fact = "ambiguous:fabric:switches.1"
    assert found.facts[fact].values == ("a", "b")
    assert found.domains["management-plane:fabric"].members == tuple(Member(name, ((fact, name),)) for name in "ab")


def test_a_copy_that_a_program_orders_is_as_old_as_its_schedule_says() -> None:
    program = Program()
    disk = program.add("gcp:compute/disk:Disk", "d", {"name": "d", "zone": "europe-west2-a"})
    schedule = {"schedule": {"hourlySchedule": {"hoursInCycle": 4}}}
    policy = program.add("gcp:compute/resourcePolicy:ResourcePolicy", "p", {"snapshotSchedulePolicy": schedule})
    refers = {"disk": disk, "name": policy}
    token = "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment"
    program.add(token, "order", dict.fromkeys(refers, LATER), refers=refers)
    found = built(program)
    name = "backup of Disk d by DiskResourcePolicyAttachment order"
    source = found.backups[name].restored.branches["in time"].standbys[0].way.loss.source  # type: ignore[union-attr]
    store = Case(f"place of the {name}", {"apart": ALWAYS, "with what it protects": NEVER})
    why = f"how long a restore of the {name} takes, and to what, is not declared"
    remedy = "declare a backup `of` it with `into` and `restore`, or `size` and `throughput`"
    order = Location("__main__.py", 3)
    way = Way(
        f"Disk d is restored from the {name}",
        (Term("restore", None, unknown(why, 1), remedy),),
        Reason("all since the last copy", Basis.DOCUMENTED, order, source),
        restores=True,
    )
    restored = Failover(NEVER, (Standby(store, ALWAYS, 0.0, 14_400.0, way),))
    assert found.backups == {
        name: Backup(
            name,
            ("d",),
            store,
            Case(f"restore of the {name}", {"in time": restored, "too late": NEVER}),
            every=14_400.0,
            known=False,
            declared=False,
            location=order,
        )
    }


def test_a_copy_of_one_time_is_where_it_names_and_when_the_next_is_made_is_asked() -> None:
    program = Program()
    disk = program.add("gcp:compute/disk:Disk", "d", {"name": "d", "zone": "europe-west2-a"})
    inputs = {"sourceDisk": LATER, "storageLocations": ["EU", "us-west1"]}
    program.add("gcp:compute/snapshot:Snapshot", "s", inputs, refers={"sourceDisk": disk})
    found = built(program)
    name = "backup of Disk d by Snapshot s"
    fact = f"interval of the {name}"
    assert found.facts[fact] == Fact(
        fact,
        ("within the RPO", "beyond it"),
        unknown(f"how often the {name} is made is not known", 2),
        "give its schedule in the program, or declare the backup",
    )
    assert f"place of the {name}" not in found.facts
    store = f"{name} (need): the {name} is kept there @2"
    never, always = tell(NEVER), tell(ALWAYS)
    assert tell(found.backups[name].restored) == {
        f"restore of the {name}": {
            "in time": {
                fact: {
                    "within the RPO": {"failover: -": [never, (0.0, None, store, always)]},
                    "beyond it": {"failover: -": [never, (0.0, float("inf"), store, always)]},
                }
            },
            "too late": never,
        }
    }
    assert {key: domain.members for key, domain in found.domains.items() if domain.kind == "region"} == {
        "region:europe-west2": (Member("d"),),
        "region:eu": (Member(name),),
        "region:us-west1": (Member(name),),
    }


def test_what_an_input_leaves_out_is_a_part_that_may_need_anything() -> None:
    program = Program()
    gone = "urn:pulumi:prod::web::vsphere:index/resourcePool:ResourcePool::gone"
    program.add(MACHINE, "web", {"name": "web", "resourcePoolId": LATER}, refers={"resourcePoolId": gone})
    found = built(program)
    name = "gone outside the checked programs"
    fact = f"what {name} needs"
    assert found.facts[fact] == Fact(
        fact,
        ("nothing more", "something lost"),
        unknown(f"resourcePoolId of VirtualMachine web refers to {gone}, which the input leaves out", 1),
        "write the preview with `pulumi preview --json --show-sames`",
    )
    part = found.parts[name]
    assert replace(part, site=None) == Part(
        name,
        "gone",
        "unknown",
        gate=Case(fact, {"nothing more": ALWAYS, "something lost": NEVER}),
        location=Location("__main__.py", 1),
    )


@pytest.mark.parametrize("count", [1, 2])
def test_of_dependencies_of_a_whole_input_one_is_that_of_an_element_and_of_more_any(count: int) -> None:
    program = Program()
    provider = program.provider("vsphere", "vc", vsphereServer="vc.example")
    token = "vsphere:index/distributedPortGroup:DistributedPortGroup"
    nets = tuple(program.add(token, f"n{n}", {"name": f"n{n}"}, provider=provider) for n in range(count))
    program.add(MACHINE, "web", {"name": "web", "networkInterfaces": [{"networkId": LATER}]}, provider=provider)
    program.resources[-1] = replace(program.resources[-1], property_dependencies={"networkInterfaces": nets})
    graph = program.graph()
    graph = replace(graph, capabilities=replace(graph.capabilities, element_dependencies=False))
    at = "networkInterfaces[0].networkId"
    which = "DistributedPortGroup n0" if count == 1 else f"what {at} of VirtualMachine web refers to"
    needs = [f"vc.example/n{n} (path): VirtualMachine web needs {which} ({at}) @{count + 2}" for n in range(count)]
    gate = build([graph], Declarations.empty(), CATALOGUE).parts["vc.example/web"].gate
    assert tell(gate) == (
        needs[0]
        if count == 1
        else {f"one of:vc.example/web:{at}": {f"vc.example/n{n}": need for n, need in enumerate(needs)}}
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [(7, 604_800.0), ("7", 604_800.0), ("seven", None), ("nan", None), ("1e999", None), (10**400, None), (True, None)],
)
def test_how_long_copies_are_kept_is_a_number_or_not_known(given: object, kept: float | None) -> None:
    program = Program()
    inputs = {"identifier": "db", "region": "eu-west-2", "backupRetentionPeriod": given}
    made = program.add(DATABASE, "db", inputs)
    program.add(
        "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
        "copy",
        {"region": "eu-west-1", "sourceDbInstanceArn": LATER, "retentionPeriod": given},
        refers={"sourceDbInstanceArn": made},
    )
    assert {backup.keep for backup in built(program).backups.values()} == {kept}


@pytest.mark.parametrize("last", [2, "2", "last", "nan", 10**400, None])
def test_what_has_the_least_number_is_the_first_whatever_the_others_say(last: object) -> None:
    program = Program()
    profile = {"name": "front", "trafficRoutingMethod": "Priority", "monitorConfig": {"intervalInSeconds": 30}}
    endpoints = [{"name": "a", "target": "a.example", "priority": last}]
    endpoints.append({"name": "b", "target": "b.example", "priority": 1})
    program.add("azure-native:network:Profile", "front", {**profile, "endpoints": endpoints})
    assert tell(built(program).parts["front"].gate) == (
        "'b.example' outside the checked programs (path): Profile front uses 'b.example' (endpoints[1].target) @1"
    )
