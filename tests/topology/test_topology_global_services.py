"""A service that stands in no region, of a type that the catalogue does not know, in front of two regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.question import FaultKind, Horizon, Question
from tests.topology.graphs import Program
from tests.topology.test_topology_estates import estate, told

if TYPE_CHECKING:
    from pathlib import Path

REGION = Question("region", (FaultKind.OUTAGE,), ("region",), horizon=Horizon.RTO)
FRONT = "version: 1\nservices: {register: {entry: {select: front}, rto: 1h}}\n"


def test_what_the_catalogue_does_not_know_may_stand_in_no_region(tmp_path: Path) -> None:
    program = Program()
    for name, region in (("east", "norwayeast"), ("west", "norwaywest")):
        program.add("azure-native:sql:Server", name, {"location": region})
    program.add("azure-native:made-up:Front", "front", {"location": "Global"})
    [statement] = told(estate(program, FRONT, tmp_path), REGION)
    assert statement.startswith("region register: unknown ")
