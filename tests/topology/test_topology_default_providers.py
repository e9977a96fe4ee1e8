"""What a stack's settings say of a default provider places what is made through it, and names the device that it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.what_if import what_if
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.question import Holds
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.topology.estate import Estate

DATABASE = "aws:rds/instance:Instance"
FOREIGN = "aws:nowhere/thing:Thing"
SERVICE = "version: 1\nservices: {shop: {entry: {select: one}}}\n"


def estate(token: str, directory: Path, given: dict[str, dict[str, str]], declared: str = SERVICE) -> Estate:
    made = Program()
    made.add(token, "one", {"identifier": "one", "multiAz": True})
    file = directory / "resilience.yaml"
    file.write_text(declared, encoding="utf-8")
    return build([replace(made.graph(), default_providers=given)], load(file, directory), load_catalogue())


def test_what_the_catalogue_knows_stands_in_the_region_of_the_settings(tmp_path: Path) -> None:
    found = estate(DATABASE, tmp_path, {"aws": {"region": "eu-west-2"}})
    assert what_if(found, ["region:eu-west-2/outage"], "shop") is Holds.NO
    assert not [fact for fact in found.facts if fact.startswith("region of")]


def test_settings_of_another_package_place_nothing(tmp_path: Path) -> None:
    found = estate(DATABASE, tmp_path, {"gcp": {"region": "eu-west-2"}})
    assert [fact for fact in found.facts if fact.startswith("region of")] == [
        "region of default aws provider of web/prod"
    ]


@pytest.mark.parametrize("regions", [{}, {"aws": {"region": "eu-west-2"}}])
def test_what_the_catalogue_does_not_know_may_be_global_and_no_single_device(
    regions: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    found = estate(FOREIGN, tmp_path, regions)
    device, *places = sorted(
        domain.id for domain in found.domains.values() if domain.kind in {"device", "region"} and not domain.implied
    )
    assert what_if(found, [f"{device}/outage"], "shop") is Holds.UNKNOWN
    assert [what_if(found, [f"{place}/outage"], "shop") for place in places] == [Holds.UNKNOWN] * len(places)


def test_the_settings_name_the_device_that_the_provider_is(tmp_path: Path) -> None:
    declared = (
        "version: 1\nplacement: [{match: {provider: fw-north}, site: north}]\nsites: {north: {perimeter: none}}\n"
    )
    token = "fortios:system/ha:Ha"
    found = estate(token, tmp_path, {"fortios": {"hostname": "fw-north"}}, declared)
    assert [(part.label, part.site) for part in found.parts.values() if part.role == "firewall"][:1] == [
        ("firewall fw-north", "north")
    ]
