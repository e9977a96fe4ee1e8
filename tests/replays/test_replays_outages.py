"""Other outages that repeat the pattern, as small programs: what each loses, and that a sound variant does not.

The programs are made up. Each has the pattern of a kind of outage that has happened in public, and no more of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.recovery import Objective, recoveries
from resilience_checks.model.question import Horizon
from tests.end_to_end.editing import Edit, copy
from tests.replays.estates import ROOT, Outcome, estate, outcome

if TYPE_CHECKING:
    from pathlib import Path

OUTAGES = ROOT / "tests" / "replays" / "outages"


@dataclass(frozen=True)
class Outage:
    """A fault of one of the programs, what it loses and keeps, and edits after which it loses only `still`."""

    stack: str
    fault: str
    lost: tuple[str, ...]
    kept: tuple[str, ...]
    sound: tuple[Edit, ...]
    still: tuple[str, ...] = ()


def declare(old: str, new: str) -> Edit:
    return Edit("resilience.yaml", old, new)


CASES = {
    "backups on the campus that burnt": Outage(
        "burnt-campus",
        "campus:riverside/outage",
        lost=("webshop",),
        kept=(),
        sound=(
            declare(
                "components:",
                "components:\n  twin: {role: compute, site: inland}\n  shop: {any-of: [{select: {name: shop}}, twin]}",
            ),
            declare("entry: {select: {name: shop}}", "entry: shop"),
        ),
    ),
    "a highly available service that leaned on a control plane in one building": Outage(
        "leaning-on-one-building",
        "building:north/outage",
        lost=("orders",),
        kept=("status-page",),
        sound=(
            Edit("Pulumi.yaml", 'name: api-2, resourcePoolId: "${nodes-a', 'name: api-2, resourcePoolId: "${nodes-b'),
            Edit("Pulumi.yaml", 'name: api-3, resourcePoolId: "${nodes-a', 'name: api-3, resourcePoolId: "${nodes-c'),
        ),
    ),
    "two data centres that back each other up and share one heatwave": Outage(
        "one-heatwave",
        "hazard:heat/outage",
        lost=("clinical-notes", "rota"),
        kept=("read-only-copy",),
        sound=(declare("dc-2: {region: city, hazards: [heat]", "dc-2: {region: coast, hazards: [flood]"),),
        still=("rota",),
    ),
    "a standby whose mover stands where the primary stands": Outage(
        "standby-out-of-reach",
        "site:dc-1/outage",
        lost=("payments",),
        kept=("website",),
        sound=(declare("any-of: [{select: sign-in-1}]", "any-of: [{select: sign-in-1}, {select: sign-in-2}]"),),
    ),
    "a standby that takes longer to move to than the service may be away": Outage(
        "standby-out-of-reach",
        "device:ledger-1/outage",
        lost=(),
        kept=("payments", "website"),
        sound=(declare("decide: 15m", "decide: 3h"),),
        still=("payments",),
    ),
    "a standby to which nobody says how to move": Outage(
        "standby-out-of-reach",
        "device:ledger-1/outage",
        lost=(),
        kept=("payments", "website"),
        sound=(declare("mode: manual, detect: 5m, decide: 15m, promote: 10m", "mode: manual"),),
        still=("payments",),
    ),
    "repair tools that are reached over what they repair": Outage(
        "repair-tools-gone",
        "management-plane:api.example/backbone/bad-change",
        lost=("platform", "sign-in", "monitoring", "deployment", "out-of-band"),
        kept=(),
        sound=(
            declare("console: {role: management, units: [{site: east}]}", "console: {role: management, site: outside}"),
            declare(
                "out-of-band: {entry: console, needs: [sign-in]}",
                "out-of-band: {entry: console, consumers: [called-out]}",
            ),
            declare("service_defaults:", "  called-out: {kind: staff, access: mobile}\nservice_defaults:"),
        ),
        still=("platform", "sign-in", "monitoring", "deployment"),
    ),
    "a cloud service in two regions that leaned on a database in one": Outage(
        "one-region-below-two",
        "region:uksouth/outage",
        lost=("booking",),
        kept=("opening-hours",),
        sound=(
            Edit(
                "Pulumi.yaml",
                '${plan-west.id}\n      siteConfig: {connectionStrings: [{name: db, connectionString: "${db.id}"',
                '${plan-west.id}\n      siteConfig: {connectionStrings: [{name: db, connectionString: "${db-west.id}"',
            ),
        ),
    ),
    "a primary and a standby that run the same version, which the same input stops": Outage(
        "same-version",
        "firmware:planner-7/bad-change",
        lost=("flight-plans",),
        kept=("radar-picture",),
        sound=(declare('members: [{select: {name: "planner-*"}}]', "members: [{select: {name: planner-1}}]"),),
    ),
    "chillers that cool the halls of both sites": Outage(
        "same-version",
        "cooling:chillers/outage",
        lost=("flight-plans", "radar-picture"),
        kept=(),
        sound=(declare("members: [hall-1, hall-2]", "members: [hall-1]"),),
    ),
    "a national service with no second place": Outage(
        "no-second-place",
        "room:capital/five/outage",
        lost=("post-office", "documents"),
        kept=("notices",),
        sound=(
            declare("any-of: [{select: post-1}, {select: post-2}]", "any-of: [{select: post-1}, post-province]"),
            declare("services:", "  post-province: {role: application, site: province, units: 2}\nservices:"),
        ),
        still=("documents",),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_fault_loses_exactly_what_the_pattern_says(name: str) -> None:
    case = CASES[name]
    found = outcome(estate(OUTAGES / case.stack), [case.fault])
    assert found == Outcome(frozenset(case.lost), frozenset(case.kept))


@pytest.mark.parametrize("name", CASES)
def test_the_edited_variant_loses_only_what_still_hangs_on_it(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    found = outcome(estate(copy(case.stack, tmp_path, *case.sound, among=OUTAGES), tmp_path), [case.fault])
    assert found == Outcome(frozenset(case.still), frozenset({*case.lost, *case.kept} - {*case.still}))


@pytest.mark.parametrize(
    ("edits", "objective"),
    [((), "beyond"), ((Edit("Pulumi.yaml", "arguments: {name: hall-2}", "arguments: {name: inland}"),), "within")],
    ids=["beside what they protect", "elsewhere"],
)
def test_backups_count_where_they_outlive_what_they_protect(
    edits: tuple[Edit, ...], objective: str, tmp_path: Path
) -> None:
    found = estate(copy("burnt-campus", tmp_path, *edits, among=OUTAGES), tmp_path)
    [recovery] = recoveries(found, [("campus:riverside/outage",)], ["webshop"])
    assert recovery.rto is Objective(objective)


def test_who_repairs_and_what_is_repaired_are_lost_together_at_once() -> None:
    found = outcome(
        estate(OUTAGES / "repair-tools-gone"), ["management-plane:api.example/backbone/bad-change"], Horizon.INSTANT
    )
    assert found.kept == frozenset()
