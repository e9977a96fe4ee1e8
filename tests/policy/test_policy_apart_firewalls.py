"""Firewalls that a rule keeps in two buildings share no rack, though nobody can say in which rack each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.answers import Analysis
from resilience_checks.analysis.borders import borders
from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

DECLARED = """
version: 1
sites: {london: {region: LD, perimeter: fw}}
placement: [{match: {name: fw-?}, site: london}]
components: {fw: {role: firewall, select: {name: fw-?}, units: 1}}
services: {shop: {entry: fw, scope: national, rto: 1h}}
"""


@pytest.mark.parametrize(
    ("diverse", "shared"), [(True, ["campus"]), (False, ["building", "campus", "host", "rack", "room"])]
)
def test_apart_buildings_are_apart_racks_of_perhaps_one_campus(
    diverse: bool, shared: list[str], tmp_path: Path
) -> None:
    program = Program()
    one = program.add("equinix:networkedge/device:Device", "one", {"name": "fw-1", "metroCode": "LD"})
    other = {"name": "fw-2", "metroCode": "LD"}
    refers = {"diverseDeviceId": one} if diverse else {}
    program.add("equinix:networkedge/device:Device", "two", other | dict.fromkeys(refers, "later"), refers=refers)
    file = tmp_path / "resilience.yaml"
    file.write_text(DECLARED, encoding="utf-8")
    estate = build([program.graph()], load(file, tmp_path), Catalogue())
    [border] = borders(estate, Analysis(estate))

    kinds = sorted(one.domain.kind for one in border.shared if one.domain.implied)
    assert kinds == shared
