"""How much a platform's own backups may lose, and where they are kept, where the inputs say so."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.recovery import Bounds, recoveries
from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.values import Unknown
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resilience_checks.analysis.recovery import Recovery
    from resilience_checks.topology.estate import Estate

DECLARED = """
version: 1
services: {record: {entry: {select: {name: record}}, rto: 12h, rpo: 2h}}
"""
DAY, MINUTES = 86_400.0, 300.0


def built(config: Mapping[str, object], tmp_path: Path, settings: Mapping[str, object] | None = None) -> Estate:
    """Return an estate of one Cloud SQL instance, and something in another region."""
    program = Program()
    given = {**(settings or {}), "backupConfiguration": {"enabled": True, **config}}
    inputs = {"name": "record", "region": "europe-west2", "settings": given}
    program.add("gcp:sql/databaseInstance:DatabaseInstance", "record", inputs)
    other = {"name": "other", "region": "europe-west1"}
    program.add("gcp:compute/forwardingRule:ForwardingRule", "other", other)
    file = tmp_path / "resilience.yaml"
    file.write_text(DECLARED, encoding="utf-8")
    return build([program.graph()], load(file, tmp_path), Catalogue())


def after(
    config: Mapping[str, object],
    tmp_path: Path,
    settings: Mapping[str, object] | None = None,
    lost: str = "device:record",
) -> Recovery:
    """Return how the instance comes back from its backups after its own loss, or that of its region."""
    [found] = recoveries(built(config, tmp_path, settings), [(f"{lost}/outage",)])
    return found


@pytest.mark.parametrize(
    ("config", "settings", "loss"),
    [
        ({}, {}, DAY),
        ({"pointInTimeRecoveryEnabled": False}, {"edition": "ENTERPRISE_PLUS"}, DAY),
        ({"pointInTimeRecoveryEnabled": True}, {}, MINUTES),
        ({"binaryLogEnabled": True}, {}, MINUTES),
        ({}, {"edition": "ENTERPRISE_PLUS"}, MINUTES),
    ],
)
def test_logs_between_two_daily_backups_lose_less(
    config: Mapping[str, object], settings: Mapping[str, object], loss: float, tmp_path: Path
) -> None:
    assert after(config, tmp_path, settings).loss.low == loss


def test_where_it_is_not_known_whether_logs_are_kept_that_is_said(tmp_path: Path) -> None:
    estate = built({"pointInTimeRecoveryEnabled": Unknown("computed at deployment")}, tmp_path)

    own = "settings.backupConfiguration"
    assert [fact.remedy for fact in estate.facts.values() if fact.id.startswith("interval of the backup of ")] == [
        f"give {own}.pointInTimeRecoveryEnabled, {own}.binaryLogEnabled, settings.edition in the program"
    ]


@pytest.mark.parametrize(
    ("location", "time"),
    [
        (None, Bounds(0.0, inf)),
        ("eu", Bounds(0.0, inf)),
        ("europe-west1", Bounds(0.0, inf)),
        ("europe-west2", Bounds(inf, inf)),
    ],
)
def test_backups_in_a_region_that_is_named_outlive_the_loss_of_another(
    location: str | None, time: Bounds, tmp_path: Path
) -> None:
    config = {} if location is None else {"location": location}
    assert after(config, tmp_path, lost="region:europe-west2").time == time


def test_logs_are_kept_in_the_instance_s_region_so_its_loss_leaves_the_daily_backup(tmp_path: Path) -> None:
    config = {"pointInTimeRecoveryEnabled": True, "location": "europe-west1"}
    assert after(config, tmp_path, lost="region:europe-west2").loss.low == DAY
