"""What is told of resources that are one thing together, and of services that may be away for any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.answers import answer
from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.question import FaultKind, Holds, Horizon, Question
from resilience_checks.model.values import Unknown
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.topology.estate import Estate

RECORD = "cloudflare:index/dnsRecord:DnsRecord"
SHOP = 'services: {shop: {entry: {select: {name: "app*"}}, rto: 1h, rpo: 1h}}\n'
DEVICE = Question("device", (FaultKind.OUTAGE,), ("device",), horizon=Horizon.RTO, within_rpo=False)


def built(
    names: tuple[str, str], declared: str, tmp_path: Path, zones: tuple[str | None, str | None] | None = None
) -> Estate:
    """Return two records of these names, each of its own machine, in one zone or in `zones`, made by foreign resources.

    The zone of a record is not known before deployment where it is made; None stands for one that nothing shows.
    """
    program = Program()
    made = {zone: program.add("nimbus:dns/zone:Zone", zone) for zone in zones or () if zone is not None}
    for number, name in enumerate(names):
        inputs = {"name": f"m{number}", "zone": "europe-west2-a"}
        machine = program.add("gcp:compute/instance:Instance", f"m{number}", inputs)
        zone = zones[number] if zones else None
        later = Unknown("computed at deployment") if zones else "z"
        record = {"zoneId": later, "name": name, "type": "A", "content": "known once it is there"}
        refers = {"content": machine} | ({"zoneId": made[zone]} if zone is not None else {})
        program.add(RECORD, f"r{number}", record, refers=refers)
    file = tmp_path / "resilience.yaml"
    file.write_text(f"version: 1\n{declared}", encoding="utf-8")
    return build([program.graph()], load(file, tmp_path), Catalogue())


@pytest.mark.parametrize(("second", "asked"), [("app", []), ("apple", ["how many of the entry of shop"])])
def test_nobody_is_asked_whether_one_record_of_several_of_one_name_is_enough(
    second: str, asked: list[str], tmp_path: Path
) -> None:
    facts = built(("app", second), SHOP, tmp_path).facts
    assert [name for name in facts if name.startswith("how many of the entry")] == asked


@pytest.mark.parametrize(
    ("zones", "asked"),
    [
        (("z", "z"), []),
        (("z", "y"), ["how many of the entry of shop"]),
        (("z", None), ["how many of the entry of shop"]),
        ((None, None), ["how many of the entry of shop"]),
    ],
)
def test_records_are_of_one_zone_where_one_resource_makes_it_whatever_that_is(
    zones: tuple[str | None, str | None], asked: list[str], tmp_path: Path
) -> None:
    facts = built(("app", "app"), SHOP, tmp_path, zones).facts
    assert [name for name in facts if name.startswith("how many of the entry")] == asked


@pytest.mark.parametrize("rto", ["", ", rto: 1h"])
def test_a_service_without_an_rto_is_told_every_step_too(rto: str, tmp_path: Path) -> None:
    declared = f"components: {{front: {{requires: [{{select: r0}}]}}}}\nservices: {{shop: {{entry: front{rto}}}}}\n"
    estate = built(("app", "other"), declared, tmp_path)
    [found] = answer(estate, [DEVICE]).statements

    assert found.holds is Holds.NO
    assert [[step.text for step in cut.chain] for cut in found.cuts] == [
        [
            "an outage of Instance m0",
            "DnsRecord app needs Instance m0 (content), which is lost",
            "front needs DnsRecord app, which is lost",
            "shop is reached through its entry: front is lost",
            "shop is lost",
        ]
    ]
