"""What the questions about faults answer on a small estate, as their user reads it, and what they refuse."""

from __future__ import annotations

import csv
import json
import os
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from resilience_checks import report

if TYPE_CHECKING:
    from tests.cli.conftest import Project

SNAPSHOTS = Path(__file__).parent / "snapshots"
SCHEMAS = Path(report.__file__).parent
ESTATE = """\
version: 1
sites:
  north: {region: hills, perimeter: none}
  south: {region: coast, perimeter: none}
links:
  wan-north: {to: north}
  wan-south: {to: south, likelihood: rare}
  dci: {between: [north, south]}
components:
  app-north: {role: application, site: north}
  app-south: {role: application, site: south}
  shop-front:
    role: global-traffic
    any-of: [{component: app-north, nature: path}, {component: app-south, nature: path}]
  db-north: {role: database, site: north}
  db-south: {role: database, site: south}
  witness: {role: witness, site: south}
  db:
    role: database
    failover:
      primary: {component: db-north}
      standby: [{component: db-south}]
      mover: {needs: witness, mode: automatic, detect: 60s, promote: 120s}
domains:
  config: {kind: management-plane, faults: [outage, bad-change], members: [app-north, app-south]}
consumers:
  east: {kind: branch, access: wan-north}
  west: {kind: branch, access: wan-south}
services:
  shop: {entry: shop-front, rto: 1h, consumers: [east, west]}
  till: {entry: app-north, rto: 1h}
  ledger: {entry: db, rto: 1h}
  desk: {entry: {select: {name: front}}, rto: 1h}
"""
ASKED = {
    "what-if-site": ("what-if", "--fail", "site:north"),
    "what-if-many": ("what-if", "--fail", "device:*", "--horizon", "instant"),
    "what-if-change": ("what-if", "--fail", "management-plane:config/bad-change"),
    "blast-radius": ("blast-radius",),
    "blast-radius-links": ("blast-radius", "--kind", "link", "--all"),
    "diagnose": ("diagnose", "--down", "till", "--up", "shop"),
    "diagnose-degraded": ("diagnose", "--degraded", "shop", "--max-order", "1"),
    "diagnose-unknown": ("diagnose", "--down", "desk", "--up", "till,ledger"),
    "diagnose-none": ("diagnose", "--down", "ledger", "--up", "till", "--max-order", "1"),
}


@pytest.fixture
def estate(project: Project) -> Project:
    project.write("resilience.yaml", ESTATE)
    return project


def answered(estate: Project, *arguments: str) -> str:
    done = estate.run(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def data(estate: Project, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answered(estate, *arguments, "--format", "json"))
    return found


def held(document: dict[str, Any]) -> dict[str, Any]:
    """Hold a document against the schema that it names."""
    name = document["schema"].removeprefix("resilience-").removesuffix("/v1").replace("-", "_")
    files = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in SCHEMAS.glob("*.schema.json")}
    registry = Registry().with_resources((key, Resource.from_contents(value)) for key, value in files.items())
    schema = files[f"{name}.schema.json"]
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, registry=registry).validate(document)
    return document


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_reads_as_its_snapshot(name: str, estate: Project) -> None:
    """Set RENEW_SNAPSHOTS to write the files anew; the test fails then, so that nobody takes it for a pass."""
    text = answered(estate, *ASKED[name])
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("RENEW_SNAPSHOTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        pytest.fail("written anew: look at the difference, and run again without RENEW_SNAPSHOTS")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_as_json_is_held_by_its_schema(name: str, estate: Project) -> None:
    assert held(data(estate, *ASKED[name]))["estates"]


def test_what_if_says_of_each_service_what_becomes_of_it_at_both_horizons(estate: Project) -> None:
    [found] = data(estate, "what-if", "--fail", "site:north")["estates"]
    assert {item["service"]: item["fates"] for item in found["services"]} == {
        "shop": {"instant": "degraded", "rto": "degraded"},
        "till": {"instant": "lost", "rto": "lost"},
        "ledger": {"instant": "lost", "rto": "kept"},
        "desk": {"instant": "unknown", "rto": "unknown"},
    }
    by_name = {item["service"]: item for item in found["services"]}
    assert by_name["shop"]["losers"] == ["east"]
    assert by_name["ledger"]["failover"] == {"seconds": 180.0}
    assert by_name["desk"]["depends_on"][0]["remedy"].startswith("declare it under `sites` and `placement`")
    assert all(step["location"] for step in by_name["till"]["chain"])


def test_a_domain_without_a_fault_means_its_outage(estate: Project) -> None:
    [found] = data(estate, "what-if", "--fail", "management-plane:config", "--fail", "deployment:web/prod")["estates"]
    assert [fault["event"] for fault in found["faults"]] == [
        "management-plane:config/outage",
        "deployment:web/prod/bad-change",
    ]


def test_the_blast_radius_of_every_fault_is_what_if_it_happens(estate: Project) -> None:
    [table] = data(estate, "blast-radius")["estates"]
    assert len(table["faults"]) > 10
    for fault in table["faults"][:6]:
        [found] = data(estate, "what-if", "--fail", fault["event"])["estates"]
        fates = {item["service"]: item["fate"] for item in found["services"]}
        for fate in ("lost", "degraded", "unknown"):
            assert sorted(fault[fate]) == sorted(name for name, told in fates.items() if told == fate)


def test_the_blast_radius_as_csv_has_every_fault_and_as_markdown_those_that_do_something(estate: Project) -> None:
    [table] = data(estate, "blast-radius")["estates"]
    rows = list(csv.DictReader(StringIO(answered(estate, "blast-radius", "--format", "csv"))))
    assert [row["fault"] for row in rows] == [fault["event"] for fault in table["faults"]]
    assert rows[0]["lost"] == "shop; till"
    ways = ("lost", "degraded", "unknown", "failover")
    doing = [fault for fault in table["faults"] if any(fault[way] for way in ways)]
    assert len(answered(estate, "blast-radius", "--format", "markdown").splitlines()) == len(doing) + 2


def test_a_service_alone_may_be_asked_about(estate: Project) -> None:
    [table] = data(estate, "blast-radius", "--service", "til*")["estates"]
    assert table["services"] == ["till"]
    assert {name for fault in table["faults"] for name in fault["lost"]} == {"till"}


def test_what_is_declared_of_a_fault_changes_its_place_among_explanations(estate: Project) -> None:
    def places() -> list[tuple[int, list[str]]]:
        [found] = data(estate, "diagnose", "--down", "till", "--up", "shop")["estates"]
        return [(item["place"], [fault["event"] for fault in item["faults"]]) for item in found["explanations"]]

    device, site, region = "device:app-north/outage", "site:north/outage", "region:hills/outage"
    assert places() == [(1, [device]), (2, [site]), (3, [region])]
    estate.write("resilience.yaml", ESTATE + "likelihood: {device: rare}\n")
    assert places() == [(1, [device]), (1, [site]), (3, [region])]
    estate.write("resilience.yaml", ESTATE + "likelihood: {region: frequent, device: very-rare}\n")
    assert places() == [(1, [region]), (2, [site]), (3, [device])]


def test_one_look_tells_the_smallest_explanations_apart(estate: Project) -> None:
    [found] = data(estate, "diagnose", "--degraded", "shop", "--max-order", "1")["estates"]
    by_number = {item["number"]: item["faults"][0]["event"] for item in found["explanations"]}
    assert [by_number[number] for number in found["among"]] == [
        "link:wan-north/outage",
        "link:wan-south/outage",
        "site:north/outage",
        "site:south/outage",
    ]
    encloses = {by_number[item["number"]]: by_number.get(item["encloses"]) for item in found["explanations"]}
    assert encloses["region:hills/outage"] == "site:north/outage"
    assert [(look["subject"], look["is"]) for look in found["next"]] == [("till", "service")]


def test_no_explanation_is_an_answer(estate: Project) -> None:
    [found] = data(estate, "diagnose", "--down", "ledger", "--up", "till", "--max-order", "1")["estates"]
    assert (found["explanations"], found["complete"], found["finished"]) == ([], True, 1)


REFUSED = {
    "a domain that is not there": (
        ("what-if", "--fail", "site:nroth"),
        '--fail: no failure domain is called "site:nroth"',
        'did you mean "site:north"',
    ),
    "a name without its kind": (
        ("what-if", "--fail", "witness"),
        '--fail: no failure domain is called "witness"',
        'did you mean "device:witness"',
    ),
    "a fault that the domain cannot have": (
        ("what-if", "--fail", "site:north/bad-change"),
        '--fail: "site:north" cannot have the fault bad-change',
        "it can have site:north/outage",
    ),
    "nothing named": (("what-if",), "Missing option '--fail'", ""),
    "a service that is not there": (
        ("diagnose", "--down", "tilll"),
        '--down: no service is called "tilll"',
        'did you mean "till"',
    ),
    "a service in two ways": (
        ("diagnose", "--down", "till,shop", "--up", "sh*"),
        "shop cannot be seen in two ways at once",
        "name each service under one of",
    ),
    "nothing down": (("diagnose", "--up", "till"), "nothing is down", "--down email,intranet"),
    "a kind that is not there": (
        ("blast-radius", "--kind", "sites"),
        '--kind: no failure domain is of kind "sites"',
        "the kinds are",
    ),
    "a service of the table that is not there": (
        ("blast-radius", "--service", "mail"),
        '--service: no service is called "mail"',
        "the services are",
    ),
    "a fingerprint that nothing has": (
        ("explain", "zzzz"),
        "no result has a fingerprint that begins with 'zzzz'",
        "nothing was explained",
    ),
    "a report that is none": (
        ("explain", "00", "--report", "resilience.yaml"),
        "resilience.yaml is no report",
        "check --format json",
    ),
    "a report that is not there": (("explain", "00", "--report", "none.json"), "none.json cannot be read", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_question_that_cannot_be_asked_is_an_error_that_says_what_can(name: str, estate: Project) -> None:
    arguments, what, remedy = REFUSED[name]
    done = estate.run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert what in done.stderr
    assert remedy in done.stderr


def test_a_finding_is_explained_alike_from_a_run_and_from_a_report(estate: Project) -> None:
    estate.write("resilience.yaml", ESTATE.replace("rto: 1h}\n", "rto: 1h, scope: national, tier: 1}\n"))
    estate.run("check", "--format", "json", "--output", "report.json")
    results = json.loads((estate.directory / "report.json").read_text(encoding="utf-8"))["results"]
    told = next(item for item in results if item["outcome"] == "violation")
    prefix = told["fingerprint"][:8]
    from_run, from_report = (held(data(estate, "explain", prefix, *more)) for more in ((), ("--report", "report.json")))
    assert from_run == from_report
    [finding] = from_run["findings"]
    assert finding["result"] == told
    text = answered(estate, "explain", prefix)
    for word in (told["message"], told["policy"], told["remediation"], *told["cause"], *finding["controls"]):
        assert word in " ".join(text.split())


def test_an_answer_goes_to_a_file_where_one_is_named(estate: Project) -> None:
    assert answered(estate, "blast-radius", "--output", "table.txt") == ""
    assert (estate.directory / "table.txt").read_text(encoding="utf-8") == answered(estate, "blast-radius")
