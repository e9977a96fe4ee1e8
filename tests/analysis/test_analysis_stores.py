"""The data stores that services need, and what takes them and their backups."""

from __future__ import annotations

from math import inf
from typing import Any

from resilience_checks.analysis.recovery import recoveries
from resilience_checks.analysis.separation import lost_with
from resilience_checks.analysis.stores import KEEPS_DATA, Copy, Stores
from resilience_checks.catalogue.loader import load
from resilience_checks.model.question import FaultKind, Holds
from resilience_checks.model.values import Reason
from resilience_checks.topology.estate import Backup, Domain, Estate, Fact, Member, Part, Service
from resilience_checks.topology.gates import ALWAYS, NEVER, All, Case, Failover, Gate, Nature, Standby, Up

OUTAGE = (FaultKind.OUTAGE,)


def part(name: str, role: str, gate: Gate = ALWAYS, **more: Any) -> Part:
    return Part(name, name, role, gate=gate, **more)


def site(name: str, *members: str, when: tuple[tuple[str, str], ...] = ()) -> Domain:
    return Domain(f"site:{name}", "site", name, OUTAGE, tuple(Member(member, when) for member in members))


def backup(name: str, of: str, to: str = "") -> Backup:
    return Backup(name, (of,), Up(to) if to else ALWAYS, NEVER)


def stores(
    *parts: Part, entry: str = "web", sites: tuple[Domain, ...] = (), backups: tuple[Backup, ...] = ()
) -> Stores:
    estate = Estate(
        {one.id: one for one in parts},
        {one.id: one for one in sites},
        {"record": Service("record", Up(entry, Nature.PATH))},
        backups={one.id: one for one in backups},
        facts={"lag": Fact("lag", ("low", "high"), Reason("not declared"), "declare it")},
    )
    return Stores(estate)


def replicated(lag: float | None = 30.0) -> Gate:
    return Failover(Up("a", serves=True), (Standby(Up("b", serves=True), ALWAYS, 60.0, lag),))


def test_a_store_is_the_first_part_that_keeps_data() -> None:
    found = stores(part("web", "application", Up("db")), part("db", "database"), part("other", "database"))
    assert [(one.part.id, one.services) for one in found.all] == [("db", ("record",))]


def test_a_store_has_the_services_that_need_it_through_others() -> None:
    estate = Estate(
        {one.id: one for one in (part("web", "application", Up("db")), part("db", "database"))},
        {},
        {
            "results": Service("results", Up("service:record")),
            "record": Service("record", Up("db")),
            "email": Service("email", Up("web"), needs=(Up("service:results"),)),
            "alone": Service("alone", ALWAYS),
        },
    )
    assert [(one.part.id, one.services) for one in Stores(estate).all] == [("db", ("results", "record", "email"))]


def test_the_disk_of_a_machine_is_no_store_and_that_of_a_database_is_part_of_it() -> None:
    machine = Up("ssd", Nature.PATH)
    assert stores(part("web", "compute", machine), part("ssd", "storage")).all == ()
    found = stores(part("web", "compute", Up("db")), part("db", "database", machine), part("ssd", "storage"))
    assert [(one.part.id, one.made_of) for one in found.all] == [("db", frozenset({"db", "ssd"}))]


def test_what_a_store_merely_needs_is_another_store() -> None:
    found = stores(part("web", "compute", Up("db")), part("db", "database", Up("archive")), part("archive", "database"))
    assert [one.part.id for one in found.all] == ["db", "archive"]


def test_what_only_moves_a_service_is_no_need_of_it() -> None:
    assert stores(part("web", "compute", Up("db", Nature.MOVER)), part("db", "database")).all == ()


def test_replicas_are_one_store_and_each_copy_says_how_far_it_is_behind() -> None:
    found = stores(
        part("web", "compute", Up("db")),
        part("db", "database", replicated()),
        part("a", "compute"),
        part("b", "compute"),
    )
    assert found.all[0].copies == (Copy(frozenset("a")), Copy(frozenset("b"), 30.0, 30.0))


def test_a_lag_that_a_fact_decides_has_two_bounds() -> None:
    gate = Case("lag", {"low": replicated(None), "high": replicated(600.0)})
    found = stores(
        part("web", "compute", Up("db")), part("db", "database", gate), part("a", "compute"), part("b", "compute")
    )
    assert found.all[0].copies == (Copy(frozenset("a")), Copy(frozenset("b"), 0.0, 600.0, frozenset({"lag"})))


def test_a_lag_that_two_facts_decide_hangs_on_both() -> None:
    inner = Case("lag", {"low": replicated(None), "high": replicated(600.0)})
    gate = Case("way", {"x": inner, "y": replicated(30.0)})
    found = stores(
        part("web", "compute", Up("db")), part("db", "database", gate), part("a", "compute"), part("b", "compute")
    )
    assert found.all[0].copies == (Copy(frozenset("a")), Copy(frozenset("b"), 0.0, 600.0, frozenset({"lag", "way"})))


def test_a_place_takes_a_backup_with_its_store_though_it_needs_a_service_to_be_read() -> None:
    parts = (part("db", "database"), part("vault", "backup"))
    kept = Backup("nightly", ("db",), All((Up("vault"), Up("service:record"))), NEVER)
    estate = stores(*parts, entry="db", sites=(site("north", "db", "vault"), site("south", "vault"))).estate
    assert lost_with(estate, kept) == ("site:north",)


def test_only_what_takes_every_copy_loses_a_store() -> None:
    parts = (part("db", "database", replicated()), part("a", "compute"), part("b", "compute"))
    apart = stores(part("web", "compute", Up("db")), *parts, sites=(site("north", "a"), site("south", "b")))
    assert apart.lost(apart.all[0].copies) == {}
    perhaps = (site("north", "a"), site("north", "b", when=(("lag", "low"),)))
    doubtful = Domain("site:north", "site", "north", OUTAGE, perhaps[0].members + perhaps[1].members)
    found = stores(part("web", "compute", Up("db")), *parts, sites=(doubtful,))
    assert found.lost(found.all[0].copies) == {"site:north": Holds.UNKNOWN}


def test_a_backup_of_a_member_is_one_of_the_store() -> None:
    found = stores(
        part("web", "compute", Up("db")),
        part("db", "database", replicated()),
        part("a", "compute"),
        part("b", "compute"),
        part("vault", "backup"),
        backups=(backup("nightly", "a", "vault"),),
    )
    assert [one.id for one in found.all[0].backups] == ["nightly"]
    assert found.kept(found.all[0].backups[0]) == (Copy(frozenset({"vault"})),)


def test_a_server_is_backed_up_when_every_database_on_it_is() -> None:
    server = part("server", "database")
    one, two = (part(name, "database", Up("server", Nature.PATH), urn=name) for name in ("one", "two"))
    both = (backup("b1", "one"), backup("b2", "two"))
    web = part("web", "compute", All((Up("server"),)))
    assert [found.id for found in stores(web, server, one, two, backups=both).all[0].backups] == ["b1", "b2"]
    assert stores(web, server, one, two, backups=both[:1]).all[0].backups == ()


def test_a_database_is_not_backed_up_by_the_backup_of_its_neighbour() -> None:
    server = part("server", "database")
    one, two = (part(name, "database", Up("server", Nature.PATH), urn=name) for name in ("one", "two"))
    found = stores(part("web", "compute", Up("one")), server, one, two, backups=(backup("b2", "two"),))
    assert [(store.part.id, store.backups) for store in found.all] == [("one", ())]


def test_a_standby_that_never_takes_over_holds_data_and_keeps_nothing_up() -> None:
    gate = Failover(Up("a"), (Standby(Up("b"), ALWAYS, inf, 30.0),))
    parts = (part("db", "database", gate), part("a", "database"), part("b", "database"))
    estate = Estate(
        {one.id: one for one in parts},
        {one.id: one for one in (site("north", "a"), site("south", "b"))},
        {"record": Service("record", Up("db"))},
    )
    store = Stores(estate).all[0]
    assert [(sorted(copy.parts), copy.high) for copy in store.copies] == [(["a"], 0.0), (["b"], 30.0)]
    north, south = recoveries(estate, [("site:north/outage",), ("site:south/outage",)])
    assert (north.returns, south.kept) == (False, True)


def test_a_database_on_the_path_of_tasks_is_a_store_and_no_disk_of_theirs() -> None:
    found = stores(part("web", "compute-group", Up("db", Nature.PATH)), part("db", "database"))
    assert [one.part.id for one in found.all] == ["db"]
    found = stores(part("web", "compute", Up("disk", Nature.PATH)), part("disk", "storage"))
    assert not found.all


def test_a_lookup_of_keys_keeps_no_data() -> None:
    known = load().package("azure-native")
    assert known is not None
    roles = {token: entry.role for token, entry in known.lookups.items() if ":list" in token}
    assert roles
    assert not [token for token, role in roles.items() if role in KEEPS_DATA]
