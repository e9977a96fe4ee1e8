"""Copies, communications, tools and tests of failovers: what the policies say of small declared estates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.policy.declared_estates import results, told

if TYPE_CHECKING:
    from pathlib import Path

BASE = """version: 1
sites: {north: {region: a, perimeter: fw}, ward: {region: b, perimeter: none}, third: {region: c, perimeter: none}}
links: {wan: {to: north, carrier: one}, wan-3: {to: third, carrier: two}, dci: {between: [north, third], carrier: two}}
components:
  fw: {role: firewall, units: [{site: north, name: fw-1}]}
  app: {role: application, site: north}
  other: {role: application, site: north}
  pcs: {role: application, site: ward}
  away: {role: application, site: third}
  directory: {role: identity, site: north}
  hung: {role: application, site: third, requires: [directory]}
consumers: {wards: {kind: hospital, access: {any-of: [wan, wan-3]}}}
service_defaults: {scope: local, tier: 1, rto: 1h, consumers: [wards]}
services:
  record: {entry: app, purpose: clinical}
"""


def lost(policy: str, text: str, directory: Path) -> list[str]:
    """Return the targets of the violations."""
    return sorted(one.target for one in results(policy, text, directory) if str(one.outcome) == "violation")


def outcomes(policy: str, text: str, directory: Path) -> list[tuple[str, str]]:
    return [(outcome, target) for outcome, target, _ in told(results(policy, text, directory))]


def copy(what: str) -> str:
    return f"{BASE}copies: {{viewer: {{of: record, refreshed: 15m, {what}}}}}\n"


def tools(what: str) -> str:
    """Return an estate of which only tools for deployment must be there."""
    only = "policies: {independent-recovery-tooling: {parameters: {kinds: [deployment]}}}\n"
    return f"{BASE}tools: {{pipeline: {{kind: deployment, {what}}}}}\n{only}"


@pytest.mark.parametrize("what", ["kind: paper", "kind: viewer, entry: pcs", "kind: read-only, entry: away"])
def test_a_copy_that_shares_nothing_with_the_service_passes(what: str, tmp_path: Path) -> None:
    assert outcomes("offline-clinical-copy", copy(what), tmp_path) == [("pass", "record")]


def test_each_fault_that_takes_service_and_copy_is_a_violation(tmp_path: Path) -> None:
    found = lost("offline-clinical-copy", copy("kind: read-only, entry: other"), tmp_path)

    assert found == ["device:fw#fw-1"]  # the site is lost with its border; another way there is wan-3 and dci


def test_a_viewer_that_stands_with_staff_needs_no_border(tmp_path: Path) -> None:
    assert lost("offline-clinical-copy", copy("kind: viewer, entry: other"), tmp_path) == ["site:north"]


def test_what_a_copy_needs_may_be_lost_with_the_service(tmp_path: Path) -> None:
    assert lost("offline-clinical-copy", copy("kind: viewer, entry: pcs, needs: directory"), tmp_path) == ["site:north"]


def test_what_the_entry_of_a_copy_requires_counts(tmp_path: Path) -> None:
    assert lost("offline-clinical-copy", copy("kind: viewer, entry: hung"), tmp_path) == ["device:fw#fw-1"]


def test_any_one_copy_that_outlives_the_service_is_enough(tmp_path: Path) -> None:
    text = copy("kind: viewer, entry: other").rstrip("}\n") + "}, binder: {of: record, kind: paper, refreshed: 1d}}\n"

    assert outcomes("offline-clinical-copy", text, tmp_path) == [("pass", "record")]


def test_a_copy_whose_entry_is_not_declared_is_unknown_with_the_remedy(tmp_path: Path) -> None:
    (found,) = results("offline-clinical-copy", copy("kind: viewer"), tmp_path)

    assert (str(found.outcome), found.target) == ("unknown", "record")
    assert any("declare `entry` of viewer" in text for text in found.depends_on)


def test_an_old_copy_is_a_violation_at_the_line_of_its_age(tmp_path: Path) -> None:
    text = BASE + "copies:\n  binder:\n    of: record\n    kind: paper\n    refreshed: 2d\n"
    (found,) = results("offline-clinical-copy", text, tmp_path)

    assert found.message == "binder is up to 2880 min old when it is needed, and may be 1440 min"
    assert found.location is not None
    assert text.splitlines()[found.location.line - 1] == "    refreshed: 2d"


def test_no_copy_is_unknown_unless_it_is_declared_that_there_is_none(tmp_path: Path) -> None:
    none = BASE.replace("purpose: clinical", "purpose: clinical, copy: none")

    assert outcomes("offline-clinical-copy", BASE, tmp_path) == [("unknown", "copies")]
    assert outcomes("offline-clinical-copy", none, tmp_path) == [("violation", "record")]


def test_communications_behind_the_same_border_are_lost_with_the_service(tmp_path: Path) -> None:
    text = BASE + "  email: {entry: other, purpose: communications}\n"
    found = {one.target: one for one in results("independent-communications", text, tmp_path)}

    assert found["device:fw#fw-1"].message.endswith("loses record, together with communications: email")
    assert found["device:fw#fw-1"].services == ("record",)


def test_communications_elsewhere_pass(tmp_path: Path) -> None:
    text = BASE + "  email: {entry: away, purpose: communications}\n"

    assert outcomes("independent-communications", text, tmp_path) == [("pass", "record"), ("not_applicable", "email")]


@pytest.mark.parametrize(("keep", "expected"), [("all", True), ("any", False)])
def test_one_or_all_communications_must_outlive_the_service(keep: str, expected: bool, tmp_path: Path) -> None:
    text = (
        BASE
        + "  email: {entry: other, purpose: communications}\n  phones: {entry: away, purpose: communications}\n"
        + f"policies: {{independent-communications: {{parameters: {{keep: {keep}}}}}}}\n"
    )
    found = [one for one in results("independent-communications", text, tmp_path) if str(one.outcome) == "violation"]

    assert bool(found) is expected
    assert all(one.evidence["beside"] == ["email"] for one in found)


def test_communications_that_restore_something_else_do_not_count(tmp_path: Path) -> None:
    text = BASE + "  email: {entry: other, purpose: communications, restores: [email]}\n"

    assert ("unknown", "communications") in outcomes("independent-communications", text, tmp_path)


def test_a_tool_elsewhere_passes_and_one_at_the_same_site_is_lost_with_the_service(tmp_path: Path) -> None:
    assert outcomes("independent-recovery-tooling", tools("entry: away"), tmp_path) == [("pass", "record")]
    assert lost("independent-recovery-tooling", tools("entry: other"), tmp_path) == ["site:north"]


def test_a_tool_that_needs_what_it_repairs_is_a_violation(tmp_path: Path) -> None:
    found = lost("independent-recovery-tooling", tools("entry: away, needs: record"), tmp_path)

    assert "deployment pipeline" in found


def test_a_service_is_not_its_own_tool_unless_that_is_declared(tmp_path: Path) -> None:
    own = "entry: {service: record}"

    assert outcomes("independent-recovery-tooling", tools(own), tmp_path) == [("unknown", "tools for deployment")]
    assert "deployment pipeline" in lost("independent-recovery-tooling", tools(own + ", repairs: record"), tmp_path)


FAILOVER = """version: 1
sites: {north: {perimeter: none}, south: {perimeter: none}}
components:
  a: {role: database, site: north}
  b: {role: database, site: south}
  db:
    role: database
    failover: {primary: a, standby: [b], mover: {mode: manual, detect: 1m, promote: 1m%s}}
  unused: {role: database, failover: {primary: a, standby: [b], mover: {mode: manual, detect: 1m, promote: 1m}}}
services: {record: {entry: db, tier: 1}, wards: {entry: b, tier: 2}}
"""


@pytest.mark.parametrize(
    ("tested", "outcome"),
    [("", "unknown"), (", tested: never", "violation"), (180, "pass"), (181, "violation"), (-2, "violation")],
)
def test_a_failover_is_tried_as_often_as_the_tier_of_what_relies_on_it_asks(
    tested: str | int, outcome: str, tmp_path: Path
) -> None:
    today = datetime.now(UTC).date()
    said = f", tested: {today - timedelta(days=tested)}" if isinstance(tested, int) else tested

    assert outcomes("failover-tested", FAILOVER % said, tmp_path) == [
        (outcome, "failover db"),
        ("not_applicable", "wards"),
    ]


@pytest.mark.parametrize(("tested", "outcome"), [("", "unknown"), (", tested: never", "violation")])
def test_a_manual_failover_without_times_is_tried_as_well(tested: str, outcome: str, tmp_path: Path) -> None:
    text = (FAILOVER % tested).replace(f"manual, detect: 1m, promote: 1m{tested}", f"manual{tested}", 1)

    assert outcomes("failover-tested", text, tmp_path)[0] == (outcome, "failover db")


def test_a_restore_is_tried_too(tmp_path: Path) -> None:
    text = FAILOVER % ", tested: never" + "backups: {nightly: {of: [a, b], tested: never}}\n"

    assert sorted(lost("failover-tested", text, tmp_path)) == ["failover db", "restore nightly"]
