"""What declared components, tools and units are drawn as: parts with gates and places, aids, and what each carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.topology.declaration_sizes import amount
from tests.topology.gate_text import tell
from tests.topology.graphs import Program
from tests.topology.test_topology_estates import estate, firewalls

if TYPE_CHECKING:
    from pathlib import Path

SITE = "version: 1\nsites: {n: {region: north, perimeter: none}}\n"


def test_a_tool_that_does_not_say_what_it_repairs_is_for_every_service_but_the_one_that_it_is(tmp_path: Path) -> None:
    text = (
        "version: 1\ncomponents: {a: {role: compute}, b: {role: compute}}\n"
        "services: {app: {entry: a}, mail: {entry: b}, runner: {entry: b}}\n"
        "tools:\n  console: {kind: out-of-band}\n  pipeline: {kind: deployment, entry: {service: runner}}\n"
        "  fixer: {kind: deployment, entry: a, repairs: [mail]}\n"
    )
    assert {name: aid.of for name, aid in estate(Program(), text, tmp_path).aids.items()} == {
        "out-of-band console": ("app", "mail", "runner"),
        "deployment pipeline": ("app", "mail"),
        "deployment fixer": ("mail",),
    }


def test_a_component_stands_in_its_room_in_its_rack_and_on_its_host(tmp_path: Path) -> None:
    text = f"{SITE}components: {{a: {{role: compute, site: n, room: r1, rack: k7, host: h3}}}}\n"
    found = estate(Program(), f"{text}services: {{app: {{entry: a}}}}\n", tmp_path).domains
    assert {name for name, domain in found.items() if not domain.implied} == {
        "device:a",
        "host:n/h3",
        "rack:n/r1/k7",
        "room:n/r1",
        "site:n",
        "region:north",
    }


def test_a_component_needs_a_control_plane_by_the_nature_that_it_says(tmp_path: Path) -> None:
    needs = "[{control-plane: aws:route53, nature: mover}, {control-plane: aws:globalaccelerator}]"
    text = f"{SITE}components:\n  a: {{role: compute, site: n, requires: {needs}}}\nservices: {{app: {{entry: a}}}}\n"
    assert tell(estate(Program(), text, tmp_path).parts["component a"].gate) == {
        "all: -": [
            "aws:route53 (mover): a needs aws:route53 @4",
            "aws:globalaccelerator (need): a needs aws:globalaccelerator @4",
        ]
    }


def test_a_component_leads_to_what_it_selects_together_with_what_it_needs(tmp_path: Path) -> None:
    text = (
        f"{SITE}placement: [{{match: {{provider: fw-a.n.example}}, site: n}}]\ncomponents:\n"
        "  net: {role: network, site: n}\n"
        "  fw: {role: firewall, select: {provider: fw-a.n.example}, units: 2, requires: [net], capacity: {rps: 300}}\n"
        "services: {app: {entry: fw}}\n"
    )
    found = estate(firewalls({"n": None}), text, tmp_path)
    assert tell(found.parts["component fw"].gate) == "fw on fw-a.n.example (path): -"
    assert {name: (carrier.amounts, carrier.why.text) for name, carrier in found.carriers.items()} == {
        f"fw-a.n.example#{unit}": ({"rps": 300.0}, "fw is declared to carry 300 rps by each unit") for unit in (1, 2)
    }


def test_a_component_that_a_program_lists_among_the_members_of_a_site_stands_there(tmp_path: Path) -> None:
    program = Program()
    witness = program.declare("Component", "witness", role="witness")
    program.declare("Site", "t", region="third", perimeter="none", members=[witness])
    program.declare("Service", "vote", entry=witness)
    assert estate(program, "version: 1\n", tmp_path).parts["component witness"].site == "t"


def test_less_than_a_thousand_bytes_are_told_in_bytes() -> None:
    assert [amount(value) for value in (0, 0.5, 1, 999, 1000, 2.5e18)] == [
        "0 B",
        "0.5 B",
        "1 B",
        "999 B",
        "1 KB",
        "2500 PB",
    ]
