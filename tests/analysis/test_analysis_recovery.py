"""Recovery of declared estates: what the terms are, when a backup counts, and what is not known."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.recovery import Bounds, Objective, Recovery, places, recoveries
from resilience_checks.analysis.separation import lost_with
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.errors import UsageError
from resilience_checks.model.question import FaultKind
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate import Domain, Estate, Fact, Part, Service
from resilience_checks.topology.estate_builder import build
from resilience_checks.topology.gates import ALWAYS, NEVER, AnyOf, Case, Up
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
version: 1
sites: {n: {region: east, perimeter: none}, s: {region: west, perimeter: none}, t: {region: far, perimeter: none}}
links:
  ns: {between: [n, s]}
  nt: {between: [n, t]}
  st: {between: [s, t]}
components:
  db-n: {role: database, site: n}
  db-s: {role: database, site: s}
  witness: {role: witness, site: t}
"""
PAIR = """
  db:
    role: database
    failover: {primary: db-n, standby: [db-s], replication: {mode: async, lag: 30s}, mover: MOVER}
"""
AUTOMATIC = "{mode: automatic, needs: witness, detect: {interval: 10s, threshold: 3}, decide: 5s, promote: 2m, ttl: 1m}"
SERVICE = """
services: {record: {entry: ENTRY, rto: 1h, rpo: 15m}}
"""
ALONE = SERVICE.replace("ENTRY", "db-n")


def estate(text: str, tmp_path: Path) -> Estate:
    file = tmp_path / "resilience.yaml"
    file.write_text(text, encoding="utf-8")
    return build([Program().graph()], load(file, tmp_path), load_catalogue())


def after(text: str, tmp_path: Path, *events: str) -> Recovery:
    """Return the recovery of the one service when these events happen together."""
    [found] = recoveries(estate(text, tmp_path), [events])
    return found


def pair(mover: str) -> str:
    return HEAD + PAIR.replace("MOVER", mover) + SERVICE.replace("ENTRY", "db")


def terms(found: Recovery) -> list[tuple[str, float | None, str]]:
    return [
        (term.name, term.seconds, f"{term.why.text} at line {term.why.location.line if term.why.location else None}")
        for move in found.moves
        if move.way is not None
        for term in move.way.terms
    ]


def test_each_declared_term_stands_with_its_line_and_they_add_up(tmp_path: Path) -> None:
    found = after(pair(AUTOMATIC), tmp_path, "site:n/outage")

    assert terms(found) == [
        ("detection", 30.0, "3 health checks, 10s apart at line 15"),
        ("decision", 5.0, "declared at line 15"),
        ("promotion", 120.0, "declared at line 15"),
        ("time to live of names", 60.0, "declared at line 15"),
    ]
    assert (found.time, found.rto) == (Bounds(215.0, 215.0), Objective.WITHIN)
    assert (found.loss, found.rpo) == (Bounds(30.0, 30.0), Objective.WITHIN)


def test_what_keeps_running_needs_no_time_and_loses_nothing(tmp_path: Path) -> None:
    found = after(pair(AUTOMATIC), tmp_path, "site:s/outage")

    assert (found.kept, found.time, found.loss, found.moves) == (True, Bounds(0, 0), Bounds(0, 0), ())


def test_a_mover_that_is_lost_too_moves_nothing_and_that_is_said(tmp_path: Path) -> None:
    found = after(pair(AUTOMATIC), tmp_path, "site:n/outage", "site:t/outage")

    assert (found.time, found.rto) == (Bounds(inf, inf), Objective.BEYOND)
    assert [note.text for note in found.notes] == [
        "that db moves to its standby does not happen: witness is lost too",
    ]


def test_a_term_that_nobody_gave_makes_the_answer_unknown_with_its_remedy(tmp_path: Path) -> None:
    found = after(pair("{mode: automatic, detect: 60s}"), tmp_path, "site:n/outage")

    assert (found.time, found.rto) == (Bounds(60.0, inf), Objective.UNKNOWN)
    assert [(doubt.id, doubt.remedy) for doubt in found.doubts] == [
        ("move of component db", "declare `detect` and `promote` of its mover"),
    ]


def test_an_unknown_term_is_beyond_where_the_known_ones_are_too_long_already(tmp_path: Path) -> None:
    found = after(pair("{mode: automatic, detect: 2h}"), tmp_path, "site:n/outage")

    assert (found.time, found.rto) == (Bounds(7200.0, inf), Objective.BEYOND)
    assert terms(found) == [
        ("detection", 7200.0, "declared at line 15"),
        ("promotion", None, "`promote` is not declared at line 15"),
    ]


def test_a_lag_that_nobody_gave_leaves_the_loss_unknown_and_the_time_known(tmp_path: Path) -> None:
    text = pair(AUTOMATIC).replace("{mode: async, lag: 30s}", "{mode: async}")
    found = after(text, tmp_path, "site:n/outage")

    assert (found.time, found.rto) == (Bounds(215.0, 215.0), Objective.WITHIN)
    assert (found.loss.known, found.rpo) == (False, Objective.UNKNOWN)
    assert [doubt.remedy for doubt in found.doubts] == ["declare `replication` with its `lag`"]


def test_moves_that_wait_for_each_other_add_and_those_beside_them_do_not(tmp_path: Path) -> None:
    mover = "{mode: automatic, detect: 10s, promote: 20s}"
    quick = "{mode: automatic, detect: 1s, promote: 1s}"
    text = HEAD + PAIR.replace("MOVER", mover)
    text += f"""
  app-n: {{role: application, site: n}}
  app-s: {{role: application, site: s, requires: [db]}}
  front: {{role: application, failover: {{primary: app-n, standby: [app-s], mover: {mover.replace("20s", "40s")}}}}}
  queue-n: {{role: application, site: n}}
  queue-s: {{role: application, site: s}}
  queue: {{role: application, failover: {{primary: queue-n, standby: [queue-s], mover: {quick}}}}}
services: {{record: {{entry: front, needs: [queue]}}}}
"""
    found = after(text, tmp_path, "site:n/outage")

    assert [move.way and move.way.what for move in found.moves] == [
        "db moves to its standby",
        "front moves to its standby",
    ]
    assert [move.way and move.way.what for move in found.meanwhile] == ["queue moves to its standby"]
    assert found.time == Bounds(80.0, 80.0)
    assert (found.rto, found.rpo) == (Objective.NOT_DECLARED, Objective.NOT_DECLARED)


def test_the_quickest_way_that_keeps_to_the_rpo_is_taken(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
  quick: {role: database, failover: {primary: db-n, standby: [db-s], replication: {mode: async, lag: 1h}, mover: {mode: manual, decide: 1m}}}
  slow: {role: database, failover: {primary: db-n, standby: [db-s], replication: {mode: sync}, mover: {mode: manual, decide: 30m}}}
  db: {role: database, any-of: [quick, slow]}
"""
        + SERVICE.replace("ENTRY", "db")
    )
    found = after(text, tmp_path, "site:n/outage")

    assert (found.time, found.loss) == (Bounds(1800.0, 1800.0), Bounds(0.0, 0.0))
    assert after(text.replace("rpo: 15m", "rpo: 2h"), tmp_path, "site:n/outage").loss == Bounds(3600.0, 3600.0)


def backup(rest: str) -> str:
    return f"{HEAD}backups: {{nightly: {{of: db-n, every: 24h, {rest}}}}}{ALONE}"


def test_a_backup_brings_back_what_nothing_moves(tmp_path: Path) -> None:
    text = backup("site: t, into: db-s, detect: 10m, size: 800GB, throughput: 200MB/s, reconcile: 1h")
    found = after(text, tmp_path, "site:n/outage")

    assert terms(found) == [
        ("detection", 600.0, "declared at line 12"),
        ("restore", 4000.0, "800 GB at 200 MB/s at line 12"),
        ("reconciliation", 3600.0, "declared at line 12"),
    ]
    assert (found.time, found.rto) == (Bounds(8200.0, 8200.0), Objective.BEYOND)
    assert (found.loss, found.rpo) == (Bounds(86400.0, 86400.0), Objective.BEYOND)


def test_a_backup_that_is_lost_with_what_it_protects_does_not_count(tmp_path: Path) -> None:
    found = after(backup("site: n, into: db-s, restore: 1h"), tmp_path, "site:n/outage")

    assert found.time == Bounds(inf, inf)
    assert [note.text for note in found.notes] == [
        "that db-n is restored from backup nightly does not count: backup nightly is lost too"
    ]


@pytest.mark.parametrize(("site", "places"), [("n", ("region:east", "site:n")), ("t", ())])
def test_places_that_take_a_backup_with_what_it_protects_are_told(
    site: str, places: tuple[str, ...], tmp_path: Path
) -> None:
    found = estate(backup(f"site: {site}, into: db-s, restore: 1h"), tmp_path)

    assert lost_with(found, found.backups["nightly"]) == places


def test_copies_at_the_primary_s_site_are_lost_with_it(tmp_path: Path) -> None:
    text = HEAD + PAIR.replace("MOVER", AUTOMATIC) + "backups: {nightly: {of: db, site: n}}" + ALONE
    found = estate(text, tmp_path)

    assert lost_with(found, found.backups["nightly"]) == ("region:east", "site:n")


def test_a_backup_needs_a_place_to_be_restored_to(tmp_path: Path) -> None:
    found = after(backup("site: t, restore: 1h"), tmp_path, "site:n/outage")

    assert (found.time, found.rto) == (Bounds(3600.0, inf), Objective.UNKNOWN)
    assert [doubt.remedy for doubt in found.doubts] == ["declare `into` of backup nightly"]


@pytest.mark.parametrize(
    ("rest", "remedy"),
    [
        ("into: db-s, restore: 1h", "declare `to`, `site` or `region` of backup nightly"),
        ("site: t, into: db-s", "declare `restore`, or `size` and `throughput`, of backup nightly"),
    ],
)
def test_what_is_not_declared_of_a_backup_is_named(rest: str, remedy: str, tmp_path: Path) -> None:
    found = after(backup(rest), tmp_path, "site:n/outage")

    assert not found.time.known
    assert [doubt.remedy for doubt in found.doubts] == [remedy]


def test_a_backup_keeps_nothing_running(tmp_path: Path) -> None:
    found = after(backup("site: t, into: db-s, restore: 0s"), tmp_path, "site:n/outage")

    assert (found.time, found.kept) == (Bounds(0.0, 0.0), False)


def test_where_nothing_moves_and_nothing_is_copied_no_way_back_is_known(tmp_path: Path) -> None:
    found = after(HEAD + ALONE, tmp_path, "site:n/outage")

    assert (found.time, found.loss, found.rto) == (Bounds(inf, inf), Bounds(inf, inf), Objective.BEYOND)
    assert [note.text for note in found.notes] == [
        "nothing moves or restores what is lost, as far as programs and declarations show"
    ]


def test_sites_regions_and_zones_are_asked_about_where_none_is_named(tmp_path: Path) -> None:
    assert places(estate(HEAD + ALONE, tmp_path)) == tuple(
        (f"{kind}/outage",) for kind in ("site:n", "site:s", "site:t", "region:east", "region:far", "region:west")
    )


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("site: nowhere", 'backups.nightly.site: no site "nowhere"; declared: n, s and t'),
        (
            "site: t, to: db-s",
            "backups.nightly: found of, every, site and to, expected at most one of to, site and region",
        ),
        ("restore: 1h, size: 1GB", "either restore, or size and throughput"),
        (
            "size: 1 elephant",
            'backups.nightly.size: found "1 elephant", expected an amount of data such as 800GB or 1.5TiB',
        ),
        ("throughput: 0MB/s", "expected an amount of data a second, above none, such as 200MB/s"),
    ],
)
def test_a_backup_that_cannot_be_meant_is_an_error_at_its_line(rest: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        estate(backup(rest), tmp_path)

    assert said in raised.value.what
    assert raised.value.location is not None
    assert raised.value.location.line == 12


def test_a_fact_in_several_places_is_looked_at_case_by_case() -> None:
    """Whichever site the fact names, the other part stands: apart they would both be doubtful."""
    fact = Fact("place", ("n", "s"), Reason("where the data lies is not known", Basis.UNKNOWN), "declare it")
    parts = {
        name: Part(name, name, "", gate=Case("place", {name: ALWAYS, other: NEVER}))
        for name, other in (("n", "s"), ("s", "n"))
    }
    service = Service("record", AnyOf((Up("n"), Up("s"))), rto=60.0)
    domain = Domain("device:x", "device", "x", (FaultKind.OUTAGE,), ())
    [found] = recoveries(
        Estate(parts, {domain.id: domain}, {"record": service}, facts={"place": fact}), [("device:x/outage",)]
    )

    assert (found.kept, found.doubts) == (True, ())
