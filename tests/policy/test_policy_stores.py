"""The section `stores`, from declarations and programs as users write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.values import Unknown
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.sections import stores
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.policy.matter import Section

ESTATE = """version: 1
sites: {north: {region: n, perimeter: none}, third: {region: t, perimeter: none}}
components:
  web: {role: application, site: north}
  db: {role: database, site: north}
services:
  record: {entry: web, needs: [db], rpo: 15m}
"""


def section(text: str, tmp_path: Path, program: Program | None = None) -> Section:
    path = tmp_path / "resilience.yaml"
    path.write_text(text, encoding="utf-8")
    estate = build([(program or Program()).graph()], load(path, tmp_path), load_catalogue())
    answers: Any = None
    return stores.section(Matter(estate, answers, {}))


def test_a_store_is_written_with_all_that_policies_ask_about(tmp_path: Path) -> None:
    found = section(ESTATE + "backups: {nightly: {of: db, site: third, every: 1d, keep: 30d}}\n", tmp_path)
    assert found.data == {
        "component db": {
            "label": "db",
            "role": "database",
            "may_be": ["database"],
            "services": ["record"],
            "rpo": {"record": {"seconds": 900.0, "text": "15m"}},
            "backed": "yes",
            "why": "",
            "at": ["component db"],
            "backups": [{"id": "backup nightly", "keep": 2592000.0, "kept": "30d", "at": "backup:nightly"}],
            "shared": [],
            "hangs_on": [],
            "ways": [
                {
                    "label": "backup nightly",
                    "low": 86400.0,
                    "high": 86400.0,
                    "behind": "1d",
                    "shares": [],
                    "hangs_on": [],
                }
            ],
        }
    }
    assert {name: str(step.location) for name, step in found.places.items()} == {
        "component db": "resilience.yaml:5:3",
        "backup:nightly": "resilience.yaml:8:11",
    }


def test_a_backup_at_the_same_site_is_lost_with_the_store(tmp_path: Path) -> None:
    data = section(ESTATE + "backups: {nightly: {of: db, site: north, every: 1d}}\n", tmp_path).data["component db"]
    shared = {"id": "site:north", "kind": "site", "name": "north", "fault": "loss", "holds": "yes", "inside": []}
    region = {"id": "region:n", "kind": "region", "name": "n", "fault": "loss", "holds": "yes", "inside": ["site"]}
    assert data["shared"] == [region, shared]
    assert data["ways"][0]["shares"] == [{"kind": "region", "holds": "yes"}, {"kind": "site", "holds": "yes"}]


def test_one_backup_elsewhere_is_enough(tmp_path: Path) -> None:
    both = "backups: {here: {of: db, site: north}, there: {of: db, site: third}}\n"
    assert section(ESTATE + both, tmp_path).data["component db"]["shared"] == []


def test_a_backup_of_which_no_place_is_declared_may_be_anywhere(tmp_path: Path) -> None:
    data = section(ESTATE + "backups: {nightly: {of: db}}\n", tmp_path).data["component db"]
    assert {(one["id"], one["holds"]) for one in data["shared"]} >= {("site:north", "unknown")}
    assert data["hangs_on"] == [
        "where the copies of backup nightly are kept is not declared; to make it known: declare `to`, `site` or `region` of it"
    ]
    assert data["backups"] == [{"id": "backup nightly", "keep": -1, "kept": "unknown", "at": "backup:nightly"}]
    assert data["ways"][0]["shares"] == [{"kind": "", "holds": "unknown"}]
    assert (data["ways"][0]["low"], data["ways"][0]["high"]) == (0.0, stores.ENDLESS)


def test_a_store_of_which_no_copies_are_made_says_where_that_stands(tmp_path: Path) -> None:
    found = section(ESTATE + "backups:\n  none: {of: db, every: never}\n", tmp_path)
    data = found.data["component db"]
    assert (data["backed"], data["why"]) == ("no", "backup none is declared to be made never")
    assert str(found.places["component db/none"].location) == "resilience.yaml:9:18"


def test_what_nobody_says_anything_of_is_unknown(tmp_path: Path) -> None:
    assert section(ESTATE, tmp_path).data["component db"]["backed"] == "unknown"


def rds(tmp_path: Path, **inputs: Any) -> dict[str, Any]:
    program = Program()
    program.add("aws:rds/instance:Instance", "db", {"identifier": "db", "region": "eu-west-2", **inputs})
    found: dict[str, Any] = section("version: 1\nservices: {record: {entry: {select: db}}}\n", tmp_path, program).data[
        "db"
    ]
    return found


TABLE, BUCKET, PLAN = "aws:dynamodb/table:Table", "aws:s3/bucket:Bucket", "aws:backup/selection:Selection"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


@pytest.mark.parametrize(
    ("token", "inputs", "beside", "backed"),
    [
        (TABLE, {}, (), "no"),
        (TABLE, {"pointInTimeRecovery": {"enabled": False}}, (), "no"),
        (TABLE, {"pointInTimeRecovery": {"enabled": True}}, (), "yes"),
        (TABLE, {"pointInTimeRecovery": {"enabled": Unknown("an output")}}, (), "unknown"),
        (TABLE, {}, (PLAN,), "unknown"),
        (BUCKET, {}, (), "no"),
        (BUCKET, {"versioning": {"enabled": True}}, (), "yes"),
        (BUCKET, {}, (VERSIONING,), "unknown"),
        (BUCKET, {}, (PLAN,), "unknown"),
        ("aws:rds/instance:Instance", {"backupRetentionPeriod": 0}, (PLAN,), "unknown"),
    ],
)
def test_what_a_program_says_of_copies_of_a_platform(
    token: str, inputs: dict[str, Any], beside: tuple[str, ...], backed: str, tmp_path: Path
) -> None:
    program = Program()
    program.add(token, "db", {"name": "db", "region": "eu-west-2", **inputs})
    for number, other in enumerate(beside):
        program.add(other, f"other-{number}", {})
    text = "version: 1\nservices: {record: {entry: {select: db}}}\n"
    assert section(text, tmp_path, program).data["db"]["backed"] == backed


def test_point_in_time_recovery_keeps_35_days_in_the_region_if_nothing_else_is_said(tmp_path: Path) -> None:
    program = Program()
    program.add(TABLE, "db", {"name": "db", "region": "eu-west-2", "pointInTimeRecovery": {"enabled": True}})
    found = section("version: 1\nservices: {record: {entry: {select: db}}}\n", tmp_path, program).data["db"]
    assert [one["kept"] for one in found["backups"]] == ["35d"]
    assert [(one["kind"], one["name"]) for one in found["shared"]] == [("region", "eu-west-2")]


def test_a_platform_that_makes_no_backups_says_so(tmp_path: Path) -> None:
    assert (
        rds(tmp_path, backupRetentionPeriod=0)["why"]
        == "backupRetentionPeriod of Instance db is 0: no backups are made"
    )
    assert rds(tmp_path)["why"] == "backupRetentionPeriod of Instance db is not given: no backups are made"
    kept = rds(tmp_path, backupRetentionPeriod=14)
    assert (kept["backed"], kept["backups"][0]["kept"]) == ("yes", "14d")
    assert [(one["kind"], one["name"]) for one in kept["shared"]] == [("region", "eu-west-2")]


STANDBY = """version: 1
sites: {north: {region: n, perimeter: none}, south: {region: s, perimeter: none}}
components:
  a: {role: database, site: north}
  b: {role: database, site: south}
  db: {role: database, failover: {primary: a, standby: [b], %smover: {mode: manual}}}
services: {record: {entry: db, rpo: 15m}}
backups: {nightly: {of: db, site: north, every: 1d}}
"""


def test_a_standby_to_which_nobody_is_known_to_move_in_time_is_a_copy(tmp_path: Path) -> None:
    data = section(STANDBY % "replication: {mode: sync}, ", tmp_path).data["component db"]
    replica = data["ways"][0]
    assert data["shared"] == []
    assert (replica["label"], replica["low"], replica["high"], replica["shares"]) == ("the replica on b", 0.0, 0.0, [])


def test_how_far_it_lags_behind_is_not_known_where_nobody_says(tmp_path: Path) -> None:
    replica = section(STANDBY % "", tmp_path).data["component db"]["ways"][0]
    assert (replica["low"], replica["high"]) == (0.0, stores.ENDLESS)
    assert replica["hangs_on"] == [
        "how db replicates is not declared; to make it known: declare `replication` with its `lag`"
    ]


def test_what_lags_behind_or_is_made_longer_than_any_time_is_as_if_it_were_never_made(tmp_path: Path) -> None:
    text = STANDBY.replace("every: 1d", "every: 999999999w") % "replication: {mode: async, lag: 999999999w}, "
    never = {"low": stores.ENDLESS, "high": stores.ENDLESS, "behind": "never", "hangs_on": []}
    shares = [{"kind": "region", "holds": "yes"}, {"kind": "site", "holds": "yes"}]
    assert section(text, tmp_path).data["component db"]["ways"] == [
        {"label": "the replica on b", "shares": [], **never},
        {"label": "backup nightly", "shares": shares, **never},
    ]


def failover_group(policy: str, tmp_path: Path, replication: str) -> list[tuple[str, float, float]]:
    program = Program()
    for name, region in (("s1", "uksouth"), ("s2", "ukwest")):
        program.add("azure-native:sql:Server", name, {"serverName": name, "location": region})
    inputs = {
        "failoverGroupName": "fg",
        "serverName": "s1",
        "partnerServers": [{"id": "s2"}],
        "readWriteEndpoint": {"failoverPolicy": policy},
    }
    refers = {"serverName": program.resources[0].urn, "partnerServers[0].id": program.resources[1].urn}
    program.add("azure-native:sql:FailoverGroup", "fg", inputs, refers=refers)
    program.add(
        "azure-native:sql:Database",
        "d",
        {"databaseName": "d", "serverName": "s1", "location": "uksouth"},
        refers={"serverName": program.resources[0].urn},
    )
    text = f"version: 1\n{replication}services: {{record: {{entry: {{select: {{name: fg}}}}, rpo: 15m}}}}\n"
    ways = section(text, tmp_path, program).data["fg"]["ways"]
    return [(one["label"], one["low"], one["high"]) for one in ways if one["label"].startswith("the replica")]


@pytest.mark.parametrize("policy", ["Manual", "Automatic"])
def test_a_failover_group_replicates_whoever_moves_it(policy: str, tmp_path: Path) -> None:
    lag = "components: {data: {role: database, select: {name: fg}, replication: {mode: async, lag: 5s}}}\n"
    assert failover_group(policy, tmp_path, lag) == [("the replica on Server s2", 5.0, 5.0)]
    assert failover_group(policy, tmp_path, "") == [("the replica on Server s2", 0.0, stores.ENDLESS)]


def test_each_place_that_takes_both_names_the_smaller_ones_in_it(tmp_path: Path) -> None:
    text = """version: 1
sites: {north: {region: n, campus: k, building: m, perimeter: none}, south: {region: n, campus: k, perimeter: none}}
components: {db: {role: database, site: north, room: r}, vault: {role: backup, site: north, room: r}}
services: {record: {entry: db}}
backups: {nightly: {of: db, to: vault}}
"""
    shared = section(text, tmp_path).data["component db"]["shared"]
    assert {one["id"]: one["inside"] for one in shared} == {
        "room:north/r": [],
        "site:north": ["room"],
        "building:m": ["room", "site"],
        "campus:k": ["building", "room", "site"],
        "region:n": ["building", "campus", "room", "site"],
    }


def table(tmp_path: Path, more: str = "", **inputs: Any) -> dict[str, Any]:
    program = Program()
    recovery = {"pointInTimeRecovery": {"enabled": True}}
    program.add(TABLE, "db", {"name": "db", "region": "eu-west-2", **recovery, **inputs})
    text = f"version: 1\n{more}services: {{record: {{entry: {{select: {{name: db}}}}, rpo: 1m}}}}\n"
    found: dict[str, Any] = section(text, tmp_path, program).data["db"]
    return found


def apart(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the copies that are not those in its zones."""
    return [way for way in found["ways"] if " in zone " not in way["label"]]


def test_no_region_takes_a_table_that_another_one_has_a_copy_of(tmp_path: Path) -> None:
    replica = table(tmp_path, replicas=[{"regionName": "eu-west-1"}])
    assert replica["shared"] == []
    [doubt] = apart(replica)[0]["hangs_on"]
    assert doubt == (
        "how far the replica in eu-west-1 lags behind is not known; to make it known: declare a component with `select` for "
        "it and `replication: {mode: async, lag: ...}`"
    )
    assert [(way["label"], way["low"], way["high"]) for way in apart(replica)] == [
        ("the replica in eu-west-1", 0.0, stores.ENDLESS),
        ("automatic backup of Table db", 300.0, 300.0),
    ]
    lag = "components: {data: {role: database, select: {name: db}, replication: {mode: async, lag: 5s}}}\n"
    assert apart(table(tmp_path, lag, replicas=[{"regionName": "eu-west-1"}]))[0] == {
        "label": "the replica in eu-west-1",
        "low": 5.0,
        "high": 5.0,
        "behind": "5s",
        "shares": [],
        "hangs_on": [],
    }


@pytest.mark.parametrize("named", ["eu-west-2", Unknown("an output")])
def test_a_replica_that_may_be_in_the_same_region_helps_nothing(named: Any, tmp_path: Path) -> None:
    found = table(tmp_path, replicas=[{"regionName": named}])
    assert [one["name"] for one in found["shared"]] == ["eu-west-2"]
    assert [way["label"] for way in apart(found)] == ["automatic backup of Table db"]
