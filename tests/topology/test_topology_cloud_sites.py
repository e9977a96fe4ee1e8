"""A cloud resource that is declared to stand at a site stands there and in the region that the program shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.what_if import what_if
from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.question import Holds
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.topology.estate import Estate

DECLARED = """version: 1
sites: {{hall-1: {{region: {region}, perimeter: none}}, hall-2: {{region: {region}, perimeter: none}}}}
links: {{between: {{between: [hall-1, hall-2]}}}}
placement: [{rules}]
services: {{shop: {{entry: {{select: {{name: plan}}}}}}}}
"""
ONE = '{match: {name: "pl*"}, site: hall-1}'
OTHER = "{match: {name: plan}, site: hall-2}"


def estate(directory: Path, region: str | None, *rules: str) -> Estate:
    made = Program()
    made.add("azure-native:web:AppServicePlan", "plan", {"name": "plan", "location": "uksouth"})
    file = directory / "resilience.yaml"
    file.write_text(
        DECLARED.replace("region: {region}, ", "" if region is None else f"region: {region}, ").format(
            rules=", ".join(rules)
        ),
        encoding="utf-8",
    )
    return build([made.graph()], load(file, directory), Catalogue())


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("site:hall-1/outage", Holds.NO), ("region:uksouth/outage", Holds.NO), ("link:between/outage", Holds.YES)],
)
def test_the_loss_of_either_takes_it_down(fault: str, expected: Holds, tmp_path: Path) -> None:
    found = estate(tmp_path, "uksouth", ONE)
    assert found.contradictions == ()
    assert what_if(found, [fault], "shop") is expected


def test_a_site_of_another_region_contradicts_the_program(tmp_path: Path) -> None:
    found = estate(tmp_path, "ukwest", ONE)
    assert [item.text for item in found.contradictions] == ["AppServicePlan plan cannot stand at uksouth and hall-1"]
    assert what_if(found, ["region:uksouth/outage"], "shop") is Holds.UNKNOWN


def test_a_site_without_a_region_contradicts_nothing(tmp_path: Path) -> None:
    found = estate(tmp_path, None, ONE)
    assert found.contradictions == ()
    assert what_if(found, ["site:hall-1/outage"], "shop") is Holds.NO


def test_two_sites_of_its_region_contradict_each_other(tmp_path: Path) -> None:
    found = estate(tmp_path, "uksouth", ONE, OTHER)
    assert [item.text for item in found.contradictions] == ["AppServicePlan plan cannot stand at hall-1 and hall-2"]
    assert what_if(found, ["site:hall-1/outage"], "shop") is Holds.UNKNOWN
