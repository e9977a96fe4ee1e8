"""Resources of types that the catalogue does not know count as far as a declaration says what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.what_if import what_if
from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.errors import UsageError
from resilience_checks.model.question import Holds
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.topology.estate import Estate

SITES = """version: 1
sites: {n: {region: north, perimeter: none}, s: {region: south, perimeter: none}}
links: {dci: {between: [n, s]}}
placement:
  - {match: {provider: cloud-n}, site: n}
  - {match: {provider: cloud-s}, site: s}
"""
ROLES = "  web-n: {role: compute, select: {name: web-n}}\n  web-s: {role: compute, select: {name: web-s}}\n"
SERVICE = "services: {shop: {entry: web}}\n"


def program() -> Program:
    """Two servers of a type that nobody knows, through two providers, and a key that is called like them."""
    made = Program()
    for place in ("n", "s"):
        cloud = made.provider("nimbus", f"cloud-{place}")
        made.add("nimbus:compute/server:Server", f"web-{place}", provider=cloud)
        made.add("nimbus:secrets/key:Key", f"key-{place}", provider=cloud)
    return made


def estate(made: Program, text: str, directory: Path) -> Estate:
    file = directory / "resilience.yaml"
    file.write_text(text, encoding="utf-8")
    return build([made.graph()], load(file, directory), Catalogue())


def test_what_a_component_gives_a_role_stands_where_a_rule_says_and_can_be_lost(tmp_path: Path) -> None:
    declared = f"{SITES}components:\n{ROLES}  web: {{any-of: [web-n, web-s]}}\n{SERVICE}"
    found = estate(program(), declared, tmp_path)
    assert what_if(found, ["site:n/outage"], "shop") is Holds.YES
    assert what_if(found, ["site:n/outage", "site:s/outage"], "shop") is Holds.NO


def test_what_nobody_says_the_role_of_may_need_anything(tmp_path: Path) -> None:
    declared = f"{SITES}components:\n  web: {{any-of: [{{select: web-n}}, {{select: web-s}}]}}\n{SERVICE}"
    found = estate(program(), declared, tmp_path)
    assert what_if(found, ["site:n/outage"], "shop") is Holds.UNKNOWN
    assert what_if(found, ["site:n/outage", "site:s/outage"], "shop") is Holds.NO


def test_only_what_a_declaration_is_about_is_a_part(tmp_path: Path) -> None:
    declared = f"{SITES}components:\n{ROLES}  web: {{any-of: [web-n, web-s]}}\n{SERVICE}"
    found = estate(program(), declared, tmp_path)
    assert {part.label for part in found.parts.values() if part.urn} == {"Server web-n", "Server web-s"}
    assert found.coverage.unknown == {"nimbus:compute/server:Server": 2, "nimbus:secrets/key:Key": 2}


def test_a_pattern_that_matches_what_the_catalogue_knows_means_nothing_else(tmp_path: Path) -> None:
    made = program()
    vc = made.provider("vsphere", "vc", vsphereServer="vc.example")
    made.add("vsphere:index/virtualMachine:VirtualMachine", "web-k", {"name": "web-k"}, provider=vc)
    declared = f"{SITES}components:\n  web: {{role: compute, select: {{name: web-*}}}}\n{SERVICE}"
    found = estate(made, declared, tmp_path)
    assert [part.label for part in found.parts.values() if part.urn] == ["VirtualMachine web-k"]


@pytest.mark.parametrize(
    ("rule", "refused"), [("{name: key-n}", False), ("{name: kex-n}", True), ("{provider: clod-n}", True)]
)
def test_a_placement_rule_may_match_what_nobody_asks_about_but_not_nothing(
    rule: str, refused: bool, tmp_path: Path
) -> None:
    declared = (
        f"{SITES}  - {{match: {rule}, site: n}}\ncomponents:\n{ROLES}  web: {{any-of: [web-n, web-s]}}\n{SERVICE}"
    )
    if refused:
        with pytest.raises(UsageError, match="matches nothing"):
            estate(program(), declared, tmp_path)
    else:
        assert estate(program(), declared, tmp_path).services
