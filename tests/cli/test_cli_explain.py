"""`explain` by the same settings as the check: own policies and catalogue, waivers, and what stood before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.errors import UsageError
from resilience_checks.report.explanation import stories
from tests.cli.test_cli_questions import data, held
from tests.report.samples import GATED

if TYPE_CHECKING:
    from tests.cli.conftest import Project

TOKEN = "example:index/server:Server"
FILES = {
    "Pulumi.yaml": f"name: web\nruntime: yaml\nresources:\n  front: {{type: '{TOKEN}'}}\n",
    "kinds/example.yaml": "schema: resilience-catalogue/v1\npackage: example\nestate: on-premises\n"
    f"types:\n  {TOKEN}: {{role: compute}}\n",
    "resilience.yaml": "version: 1\ncatalogue: [kinds]\npolicy_packs: [ours]\n"
    "services: {shop: {scope: local, tier: 3, entry: {select: front}}}\n",
    "ours/controls.yaml": 'OUR-1: "Our standard, one"\n',
    "ours/own/own.rego": """\
# METADATA
# title: Own
# description: Ours alone.
# custom:
#   id: own-rule
#   severity: low
#   remediation: Change it.
#   controls: [OUR-1]
#   questions: {q: {faults: [outage]}}
package resilience.own.own_rule

import data.resilience.lib.result

report := {result.of_service("violation", service, "own-rule.q", "not ours") | some service, _ in input.services}
""",
}
WAIVERS = """\
version: 1
waivers:
  - {policy: own-rule, target: shop, reason: planned, owner: web team, approver: head, ticket: T-1, created: 2026-01-01,
     expires: 2026-03-31}
"""
HOLDS = "waived until 2026-03-31 by head for web team (T-1, {}:3:5): planned"
LAPSED = "expired on 2026-03-31, 5 days ago; given by head for web team (T-1, {}:3:5): planned"


@pytest.fixture
def own(project: Project) -> Project:
    project.remove("__main__.py")
    for name, text in FILES.items():
        project.write(name, text)
    return project


def told(text: str) -> str:
    return " ".join(text.split())


def reported(own: Project, *options: str) -> tuple[str, dict[str, object]]:
    """Return the fingerprint of the own policy's finding, and the report of a check."""
    report = json.loads(own.run("check", "--format", "json", *options).stdout)
    [finding] = [one for one in report["results"] if one["policy"] == "own-rule"]
    return finding["fingerprint"], report


def test_own_policies_own_catalogue_and_waivers_are_known_as_the_check_knows_them(own: Project) -> None:
    own.write("resilience-waivers.yaml", WAIVERS)
    fingerprint, report = reported(own, "--today", "2026-03-20")
    own.write("report.json", json.dumps(report))
    asked = held(data(own, "explain", fingerprint, "--today", "2026-03-20"))
    assert held(data(own, "explain", fingerprint, "--report", "report.json")) == asked
    [story] = asked["findings"]
    assert story["policy"] == {"description": "Ours alone.", "page": ""}
    assert story["controls"] == {"OUR-1": "Our standard, one"}
    assert story["gate"] == f"does not block: {HOLDS.format('resilience-waivers.yaml')}"
    [use] = story["waivers"]
    assert (use["state"], use["why"], use["fingerprints"]) == ("applied", "expires in 11 days", [fingerprint])
    assert story["result"]["waiver"] == use["waiver"]


def test_a_waiver_of_another_file_that_has_expired_is_told_with_who_gave_it(own: Project) -> None:
    own.write("other.yaml", WAIVERS)
    fingerprint, _ = reported(own)
    text = told(own.run("explain", fingerprint, "--waivers", "other.yaml", "--today", "2026-04-05").stdout)
    assert f"gate does not block: it is milder than medium waiver {LAPSED.format('other.yaml')}" in text


def test_a_finding_of_the_baseline_is_known(own: Project) -> None:
    assert own.run("baseline", "write", "--output", "old.json").returncode == 0
    fingerprint, _ = reported(own)
    text = told(own.run("explain", fingerprint, "--baseline", "old.json").stdout)
    assert "gate does not block: known already, in baseline old.json" in text


def test_a_finding_that_is_gone_is_said_to_be_fixed() -> None:
    what = "no result has a fingerprint that begins with '0011' any more: redundant-power at mail is fixed"
    with pytest.raises(UsageError, match=what):
        stories(GATED, "0011")


def test_a_report_that_is_read_takes_no_settings_of_a_check(own: Project) -> None:
    own.write("other.yaml", WAIVERS)
    done = own.run("explain", "00", "--report", "report.json", "--waivers", "other.yaml")
    assert done.returncode == 2
    assert "--report and --waivers exclude each other" in done.stderr
