"""Devices: the units that a declaration names behind one address, and those of which each is an instance of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.location import Location
from resilience_checks.model.question import Step
from tests.topology.gate_text import tell
from tests.topology.graphs import Program
from tests.topology.test_topology_doubts import SITES
from tests.topology.test_topology_estates import estate
from tests.topology.test_topology_whereabouts import built

if TYPE_CHECKING:
    from pathlib import Path

FIREWALL = "services: {app: {entry: fw}}\ncomponents:\n  fw:\n    role: firewall\n    select: {provider: fw.example}\n"
UNITS = "    units:\n      - {site: n, name: left}\n      - {site: s}\n"


def test_a_declared_unit_is_called_by_its_name_or_else_its_number_and_stands_at_its_own_line(tmp_path: Path) -> None:
    program = Program()
    program.provider("fortios", "fw", hostname="fw.example", token="t")
    found = estate(program, SITES + FIREWALL + UNITS, tmp_path)
    why = "fw has 2 units @8"
    units = {"fw.example#left": ("fw unit left at n", "n", 12), "fw.example#2": ("fw unit 2 at s", "s", 13)}
    assert tell(found.parts["fw.example"].gate) == {f"any: {why}": [f"{name} (path): {why}" for name in units]}
    assert units == {
        name: (part.label, part.site, part.location and part.location.line)
        for name, part in found.parts.items()
        if "#" in name
    }
    assert [found.domains[f"region:{region}"].joined[0] for region in ("north", "south")] == [
        Step(f"{label} stands there", Location("resilience.yaml", line, 9)) for label, _, line in units.values()
    ]


def test_units_that_one_line_makes_are_told_once_where_they_stand() -> None:
    program = Program()
    second = {"name": "edge-2", "metroCode": "LD"}
    token = "equinix:networkedge/device:Device"
    program.add(token, "edge", {"name": "edge", "metroCode": "LD", "secondaryDevice": second})
    region = built(program).domains["region:ld"]
    assert [member.part for member in region.members] == ["edge", "edge#1", "edge#2"]
    assert region.joined == (Step("Device edge stands there", Location("__main__.py", 1)),)


def test_each_of_the_devices_of_one_group_is_one_unit() -> None:
    program = Program()
    for name in ("fw-a", "fw-b"):
        device = program.provider("fortios", name, hostname=f"{name}.example", token="t")
        group = {"mode": "a-p", "groupName": "pair", "groupId": 1}
        program.add("fortios:system/ha:Ha", f"ha-{name}", group, provider=device)
    found = built(program)
    assert list(found.parts) == ["fw-a.example", "fw-b.example"]
    assert [fact for fact in found.facts if fact.startswith("units of")] == []
