"""The stage that is told as the weakest against the least cut of layered estates, found by trying every set of parts."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from resilience_checks.analysis.capacity import Enough, headrooms
from resilience_checks.analysis.shortfalls import shortfalls
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.question import FaultKind
from resilience_checks.model.values import Reason
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate import Carrier, Demand, Domain, Estate, Member, Part, Service
from resilience_checks.topology.estate_builder import build
from resilience_checks.topology.gates import ALWAYS, AnyOf, Nature, Up
from tests.properties.test_properties_capacity import enumerated
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from resilience_checks.analysis.capacity import Headroom

CATALOGUE = load_catalogue()
AMOUNTS = st.integers(0, 9).map(float)


def least_cut(ways: Iterable[tuple[str, ...]], amounts: dict[str, float]) -> float:
    """Return how much the cheapest set of parts carries that every way meets: the maximum flow over the ways."""
    sets = [set(way) for way in ways]
    parts = sorted(amounts)
    cuts = (set(cut) for size in range(len(parts) + 1) for cut in combinations(parts, size))
    return min(sum(amounts[part] for part in cut) for cut in cuts if all(way & cut for way in sets))


@st.composite
def layered(draw: st.DrawFn, *, complete: bool) -> tuple[Estate, tuple[str, ...]]:
    """Draw layers each of whose members needs any of some members of the next, or that as a whole; one service; a loss."""
    layers = [[f"{name}{number}" for number in range(draw(st.integers(1, 3)))] for name in "abc"]
    parts = {}
    for layer in layers if complete else []:
        stage = layer[0][0]
        parts[stage] = Part(
            stage, stage, "compute", gate=AnyOf(tuple(Up(name, Nature.PATH, serves=True) for name in layer))
        )
    for layer, below in zip(layers, [*layers[1:], []], strict=True):
        for name in layer:
            some = (
                st.just([below[0][0]])
                if complete and below
                else st.lists(st.sampled_from(below), min_size=1, unique=True)
            )
            chosen = draw(some) if below else []
            gate = AnyOf(tuple(Up(part, Nature.PATH) for part in chosen)) if chosen else ALWAYS
            parts[name] = Part(name, name, "compute", gate=gate)
    entry = Up("a", Nature.PATH) if complete else AnyOf(tuple(Up(part, Nature.PATH) for part in layers[0]))
    service = Service("record", entry, peak=(Demand("rps", float(draw(st.integers(1, 15))), "", None),))
    domains = {
        f"device:{name}": Domain(f"device:{name}", "device", name, (FaultKind.OUTAGE,), (Member(name),))
        for layer in layers
        for name in layer
    }
    hit = draw(st.sets(st.sampled_from([name for layer in layers for name in layer]), max_size=2))
    carriers = {name: Carrier({"rps": draw(AMOUNTS)}, Reason(name)) for layer in layers for name in layer}
    return Estate(parts, domains, {"record": service}, carriers=carriers), tuple(
        f"device:{name}/outage" for name in hit
    )


@given(layered(complete=False))
def test_short_is_what_the_least_cut_says_and_the_stage_told_is_a_cut(case: tuple[Estate, tuple[str, ...]]) -> None:
    estate, hit = case
    ways = enumerated(estate, hit)["record"]
    [found] = headrooms(estate, [hit])
    assume(ways)
    amounts = {name: carrier.amounts["rps"] for name, carrier in estate.carriers.items()}
    flow = least_cut(ways, amounts)
    event(str(found.enough))
    assert (found.enough is Enough.SHORT) == (flow < found.demand.amount)
    assert found.weakest is not None
    assert found.weakest.carries == sum(amounts[part] for part in found.weakest.members)
    if found.enough is Enough.ENOUGH:
        assert found.weakest.carries >= flow
        assert all(set(way) & set(found.weakest.members) for way in ways)


@given(layered(complete=True))
def test_where_every_member_reaches_the_whole_next_stage_its_figure_is_the_flow(
    case: tuple[Estate, tuple[str, ...]],
) -> None:
    estate, hit = case
    ways = enumerated(estate, hit)["record"]
    [found] = headrooms(estate, [hit])
    assume(ways)
    flow = least_cut(ways, {name: carrier.amounts["rps"] for name, carrier in estate.carriers.items()})
    assert found.weakest is not None
    assert (found.weakest.carries, found.weakest.total) == (flow, found.demand.amount)


SITES = """
version: 1
sites:
  a: {region: ra, coordinates: [51.0, 0.0], perimeter: none}
  b: {region: rb, coordinates: [53.0, 0.0], perimeter: none}
  c: {region: rc, coordinates: [55.0, 0.0], perimeter: none}
links:
  ab: {between: [a, b], carrier: x}
  ac: {between: [a, c], carrier: y}
  bc: {between: [b, c], carrier: z}
  wa: {to: a, carrier: x}
  wb: {to: b, carrier: y}
"""


def declared(text: str, folder: Path) -> Estate:
    file = folder / "resilience.yaml"
    file.write_text(SITES + text, encoding="utf-8")
    return build([Program().graph()], load(file, folder), CATALOGUE)


@given(
    st.lists(st.tuples(st.lists(st.sampled_from("abc"), min_size=1, max_size=3), AMOUNTS), min_size=2, max_size=3),
    st.integers(1, 15),
    st.data(),
)
def test_a_stage_that_is_reached_from_several_sites_is_one_stage(
    tmp_path_factory: pytest.TempPathFactory, layers: list[tuple[list[str], float]], peak: int, data: st.DataObject
) -> None:
    lines = ["components:"]
    for number, (sites, amount) in enumerate(layers):
        needs = f"requires: [{{component: s{number + 1}, nature: path}}], " if number + 1 < len(layers) else ""
        units = ", ".join(f"{{site: {site}}}" for site in sites)
        lines.append(f"  s{number}: {{role: application, units: [{units}], {needs}capacity: {{rps: {amount}}}}}")
    lines.append(f"services: {{t: {{entry: s0, scope: regional, tier: 1, rto: 1h, rpo: 1h, peak: {{rps: {peak}}}}}}}")
    estate = declared("\n".join(lines), tmp_path_factory.mktemp("layers"))
    lost = data.draw(st.sampled_from(["", *"abc"]))
    [found] = headrooms(estate, [(f"site:{lost}/outage",) if f"site:{lost}" in estate.domains else ()])
    carried = [sum(amount for site in sites if site != lost) for sites, amount in layers]
    if not all(set(sites) - {lost} for sites, _ in layers):
        assert found.enough is Enough.LOST
        return
    assert found.enough is (Enough.SHORT if min(carried) < peak else Enough.ENOUGH)
    assert found.weakest is not None
    assert (found.weakest.carries, found.weakest.total) == (min(carried), peak)


PAIRS = """
components:
  web: {role: application, units: [{site: a}, {site: b}], capacity: {rps: 70}}
  lb:
    {role: load-balancer, units: [{site: a}, {site: b}], requires: [{component: web, nature: path}], capacity: {rps: 500}}
services:
"""
BALANCED = "  t: {{entry: lb, scope: regional, tier: 1, rto: 1h, rpo: 1h, peak: {{rps: {peak}}}}}\n"
DIRECT = "  s: {entry: web, scope: regional, tier: 1, rto: 1h, rpo: 1h, peak: {rps: 100}}\n"


def stages(found: Iterable[Headroom]) -> set[tuple[str, float, float]]:
    return {(one.weakest.name, one.weakest.carries, one.weakest.total) for one in found if one.weakest}


@pytest.mark.parametrize(
    ("services", "untouched", "short"),
    [
        (BALANCED.format(peak=100), ("web", 140.0, 100.0), {("web", 70.0, 100.0)}),
        (BALANCED.format(peak=200), ("web", 140.0, 200.0), {("web", 140.0, 200.0), ("web", 70.0, 200.0)}),
        (DIRECT + BALANCED.format(peak=60), ("web", 140.0, 160.0), {("web", 140.0, 160.0), ("web", 70.0, 160.0)}),
    ],
)
def test_a_member_that_several_units_above_share_counts_once_and_its_own_stage_is_told(
    services: str, untouched: tuple[str, float, float], short: set[tuple[str, float, float]], tmp_path: Path
) -> None:
    estate = declared(PAIRS + services, tmp_path)

    assert stages(headrooms(estate, [()])) == {untouched}
    assert stages(shortfalls(estate).found) == short
