"""What the catalogue says of backups and instances changes answers about recovery and capacity."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.capacity import headrooms
from resilience_checks.analysis.recovery import Bounds, Recovery, recoveries
from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.values import Unknown
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resilience_checks.catalogue.entries import Entry
    from resilience_checks.topology.estate import Estate

LOST = ("region:uksouth/outage",)
POSTGRES = "azure-native:dbforpostgresql:Server"
SQL = "azure-native:sql:Database"
DECLARED = """
version: 1
services:
  record: {entry: {select: {name: record}}, rto: 12h, rpo: 2h}
"""
TIMED = """backups:
  tested: {of: {select: {name: record}}, region: ukwest, every: 1h, into: {select: {name: spare}}, restore: 4h}
"""


class Silent(Catalogue):
    """The catalogue without what it says of backups and instances."""

    def entry(self, token: str) -> Entry | None:
        found = super().entry(token)
        return found and replace(found, backup=None, instances=None)


def database(token: str, inputs: Mapping[str, object]) -> Program:
    program = Program()
    for name, region in (("record", "uksouth"), ("spare", "ukwest")):
        own = {"databaseName": name} if token == SQL else {"serverName": name}
        program.add(token, name, {**own, "location": region, **inputs})
    return program


def built(program: Program, text: str, tmp_path: Path, catalogue: Catalogue) -> Estate:
    file = tmp_path / "resilience.yaml"
    file.write_text(text, encoding="utf-8")
    return build([program.graph()], load(file, tmp_path), catalogue)


def after(program: Program, text: str, tmp_path: Path, catalogue: Catalogue | None = None) -> Recovery:
    [found] = recoveries(built(program, text, tmp_path, catalogue or Catalogue()), [LOST])
    return found


ELSEWHERE = [
    (POSTGRES, {"backup": {"geoRedundantBackup": "Enabled"}}),
    (SQL, {}),
    (SQL, {"requestedBackupStorageRedundancy": "GeoZone"}),
]
HERE = [
    (POSTGRES, {}),
    (POSTGRES, {"backup": {"geoRedundantBackup": "Disabled"}}),
    (SQL, {"requestedBackupStorageRedundancy": "Zone"}),
]


@pytest.mark.parametrize(("token", "inputs"), ELSEWHERE)
def test_copies_in_another_region_are_a_way_back_whose_time_is_not_declared(
    token: str, inputs: Mapping[str, object], tmp_path: Path
) -> None:
    found = after(database(token, inputs), DECLARED, tmp_path)

    assert (found.time, found.loss.low) == (Bounds(0.0, inf), 3600.0)
    assert [doubt.remedy for doubt in found.doubts] == [
        "declare a backup `of` it with `into` and `restore`, or `size` and `throughput`"
    ]


@pytest.mark.parametrize(("token", "inputs"), HERE)
def test_copies_in_the_region_that_is_lost_do_not_count_and_that_is_said(
    token: str, inputs: Mapping[str, object], tmp_path: Path
) -> None:
    found = after(database(token, inputs), DECLARED, tmp_path)

    assert found.time == Bounds(inf, inf)
    [note] = found.notes
    assert note.text.endswith("is lost too")
    assert "is restored from its automatic backup does not count" in note.text


@pytest.mark.parametrize(("token", "inputs"), [*ELSEWHERE, *HERE])
def test_without_the_word_nothing_is_known_of_copies(token: str, inputs: Mapping[str, object], tmp_path: Path) -> None:
    silent = after(database(token, inputs), DECLARED, tmp_path, Silent())

    assert silent != after(database(token, inputs), DECLARED, tmp_path)
    assert [note.text for note in silent.notes] == [
        "nothing moves or restores what is lost, as far as programs and declarations show"
    ]


def test_where_the_input_is_not_known_both_may_be(tmp_path: Path) -> None:
    later = {"backup": {"geoRedundantBackup": Unknown("computed at deployment")}}
    found = after(database(POSTGRES, later), DECLARED, tmp_path)

    assert sorted(doubt.remedy for doubt in found.doubts) == [
        "declare a backup `of` it with `into` and `restore`, or `size` and `throughput`",
        "give backup.geoRedundantBackup in the program",
    ]


@pytest.mark.parametrize(("token", "inputs"), [*ELSEWHERE, *HERE])
def test_a_declared_backup_takes_the_place_of_the_platform_s_own(
    token: str, inputs: Mapping[str, object], tmp_path: Path
) -> None:
    found = after(database(token, inputs), DECLARED + TIMED, tmp_path)

    assert (found.time, found.loss) == (Bounds(14400.0, 14400.0), Bounds(3600.0, 3600.0))


def test_the_instances_of_a_plan_carry_together(tmp_path: Path) -> None:
    program = Program()
    inputs = {"name": "plan", "location": "uksouth", "sku": {"name": "P1v3", "capacity": 3}}
    plan = program.add("azure-native:web:AppServicePlan", "plan", inputs)
    later = Unknown("computed at deployment")
    app = {"name": "record", "location": "uksouth", "serverFarmId": later}
    program.add("azure-native:web:WebApp", "record", app, refers={"serverFarmId": plan})
    text = DECLARED.replace("rpo: 2h", "rpo: 2h, peak: {rps: 400}")
    text += "components: {plans: {select: {name: plan}, capacity: {rps: 150}}}\n"
    verdicts = [
        [str(item.enough) for item in headrooms(built(program, text, tmp_path, catalogue), [()])]
        for catalogue in (Catalogue(), Silent())
    ]
    assert verdicts == [["enough"], ["short"]]
