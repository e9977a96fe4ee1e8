"""What declarations leave open is a fact with values, a reason with its line, and a remedy; what they say is a gate."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.model.question import FaultKind, Step
from resilience_checks.model.values import Basis, Reason, Unknown
from resilience_checks.topology.declarations import load
from resilience_checks.topology.declared_paths import places
from resilience_checks.topology.estate import Domain, Fact, Member, Part
from resilience_checks.topology.gates import NEVER, All, AnyOf, Case, Nature, Quorum, Up, Vote
from resilience_checks.topology.gates import Failover as FailoverGate
from tests.topology.graphs import Program
from tests.topology.test_topology_estates import estate

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.topology.estate import Estate

MACHINE = "vsphere:index/virtualMachine:VirtualMachine"
LATER = Unknown("computed at deployment")
SITES = """version: 1
sites:
  n: {region: north, perimeter: none}
  s: {region: south, perimeter: none}
links: {dci: {between: [n, s]}}
"""
TWO = "components:\n  a: {role: database, site: n}\n  b: {role: database, site: s}\n"
SERVICE = "services: {app: {entry: a}}\n"


def at(line: int, column: int | None = None) -> Location:
    return Location("__main__.py" if column is None else "resilience.yaml", line, column)


def unknown(text: str, line: int, column: int | None = None) -> Reason:
    return Reason(text, Basis.UNKNOWN, at(line, column))


def facts(found: Estate, *words: str) -> list[Fact]:
    """Return the facts whose ids have one of the words."""
    return [fact for fact in found.facts.values() if any(word in fact.id for word in words)]


def machines(*names: object) -> tuple[Program, list[str]]:
    program = Program()
    vcenter = program.provider("vsphere", "vc", vsphereServer="vc.example")
    return program, [program.add(MACHINE, f"m{n}", {"name": name}, provider=vcenter) for n, name in enumerate(names)]


def test_what_a_backup_leaves_open_is_asked_at_its_line(tmp_path: Path) -> None:
    backup = "backups:\n  nightly: {of: a, region: south, into: b}\n"
    assert facts(estate(Program(), SITES + TWO + backup + SERVICE, tmp_path), "backup") == [
        Fact(
            "interval of backup nightly",
            ("within the RPO", "beyond it"),
            unknown("how often backup nightly makes a copy is not declared", 10, 3),
            "declare `every` of backup nightly",
        ),
        Fact(
            "restore of backup nightly",
            ("in time", "too late"),
            unknown("how long the restore takes is not declared", 10, 3),
            "declare `restore`, or `size` and `throughput`, of backup nightly",
        ),
    ]


def test_a_restore_stands_where_it_is_restored_to_and_reads_the_copies_from_there(tmp_path: Path) -> None:
    backup = "backups:\n  nightly: {of: a, region: south, every: 1h, into: b, restore: 1h}\n"
    found = estate(Program(), SITES + TWO + backup + SERVICE, tmp_path)
    into = Reason("backup nightly is restored to this", location=at(10, 46))
    kept = Reason("the copies of backup nightly are kept there", location=at(10, 20))
    reads = All((Up("backup nightly", Nature.NEED, kept), Up("component b", Nature.PATH, into)))
    assert found.parts["restore nightly"] == Part(
        "restore nightly", "the restore of backup nightly", "", site="s", gate=reads
    )


def test_a_restore_of_a_size_is_told_at_the_line_of_the_size(tmp_path: Path) -> None:
    backup = "backups:\n  nightly: {of: a, site: s, every: 1h, into: b,\n    throughput: 100MB/s,\n    size: 1TB}\n"
    gate = estate(Program(), SITES + TWO + backup + SERVICE, tmp_path).backups["nightly"].restored
    assert isinstance(gate, FailoverGate)
    (standby,) = gate.standbys
    assert standby.way is not None
    assert [(term.seconds, term.why) for term in standby.way.terms] == [
        (10_000.0, Reason("1 TB at 100 MB/s", location=at(12, 5)))
    ]


def test_votes_that_are_counted_anew_lie_between_any_voter_and_more_than_half(tmp_path: Path) -> None:
    program, _ = machines("db-1", LATER)
    quorum = (
        "components:\n  c: {role: database, quorum: {recounted: true, voters: [{select: {name: db-*}}, {site: s}]}}\n"
    )
    found = estate(program, SITES + quorum + "services: {app: {entry: c}}\n", tmp_path)
    why = Reason("c needs more than half of its votes", location=at(7, 23))
    doubted = (("c matches vc.example/m1", "yes"),)
    votes = (Vote("vc.example/db-1"), Vote("vc.example/m1", 1, doubted), Vote("c voter 2"))
    one, perhaps, other = (Up(vote.voter, Nature.NEED, why, serves=True) for vote in votes)
    alone = (one, Case("c matches vc.example/m1", {"yes": perhaps, "no": NEVER}), other)
    assert found.parts["component c"].gate == Case(
        "votes of c are counted anew in time", {"yes": AnyOf(alone, why), "no": Quorum(votes, why=why)}
    )
    assert facts(found, "c matches", "votes of c") == [
        Fact(
            "c matches vc.example/m1",
            ("yes", "no"),
            unknown("whether VirtualMachine m1 votes in c is not known, because what names it is not", 3),
            "give the name in the program or the stack's configuration",
        ),
        Fact(
            "votes of c are counted anew in time",
            ("yes", "no"),
            unknown(
                "c counts its votes anew after each loss: what it survives hangs on the order of the losses", 7, 23
            ),
            "leave `recounted` out where losses at once must be survived",
        ),
    ]


def test_what_is_selected_needs_what_its_component_does_from_where_it_stands(tmp_path: Path) -> None:
    program, _ = machines("web")
    text = (
        f"{SITES}placement: [{{match: web, site: n}}]\ncomponents:\n  net: {{role: network, site: s}}\n"
        "  web: {role: compute, select: {name: web}, requires: [net]}\nservices: {app: {entry: web}}\n"
    )
    needs = Reason("web needs net", location=at(9, 56))
    assert estate(program, text, tmp_path).parts["web on vc.example/web"] == Part(
        "web on vc.example/web",
        "VirtualMachine web",
        "",
        site="n",
        gate=All((Up("vc.example/web", Nature.PATH), Up("component net", Nature.NEED, needs))),
        location=at(2),
    )


def test_a_move_was_tried_where_its_day_is_written(tmp_path: Path) -> None:
    moved = (
        "  db:\n    failover:\n      primary: a\n      standby: [b]\n      replication: {mode: sync}\n"
        "      mover:\n        mode: automatic\n        detect: 1m\n        promote: 1m\n        tested: 2026-01-02\n"
    )
    found = estate(Program(), f"{SITES}{TWO}{moved}services: {{app: {{entry: db}}}}\n", tmp_path)
    gate = found.parts["component db"].gate
    assert isinstance(gate, FailoverGate)
    (way,) = [standby.way for standby in gate.standbys]
    assert way is not None
    assert (way.tested, way.declared) == (date(2026, 1, 2), ("db", at(18, 9)))


def test_a_component_of_two_roles_has_one_of_them(tmp_path: Path) -> None:
    program, (web,) = machines("web")
    program.declare("Component", "web", role="compute", members=[web])
    text = f"{SITES}components:\n  web: {{role: database}}\nservices: {{app: {{entry: web}}}}\n"
    found = estate(program, text, tmp_path)
    doubted = "role of component web"
    assert found.facts[doubted] == Fact(
        doubted,
        ("database", "compute"),
        Reason("the role of web is declared as database and as compute", Basis.UNKNOWN),
        "make the declarations agree",
    )
    assert found.parts["component web"] == Part(
        "component web",
        "web",
        "",
        gate=Up("vc.example/web", Nature.PATH),
        location=at(7, 3),
        roles=(("database", ((doubted, "database"),)), ("compute", ((doubted, "compute"),))),
    )


def test_a_device_of_two_numbers_of_units_has_the_fewer_and_perhaps_one_more(tmp_path: Path) -> None:
    program = Program()
    firewall = program.provider("fortios", "fw", hostname="fw.example", token="t")
    program.declare("Component", "fw", members=[firewall], units=2)
    text = f"{SITES}components:\n  fw: {{role: firewall, units: 3}}\nservices: {{app: {{entry: fw}}}}\n"
    found = estate(program, text, tmp_path)
    why = Reason("fw is declared with 3 and with 2 units", location=at(7, 3))
    one, two, three = (Up(f"fw.example#{number}", Nature.PATH, why) for number in (1, 2, 3))
    assert found.parts["fw.example"].gate == AnyOf(
        (one, two, Case("units of fw.example", {"one more": three, "no more": NEVER})), why
    )
    assert facts(found, "units of") == [
        Fact(
            "units of fw.example",
            ("one more", "no more"),
            unknown(why.text, 7, 3),
            "declare a component that selects it, with `units`",
        )
    ]


def test_a_hazard_of_two_regions_may_be_one_event_or_not(tmp_path: Path) -> None:
    text = SITES.replace("perimeter: none", "perimeter: none, hazards: [heat]") + TWO + SERVICE
    (fact,) = facts(estate(Program(), text, tmp_path), "hazard")
    assert fact == Fact(
        "hazard heat is one",
        ("no", "yes"),
        unknown("whether the hazard heat is one event in heat in north and in heat in south is not known", 3, 39),
        "name hazards apart that are not one event, or declare a failure domain with all of these sites",
    )


def test_what_a_site_stands_in_is_asked_at_the_line_of_the_site(tmp_path: Path) -> None:
    assert facts(estate(Program(), SITES + TWO + SERVICE, tmp_path), "building of site", "campus of site") == [
        Fact(
            f"{kind} of site {site}",
            ("a place that nobody named", "no place of its own"),
            unknown(f"the {kind} of site {site} is not declared", line, 3),
            f"declare `{kind}` of {site}",
        )
        for kind in ("building", "campus")
        for site, line in (("n", 3), ("s", 4))
    ]


def test_a_declared_domain_stands_at_its_line(tmp_path: Path) -> None:
    text = f"{SITES}{TWO}domains:\n  feed: {{kind: power, faults: [outage], members: [a]}}\n{SERVICE}"
    assert estate(Program(), text, tmp_path).domains["power:feed"] == Domain(
        "power:feed",
        "power",
        "feed",
        (FaultKind.OUTAGE,),
        (Member("component a"),),
        primary=at(10, 3),
        joined=(Step("feed is declared", at(10, 3)),),
    )


def test_a_group_that_is_not_known_is_one_of_its_kind_or_its_own(tmp_path: Path) -> None:
    program = Program()
    for name, manager in (("a", LATER), ("b", "fmg.example")):
        provider = program.provider("fortios", f"fw-{name}", hostname=f"fw-{name}.example", token="t")
        managed = {"type": "fortimanager", "fmg": manager}
        program.add("fortios:system/centralmanagement:Centralmanagement", name, managed, provider=provider)
    text = f"{SITES}placement: [{{match: {{provider: fw-b}}, site: n}}]\n"
    found = estate(program, text, tmp_path)
    fact = "management-plane of fw-a.example"
    assert facts(found, "management-plane") == [
        Fact(
            fact,
            ("management-plane:fmg.example", "its own"),
            unknown("fmg of Centralmanagement a is not known", 2),
            "give the input in the stack's configuration",
        )
    ]
    assert {name: domain.members for name, domain in found.domains.items() if domain.kind == "management-plane"} == {
        "management-plane:fmg.example": (
            Member("fw-b.example"),
            Member("fw-a.example", ((fact, "management-plane:fmg.example"),)),
        ),
        "management-plane:unknown, of fw-a.example": (Member("fw-a.example", ((fact, "its own"),)),),
    }


def test_a_file_outside_of_the_repository_is_refused_with_why_and_remedy(tmp_path: Path) -> None:
    inside = tmp_path / "repository"
    inside.mkdir()
    (tmp_path / "own.yaml").write_text("{}", encoding="utf-8")
    file = inside / "resilience.yaml"
    file.write_text("version: 1\ncatalogue: [../own.yaml]\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        places(load(file, inside).catalogue, file, inside)
    error = caught.value
    assert (error.what, error.location, error.why, error.remedy) == (
        "catalogue: ../own.yaml is outside of the repository",
        at(2, 13),
        "nobody who reviews a change would see what is changed there",
        "move it into the repository, or give it on the command line",
    )


def test_what_a_domain_may_select_is_asked_where_it_is_made(tmp_path: Path) -> None:
    program, _ = machines("pdu-1", LATER)
    domain = "domains: {grid: {kind: power, faults: [outage], members: [{select: pdu-*}]}}\n"
    found = estate(program, SITES + TWO + domain + SERVICE, tmp_path)
    assert found.domains["power:grid"].members == (
        Member("vc.example/pdu-1"),
        Member("vc.example/m1", (("grid has vc.example/m1", "yes"),)),
    )
    assert facts(found, "grid has") == [
        Fact(
            "grid has vc.example/m1",
            ("yes", "no"),
            unknown("whether VirtualMachine m1 is in grid is not known, because what says so is not", 3),
            "give the name or tag in the program or the stack's configuration",
        )
    ]
