"""Capacity of declared estates: which stage decides, what services share, and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.capacity import Enough, Headroom, headrooms, losses, not_asked
from resilience_checks.analysis.shortfalls import shortfalls
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.errors import UsageError
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.topology.estate import Estate

TEXT = """
version: 1
sites: {n: {region: east, perimeter: fw-n}, s: {region: west, perimeter: fw-s}}
links: {wan-n: {to: n}, wan-s: {to: s}, ns: {between: [n, s]}}
consumers: {powys: {kind: board, access: [wan-n, wan-s]}, gwent: {kind: board, access: [wan-n, wan-s]}}
components:
  fw-n: {role: firewall, units: [{site: n}, {site: n}], capacity: {rps: 300}}
  fw-s: {role: firewall, units: [{site: s}, {site: s}], capacity: {rps: 300}}
  web-n: {role: application, units: [{site: n}, {site: n}], capacity: {rps: 250}}
  web-s: {role: application, units: [{site: s}, {site: s}], capacity: {rps: 250}}
  front:
    role: global-traffic
    any-of: [{component: web-n, nature: path}, {component: web-s, nature: path}]
services:
  record: {entry: front, rto: 1h, peak: {rps: 300, winter: 1.2}, consumers: [powys, gwent]}
"""


def estate(text: str, tmp_path: Path) -> Estate:
    file = tmp_path / "resilience.yaml"
    file.write_text(text, encoding="utf-8")
    return build([Program().graph()], load(file, tmp_path), load_catalogue())


def after(text: str, tmp_path: Path, *events: str) -> list[Headroom]:
    return list(headrooms(estate(text, tmp_path), [events]))


def told(found: list[Headroom]) -> list[tuple[str, str, str, float, float]]:
    """Return service, verdict, weakest stage, what that carries and what is asked of it."""
    return [
        (item.service, str(item.enough), item.weakest.name, item.weakest.carries, round(item.weakest.total, 6))
        for item in found
        if item.weakest is not None
    ]


def test_the_peak_is_the_demand_times_all_factors(tmp_path: Path) -> None:
    [demand] = estate(TEXT, tmp_path).services["record"].peak

    assert (demand.dimension, demand.amount, demand.words) == ("rps", 360.0, "300 x 1.2 (winter)")


def test_members_add_up_and_the_weakest_stage_decides(tmp_path: Path) -> None:
    assert told(after(TEXT, tmp_path)) == [("record", "enough", "front", 1000.0, 360.0)]
    assert told(after(TEXT, tmp_path, "site:n/outage")) == [("record", "enough", "web-s", 500.0, 360.0)]


def test_what_remains_of_a_pair_may_be_too_little(tmp_path: Path) -> None:
    [found] = after(TEXT, tmp_path, "site:n/outage", "device:fw-s#1/outage")

    assert told([found]) == [("record", "short", "fw-s", 300.0, 360.0)]
    assert found.weakest is not None
    assert found.weakest.members == ("fw-s unit 2",)
    assert [why.text for why in found.weakest.why] == ["fw-s is declared to carry 300 rps by each unit"]


def test_what_is_lost_carries_nothing(tmp_path: Path) -> None:
    assert [item.enough for item in after(TEXT, tmp_path, "site:n/outage", "site:s/outage")] == [Enough.LOST]


def test_a_shared_stage_carries_the_sum_of_the_peaks(tmp_path: Path) -> None:
    text = TEXT + "  mail: {entry: front, peak: {rps: 200}, consumers: [powys]}\n"

    assert told(after(text, tmp_path, "site:n/outage")) == [
        ("record", "short", "web-s", 500.0, 560.0),
        ("mail", "short", "web-s", 500.0, 560.0),
    ]


def test_a_stage_of_unknown_capacity_is_unknown_with_its_remedy(tmp_path: Path) -> None:
    [found] = after(TEXT.replace(", capacity: {rps: 250}}\n  front", "}\n  front"), tmp_path, "site:n/outage")

    assert found.enough is Enough.UNKNOWN
    assert [(doubt.reason.text, doubt.remedy) for doubt in found.doubts] == [
        (
            f"how much web-s unit {unit} carries is not declared",
            "declare `capacity: {rps: ...}` of a component that selects it",
        )
        for unit in (1, 2)
    ]


def test_what_is_unknown_of_a_service_that_shares_is_why_the_other_is_unknown(tmp_path: Path) -> None:
    mixed = "any-of: [{component: web-s, nature: path}, {component: old, nature: path}]"
    text = TEXT.replace(
        "services:",
        f"  old: {{role: application, site: s}}\n  mixed: {{role: global-traffic, {mixed}}}\nservices:",
    )
    found = after(text + "  mail: {entry: mixed, peak: {rps: 200}, consumers: [powys]}\n", tmp_path, "site:n/outage")

    why = ("capacity of component old", "how much old carries is not declared")
    assert [
        (item.service, item.enough, [(doubt.id, doubt.reason.text) for doubt in item.doubts]) for item in found
    ] == [
        ("record", Enough.UNKNOWN, [why]),
        ("mail", Enough.UNKNOWN, [why]),
    ]


def test_an_unknown_stage_excuses_no_other_that_is_short(tmp_path: Path) -> None:
    text = TEXT.replace(", capacity: {rps: 250}}", "}").replace("rps: 300}}", "rps: 100}}")

    assert told(after(text, tmp_path, "site:n/outage")) == [("record", "short", "fw-s", 200.0, 360.0)]


def test_a_capacity_for_all_is_divided_among_the_units(tmp_path: Path) -> None:
    text = TEXT.replace("{rps: 250}}\n  front", "{rps: 400, per: all}}\n  front")
    assert told(after(text, tmp_path, "site:n/outage")) == [("record", "enough", "web-s", 400.0, 360.0)]
    events = ("site:n/outage", "device:web-s#1/outage")
    assert told(after(text, tmp_path, *events)) == [("record", "short", "web-s", 200.0, 360.0)]


def test_a_standby_carries_only_what_has_moved_to_it(tmp_path: Path) -> None:
    text = """
version: 1
sites: {n: {region: east, perimeter: none}, s: {region: west, perimeter: none}}
links: {ns: {between: [n, s]}}
components:
  db-n: {role: database, site: n, capacity: {tps: 100}}
  db-s: {role: database, site: s, capacity: {tps: 60}}
  db:
    role: database
    failover: {primary: db-n, standby: [db-s], replication: {mode: sync}, mover: {mode: manual, decide: 30m}}
services:
  record: {entry: db, rto: 1h, rpo: 0s, peak: {tps: 80}}
"""
    assert told(after(text, tmp_path)) == [("record", "enough", "db-n", 100.0, 80.0)]
    assert told(after(text, tmp_path, "site:n/outage")) == [("record", "short", "db-s", 60.0, 80.0)]
    assert [item.enough for item in after(text.replace("rto: 1h", "rto: 10m"), tmp_path, "site:n/outage")] == ["lost"]


def test_each_member_of_a_quorum_carries_everything(tmp_path: Path) -> None:
    text = """
version: 1
sites: {n: {region: east, perimeter: none}}
components:
  a: {role: database, site: n, capacity: {tps: 100}}
  b: {role: database, site: n, capacity: {tps: 90}}
  c: {role: database, site: n, capacity: {tps: 80}}
  db: {role: database, quorum: {voters: [{component: a}, {component: b}, {component: c}]}}
services:
  record: {entry: db, peak: {tps: 85}}
"""
    assert told(after(text, tmp_path)) == [("record", "short", "c", 80.0, 85.0)]
    assert told(after(text, tmp_path, "device:c/outage")) == [("record", "enough", "b", 90.0, 85.0)]


def test_what_is_asked_once_carries_no_requests(tmp_path: Path) -> None:
    text = TEXT.replace("consumers: [powys, gwent]}", "consumers: [powys], needs: [gslb]}").replace(
        "  front:", "  gslb: {role: global-traffic, units: [{site: n}, {site: s}]}\n  front:"
    )
    assert told(after(text, tmp_path)) == [("record", "enough", "front", 1000.0, 360.0)]


def test_the_losses_asked_about_are_all_outages_of_known_extent(tmp_path: Path) -> None:
    found = estate(TEXT, tmp_path)
    asked = losses(found)

    assert asked[0] == ()
    assert {"site:n/outage", "device:fw-n#1/outage", "link:ns/outage", "region:east/outage"} <= {
        events[0] for events in asked[1:]
    }
    assert {event.rpartition("/")[0] for events in asked[1:] for event in events}.isdisjoint(not_asked(found))


@pytest.mark.parametrize("figure", ["30000", "0", "11"])
def test_a_factor_that_can_be_none_is_an_error_at_its_line(figure: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        estate(TEXT.replace("winter: 1.2", f"winter: {figure}"), tmp_path)

    assert raised.value.what == f"peak.winter of record: found {figure}, expected a factor above 0 and up to 10"
    assert raised.value.location is not None
    assert raised.value.location.line == 15


def test_a_figure_in_which_some_capacity_is_declared_is_a_demand(tmp_path: Path) -> None:
    text = TEXT.replace("rps", "prescriptions").replace("300, winter", "30000, winter")
    [demand] = estate(text, tmp_path).services["record"].peak

    assert (demand.dimension, demand.amount) == ("prescriptions", 36000.0)


def test_what_is_left_of_a_pool_stands_for_its_last_member(tmp_path: Path) -> None:
    text = """\
version: 1
sites: {north: {region: a, perimeter: none}}
components:
  web-1: {role: compute, site: north, capacity: {rps: 100}}
  web-2: {role: compute, site: north, capacity: {rps: 100}}
  web: {role: application, any-of: [web-1, web-2]}
services: {shop: {entry: web, tier: 2, scope: national, rto: 1h, rpo: 0s, peak: {rps: 150}}}
"""
    found = [
        (one.weakest.name, one.weakest.members, one.weakest.remaining, one.weakest.site)
        for one in shortfalls(estate(text, tmp_path)).found
        if one.weakest is not None
    ]
    assert found == [("web", ("web-2",), (1, 2), "north"), ("web", ("web-1",), (1, 2), "north")]


def test_a_member_whose_place_is_not_known_has_no_site_that_is_told(tmp_path: Path) -> None:
    text = """\
version: 1
sites: {north: {region: a, perimeter: none}, south: {region: b, perimeter: none}}
placement: [{match: app, site: north}, {match: {type: "vsphere:*"}, site: south}]
components: {web: {role: application, requires: [{select: app}]}, app: {select: app, capacity: {rps: 100}}}
services: {shop: {entry: web, tier: 2, scope: national, rto: 1h, rpo: 0s, peak: {rps: 150}}}
"""
    program = Program()
    program.add("vsphere:index/virtualMachine:VirtualMachine", "app", {"name": "app"})
    (tmp_path / "resilience.yaml").write_text(text, encoding="utf-8")
    known = build([program.graph()], load(tmp_path / "resilience.yaml", tmp_path), load_catalogue())
    stages = [one.weakest for one in headrooms(known, [()]) if one.weakest is not None]
    assert [(stage.carries, stage.site) for stage in stages] == [(100.0, None)]
