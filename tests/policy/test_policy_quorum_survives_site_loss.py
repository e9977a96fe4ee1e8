"""quorum-survives-site-loss over declared estates, from resilience.yaml to results."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.quorums import quorums
from resilience_checks.model.question import Holds
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Fact
from resilience_checks.topology.gates import NEVER, Case
from tests.policy.declared_estates import estate, results, told

if TYPE_CHECKING:
    from pathlib import Path

POLICY = "quorum-survives-site-loss"
CLUSTER = """
version: 1
sites: {a: {region: r, perimeter: none}, b: {region: r, perimeter: none}, c: {region: q, perimeter: none}}
links: LINKS
components:
  app-a: {role: application, site: a}
  app-b: {role: application, site: b}
  app: {role: application, any-of: [app-a, app-b]}
  db: {role: database, quorum: {voters: VOTERS}}
services: {record: {entry: app, needs: [NEEDS], scope: regional, rto: 1h, rpo: 0s}}
"""
MESH = "{ab: {between: [a, b]}, bc: {between: [b, c]}, ac: {between: [a, c]}}"
HUB = "{ac: {between: [a, c]}, bc: {between: [b, c]}}"
TAKEN = "The loss of %s takes the quorum of db away, which needs 2: it loses record"


def cluster(voters: str, links: str = MESH, needs: str = "db") -> str:
    return CLUSTER.replace("VOTERS", voters).replace("LINKS", links).replace("NEEDS", needs)


@pytest.mark.parametrize(
    ("text", "outcome", "target", "message"),
    [
        (cluster("[{site: a}, {site: b}, {site: c}]"), "pass", "record", None),
        (
            cluster("[{site: a}, {site: b}]"),
            "violation",
            "component db",
            TAKEN % "site a (1 of 2 votes) or of site b (1 of 2 votes)",
        ),
        (
            cluster("[{site: a}, {site: a}, {site: b}]"),
            "violation",
            "component db",
            TAKEN % "site a (2 of 3 votes)",
        ),
        (
            cluster("[{site: a}, {site: b}, {site: b, votes: 1}]"),
            "violation",
            "component db",
            TAKEN % "site b (2 of 3 votes)",
        ),
        (
            cluster("[{site: a}, {site: b}, {site: c}]", HUB),
            "violation",
            "component db",
            TAKEN % "site c (1 of 3 votes)",
        ),
        (
            cluster("[{site: a}, {site: a}, {site: a}]"),
            "not_applicable",
            "record",
            "every quorum on which record hangs stands in one place",
        ),
        (cluster("[{site: a}, {site: b}]", needs=""), "not_applicable", "record", "record hangs on no quorum"),
        (
            cluster("[{site: a}, {site: b}]").replace("]}}\nservices", "], recounted: true}}\nservices"),
            "unknown",
            "record",
            "whether any one place takes the quorum of db away, on which record hangs, is not known",
        ),
    ],
)
def test_what_it_says_of_a_cluster(text: str, outcome: str, target: str, message: str | None, tmp_path: Path) -> None:
    passed = "every quorum on which record hangs survives the loss of any one place"
    assert told(results(POLICY, text, tmp_path)) == [(outcome, target, message or passed)]


def test_regions_count_for_national_services(tmp_path: Path) -> None:
    text = cluster("[{site: a}, {site: b}, {site: c}]").replace("scope: regional", "scope: national")
    assert told(results(POLICY, text, tmp_path)) == [("violation", "component db", TAKEN % "region r (2 of 3 votes)")]


def test_what_goes_on_without_the_quorum_passes(tmp_path: Path) -> None:
    text = cluster("[{site: a}, {site: b}]", needs="store").replace(
        "components:", "components:\n  copy: {role: database, site: c}\n  store: {role: database, any-of: [db, copy]}"
    )
    assert [outcome for outcome, _, _ in told(results(POLICY, text, tmp_path))] == ["pass"]


def test_a_violation_is_at_the_line_of_the_quorum(tmp_path: Path) -> None:
    [found] = results(POLICY, cluster("[{site: a}, {site: b}]"), tmp_path)
    assert found.location is not None
    assert found.location.line == 9
    assert found.evidence["votes_by_place"] == {"site:a": 1, "site:b": 1}
    assert found.cause == ("site:a/outage", "site:b/outage")


def test_an_estate_without_quorums_is_not_analysed_again(tmp_path: Path) -> None:
    text = cluster("[{site: a}, {site: b}]").replace("quorum: {voters: [{site: a}, {site: b}]}", "site: a")
    assert quorums(estate(text, tmp_path)) == ()


def test_a_quorum_of_which_it_is_not_known_whether_it_holds_at_rest(tmp_path: Path) -> None:
    known = estate(cluster("[{site: a}, {site: b}, {site: c}]").replace("b: {region: r", "b: {region: s"), tmp_path)
    gate = known.parts["component db"].gate
    why = Reason("nobody says whether the cluster was started", Basis.UNKNOWN)
    part = replace(known.parts["component db"], gate=Case("started", {"yes": gate, "no": NEVER}))
    facts = {**known.facts, "started": Fact("started", ("yes", "no"), why, "say so")}
    [found] = quorums(replace(known, parts={**known.parts, part.id: part}, facts=facts))
    assert (found.at_rest, found.taken, [doubt.remedy for doubt in found.doubts]) == (Holds.UNKNOWN, (), ["say so"])
