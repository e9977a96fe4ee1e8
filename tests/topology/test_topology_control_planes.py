"""Control planes of providers: a mover that needs one in the lost region moves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.answers import answer
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.errors import UsageError
from resilience_checks.model.question import FaultKind, Horizon, Question
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.catalogue.programs import web_app_with
from tests.topology.graphs import Program
from tests.topology.test_topology_estates import told

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.topology.estate import Estate

REGION = Question("region", (FaultKind.OUTAGE,), ("region",), horizon=Horizon.RTO)
MOVED = """
version: 1
sites:
  virginia: {region: us-east-1, perimeter: none}
  ireland: {region: eu-west-1, perimeter: none}
links: {wan: {between: [virginia, ireland]}}
components:
  web-us: {role: compute, site: virginia}
  web-eu: {role: compute, site: ireland}
  web:
    failover:
      primary: {component: web-us}
      standby: [web-eu]
      mover: {mode: automatic, detect: 1m, promote: 1m, needs: [%s]}
services:
  record: {entry: web, rto: 1h}
"""


def built(text: str, tmp_path: Path, program: Program | None = None) -> Estate:
    path = tmp_path / "resilience.yaml"
    path.write_text(text, encoding="utf-8")
    return build([(program or Program()).graph()], load(path, tmp_path), load_catalogue())


def test_a_mover_whose_control_plane_stands_in_the_lost_region_moves_nothing(tmp_path: Path) -> None:
    assert told(built(MOVED % "{control-plane: aws:route53}", tmp_path), REGION) == [
        "region record: no ['region:us-east-1/outage'] []"
    ]
    assert told(built(MOVED % "{control-plane: aws:globalaccelerator}", tmp_path), REGION) == ["region record: yes"]


def test_a_control_plane_fails_by_itself_and_by_a_bad_change(tmp_path: Path) -> None:
    found = built(MOVED % "{control-plane: aws:route53}", tmp_path).domains["control-plane:aws:route53"]
    assert (found.name, found.faults) == ("Route 53's control plane", (FaultKind.OUTAGE, FaultKind.BAD_CHANGE))


def test_a_control_plane_that_nobody_knows_is_refused_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        built(MOVED % "{control-plane: aws:route35}", tmp_path)
    assert caught.value.what == 'the catalogue has no control plane "aws:route35"'
    assert str(caught.value.location) == "resilience.yaml:14:81"
    assert "did you mean" in (caught.value.remedy or "")


def test_a_key_vault_that_may_be_served_from_its_paired_region_leaves_its_own_regions_loss_unknown(
    tmp_path: Path,
) -> None:
    graph, text = web_app_with("Secret")()
    path = tmp_path / "resilience.yaml"
    path.write_text(text, encoding="utf-8")
    found = build([graph], load(path, tmp_path), load_catalogue())
    members = {member.part: bool(member.when) for member in found.domains["region:uksouth"].members}
    units = {"kv#zone-1": True, "kv#zone-2": True}
    assert members == {"kv": True, **units, "k": True, "rg": False, "web": False}


def test_the_chain_through_a_control_plane_names_lines_only(tmp_path: Path) -> None:
    (statement,) = answer(built(MOVED % "{control-plane: aws:route53}", tmp_path), [REGION]).statements
    (cut,) = statement.cuts
    assert [step.text for step in cut.chain] == [
        "an outage of region us-east-1 takes down Route 53's control plane, web-us and 1 more",
        "web runs on its primary: web-us is lost",
        "the mover of web needs this: Route 53's control plane is lost",
        "record is reached through its entry: web is lost",
        "record is lost",
    ]
    assert all(step.location is not None for step in cut.chain)
