"""From a graph and declarations to statements: what an estate knows, and what it only may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.answers import answer
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.errors import UsageError
from resilience_checks.model.question import FaultKind, Horizon, Question
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.topology.estate import Estate

DEVICE = Question("device", (FaultKind.OUTAGE,), ("device",))
FIREWALL = Question("firewall", (FaultKind.OUTAGE,), ("device",), ("firewall",))
SHARED = Question("shared", (FaultKind.BAD_CHANGE,), ("management-plane",), horizon=Horizon.RTO)
SITE = Question("site", (FaultKind.OUTAGE,), ("site",), horizon=Horizon.RTO)

TWO_SITES = """
version: 1
sites:
  n: {perimeter: fw-n}
  s: {perimeter: fw-s}
links:
  dci: {between: [n, s]}
placement:
  - {match: {provider: "fw-?.n.example"}, site: n}
  - {match: {provider: "fw-?.s.example"}, site: s}
components:
  fw-n: {role: firewall, select: {provider: "fw-?.n.example"}, units: 1}
  fw-s: {role: firewall, select: {provider: "fw-?.s.example"}, units: 1}
  front: {role: global-traffic, any-of: [fw-n, fw-s]}
services:
  record: {rto: 1h, rpo: 0s, entry: front}
"""


def firewalls(managers: dict[str, object], *, address: str = "fw-a.{site}.example") -> Program:
    """Return one firewall a site; `managers` gives each site's central management, or None."""
    program = Program()
    for site, manager in managers.items():
        provider = program.provider("fortios", f"fw-{site}", hostname=address.format(site=site), token="t")
        program.add("fortios:firewall/policy:Policy", f"allow-{site}", {"action": "accept"}, provider=provider)
        if manager is not None:
            program.add(
                "fortios:system/centralmanagement:Centralmanagement",
                f"manager-{site}",
                {"type": "fortimanager", "fmg": manager},
                provider=provider,
            )
    return program


def estate(program: Program, text: str, tmp_path: Path, *, complete: bool = True) -> Estate:
    path = tmp_path / "resilience.yaml"
    path.write_text(text, encoding="utf-8")
    return build([program.graph(complete=complete)], load(path, tmp_path), load_catalogue())


def told(found: Estate, *questions: Question) -> list[str]:
    """Return each statement in one line: its answer, its cuts, and what it hangs on."""
    lines = []
    for item in answer(found, list(questions)).statements:
        cuts = ["+".join(cut.events) for cut in item.cuts]
        doubts = [doubt.reason.text for doubt in item.depends_on]
        told = "" if item.error is None else f" {item.error}"
        lines.append(f"{item.question} {item.service}: {item.holds}{told} {cuts} {doubts}".replace(" [] []", ""))
    return lines


def test_firewalls_of_two_managers_survive_each_of_them(tmp_path: Path) -> None:
    program = firewalls({"n": "fmg.n.example", "s": "fmg.s.example"})
    assert told(estate(program, TWO_SITES, tmp_path), DEVICE, SHARED, SITE) == [
        "device record: yes",
        "shared record: yes",
        "site record: yes",
    ]


def test_firewalls_of_one_manager_are_lost_by_one_bad_change(tmp_path: Path) -> None:
    program = firewalls({"n": "fmg.example", "s": "fmg.example"})
    assert told(estate(program, TWO_SITES, tmp_path), DEVICE, SHARED) == [
        "device record: yes",
        "shared record: no ['management-plane:fmg.example/bad-change'] []",
    ]


def test_names_of_resources_change_nothing(tmp_path: Path) -> None:
    one = firewalls({"n": "fmg.example", "s": "fmg.example"})
    other = firewalls({"n": "fmg.example", "s": "fmg.example"})
    for number, resource in enumerate(other.resources):
        old = resource.urn
        object.__setattr__(resource, "name", f"x{number}")
        object.__setattr__(resource, "urn", old.rpartition("::")[0] + f"::x{number}")
        for later in other.resources:
            if later.provider == old:
                object.__setattr__(later, "provider", resource.urn)
    assert told(estate(one, TWO_SITES, tmp_path), DEVICE, SHARED, SITE) == told(
        estate(other, TWO_SITES, tmp_path), DEVICE, SHARED, SITE
    )


def test_a_firewall_of_no_known_site_leaves_the_loss_of_sites_unknown(tmp_path: Path) -> None:
    program = firewalls({"n": None, "s": None})
    moved = TWO_SITES.replace('  - {match: {provider: "fw-?.s.example"}, site: s}\n', "")
    (line,) = told(estate(program, moved, tmp_path), SITE)
    assert line.startswith("site record: unknown ['site:n/outage'] [")


def test_without_declarations_no_verdict_is_invented(tmp_path: Path) -> None:
    program = firewalls({"n": "fmg.example", "s": "fmg.example"})
    lb = program.provider("f5bigip", "lb", address="lb.example")
    server = {"name": "/Common/record", "destination": "10.0.0.1", "port": 443.0}
    program.add("f5bigip:ltm/virtualServer:VirtualServer", "record", server, provider=lb)
    lines = told(estate(program, "version: 1\n", tmp_path), FIREWALL, SHARED)
    assert [line.partition(" [")[0] for line in lines] == [
        "firewall lb.example//Common/record: unknown",
        "shared lb.example//Common/record: unknown",
    ]
    assert all(": yes" not in line and ": no " not in line for line in lines)


def test_what_an_incomplete_graph_lacks_is_not_known(tmp_path: Path) -> None:
    program = firewalls({"n": "fmg.n.example", "s": "fmg.s.example"})
    lines = told(estate(program, TWO_SITES, tmp_path, complete=False), DEVICE, SHARED)
    assert all(": no " not in line for line in lines)


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('select: {provider: "fw-?.n.example"}, units', 'select: {provider: "fw-?.x.example"}, units', 12, "fw-n"),
        ("any-of: [fw-n, fw-s]", "select: {name: nothing}", 14, "front"),
    ],
)
def test_a_select_that_matches_nothing_is_refused_at_its_line(
    old: str, new: str, line: int, what: str, tmp_path: Path
) -> None:
    assert old in TWO_SITES
    with pytest.raises(UsageError) as caught:
        estate(firewalls({"n": None, "s": None}), TWO_SITES.replace(old, new), tmp_path)
    assert caught.value.location is not None
    assert (caught.value.location.path, caught.value.location.line) == ("resilience.yaml", line)
    assert what in caught.value.what or "match" in caught.value.what


def test_two_sites_for_one_part_contradict_each_other(tmp_path: Path) -> None:
    program = firewalls({"n": None, "s": None})
    text = TWO_SITES.replace("placement:\n", 'placement:\n  - {match: {provider: "fw-a.n.example"}, site: s}\n')
    found = estate(program, text, tmp_path)
    assert [item.text for item in found.contradictions]
