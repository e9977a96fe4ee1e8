"""What a check collects for auditors: whole, on a small estate, as the report's schema and those of the answers hold it."""

from __future__ import annotations

import json
import subprocess
from importlib import resources as package
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from resilience_checks.audit import Audit, Authors
from resilience_checks.catalogue import loader
from resilience_checks.estates import Built
from resilience_checks.model import resource
from resilience_checks.model.graph import ResourceGraph
from resilience_checks.model.location import Location, Related
from resilience_checks.model.question import FaultKind, Question
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.report import estate_picture
from resilience_checks.report.json_reader import read
from resilience_checks.report.json_report import JsonReport
from resilience_checks.topology import declarations, estate_builder
from tests.report.samples import report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resilience_checks.evaluation import Group

FILE = "resilience.yaml"
ESTATE = """\
version: 1
sites:
  north: {region: hills, perimeter: fw}
  south: {region: coast, perimeter: none}
links:
  wan: {to: north}
  dci: {between: [north, south]}
components:
  fw: {role: firewall, site: north}
  app: {role: application, site: north, requires: [db]}
  db-north: {role: database, site: north}
  db-south: {role: database, site: south}
  db: {role: database, any-of: [db-north, db-south]}
domains:
  config: {kind: management-plane, faults: [bad-change], members: [db-north, db-south]}
consumers:
  ward: {kind: hospital, access: wan}
services:
  notes: {entry: app, rto: 1h, consumers: [ward]}
"""


CLOUD = """\
version: 1
services: {booking: {entry: {select: {name: plan-a}}}}
"""
PLAN = "azure-native:web:AppServicePlan"


def plan(name: str, line: int, **inputs: Any) -> resource.Resource:
    return resource.Resource(
        f"urn:pulumi:prod::web::{PLAN}::{name}",
        PLAN,
        name,
        custom=True,
        inputs={"name": name, **inputs},
        location=Location("Pulumi.yaml", line),
    )


def built(folder: Path, text: str = ESTATE, *resources: resource.Resource) -> Built:
    (folder / FILE).write_text(text, encoding="utf-8")
    found = declarations.load(folder / FILE, folder)
    graph = ResourceGraph("web", "prod", Location("Pulumi.yaml", 1), "program", resources)
    return Built((graph.name,), (graph,), found, estate_builder.build([graph], found, loader.load()))


def group() -> Group:
    from resilience_checks.evaluation import Group
    from resilience_checks.topology.declared import Declarations

    return Group(Declarations.empty(), {FILE: "0" * 64}, (), frozenset())


def audited(
    folder: Path, *results: Result, text: str = ESTATE, resources: tuple[resource.Resource, ...] = ()
) -> dict[str, Any]:
    return Audit(built(folder, text, *resources), group(), results, Authors(folder)).data()


def git(folder: Path, *arguments: str, **environment: str) -> None:
    who = {"GIT_AUTHOR_NAME": "Dana", "GIT_AUTHOR_EMAIL": "d@example.org", "GIT_COMMITTER_NAME": "Dana"}
    subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", **who, "GIT_COMMITTER_EMAIL": "d@example.org", **environment},
    )


PASSED = Result("some-policy", Outcome.PASS, Severity.HIGH, "notes", "Some policy", "fine", services=("notes",))
LOST = Result(
    "some-policy",
    Outcome.VIOLATION,
    Severity.HIGH,
    "config",
    "Some policy",
    "lost",
    location=Location(FILE, 15),
    related=(Related("a machine", Location("__main__.py", 4)), Related("again", Location("__main__.py", 4, 9))),
    assumed=("the default of a provider",),
)


def test_the_picture_is_the_estate_as_people_draw_it(tmp_path: Path) -> None:
    found = audited(tmp_path)["picture"]
    at = {each["id"]: (each["tier"], each["site"]) for each in found["components"]}
    assert found["sites"] == [
        {"id": "north", "name": "north", "kind": "site", "region": "hills",
         "components": ["component fw", "component app", "component db-north"]},
        {"id": "south", "name": "south", "kind": "site", "region": "coast", "components": ["component db-south"]},
    ]  # fmt: skip
    assert at == {
        "component fw": ("perimeter", "north"),
        "component app": ("compute", "north"),
        "component db-north": ("data", "north"),
        "component db-south": ("data", "south"),
        "component db": ("data", None),
        "link wan": ("network", None),
        "link dci": ("network", None),
    }
    assert found["edges"] == [
        {"from": "component app", "to": "component db", "gate": "requires"},
        {"from": "component db", "to": "component db-north", "gate": "any-of"},
        {"from": "component db", "to": "component db-south", "gate": "any-of"},
    ]
    [shared] = [each for each in found["domains"] if each["kind"] == "management-plane"]
    assert shared == {
        "id": "management-plane:config",
        "kind": "management-plane",
        "name": "config",
        "faults": ["bad-change"],
        "components": ["component db-north", "component db-south"],
        "sites": ["north", "south"],
    }
    [service] = found["services"]
    below = ["component app", "component db", "component db-north", "component db-south", "component fw"]
    assert (service["id"], service["components"], service["consumers"]) == ("notes", below, ["ward"])
    assert len(service["weakest"]) == 1


def test_zones_and_regions_of_a_provider_play_the_part_of_sites(tmp_path: Path) -> None:
    plans = (plan("plan-a", 4, location="uksouth"), plan("plan-b", 5, location="ukwest"), plan("plan-c", 6))
    found = audited(tmp_path, text=CLOUD, resources=plans)["picture"]
    names = ["AppServicePlan plan-a", "AppServicePlan plan-b", "AppServicePlan plan-c"]
    assert {each["name"]: each["site"] for each in found["components"] if each["name"] in names} == dict(
        zip(names, ("region:uksouth", "region:ukwest", None), strict=True)
    )
    assert [(each["id"], each["name"], each["kind"], each["region"]) for each in found["sites"]] == [
        ("region:uksouth", "uksouth", "region", None),
        ("region:ukwest", "ukwest", "region", None),
    ]


def test_each_answer_is_that_of_its_command_and_held_by_its_schema(tmp_path: Path) -> None:
    found = audited(tmp_path)
    folder = package.files("resilience_checks.report")
    names = ("service_cut_sets", "recovery", "capacity", "blast_radius")
    files = {
        file.name: json.loads(file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".schema.json")
    }
    registry: Registry[Any] = Registry().with_resources(
        (key, Resource.from_contents(value)) for key, value in files.items()
    )
    answers = [found[name] for name in ("cut_sets", "recovery", "capacity", "blast_radius")]
    for name, answer in zip(names, answers, strict=True):
        Draft202012Validator(files[f"{name}.schema.json"], registry=registry).validate(answer)
        assert answer["schema"] == f"resilience-{name.replace('_', '-')}/v1"
        assert answer["estates"][0]["stacks"] == ["web/prod"]
    whole = report(audit=(found,))
    text = JsonReport().render(whole)
    Draft202012Validator(files["report.schema.json"]).validate(json.loads(text))
    assert read(text) == whole


def test_what_a_result_rests_on_is_counted_by_where_it_stands(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    found = audited(tmp_path, LOST, PASSED)["rests_on"]
    why = "git does not know the file: no such ref: HEAD"
    assert found[LOST.fingerprint] == {
        "code": 1,
        "declared": 1,
        "assumed": 1,
        "at_most": False,
        "declarations": [{"path": FILE, "line": 15, "author": "", "date": "", "why": why}],
    }
    assert lines_of(found) == ([3, 4, 6, 7, 9, 10, 11, 12, 13, 15, 17, 19], True)


def lines_of(found: Mapping[str, Any]) -> tuple[list[int], bool]:
    """Return the declared lines that the pass rests on, and whether on at most these."""
    told = found[PASSED.fingerprint]
    return [each["line"] for each in told["declarations"]], told["at_most"]


ASKED = {
    "a change of the databases": (Question("q", (FaultKind.BAD_CHANGE,)), [10, 11, 12, 13, 15, 17, 19], False),
    "an outage of links": (Question("q", (FaultKind.OUTAGE,), ("link",)), [6, 7, 10, 13, 17, 19], False),
    "an outage of firewalls": (
        Question("q", (FaultKind.OUTAGE,), ("device",), ("firewall",)),
        [3, 9, 10, 13, 17, 19],
        False,
    ),
    "a zone, of which there is none": (
        Question("q", (FaultKind.OUTAGE,), ("zone",)),
        [3, 4, 6, 7, 9, 10, 11, 12, 13, 15, 17, 19],
        True,
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_pass_rests_on_what_stands_between_the_service_and_the_faults_asked_about(name: str, tmp_path: Path) -> None:
    question, declared, at_most = ASKED[name]
    git(tmp_path, "init", "-q")
    audit = Audit(
        built(tmp_path), group(), (PASSED,), Authors(tmp_path), lambda *_: (question,), frozenset({PASSED.policy})
    )
    assert lines_of(audit.data()["rests_on"]) == (declared, at_most)


def test_a_declaration_is_told_with_who_changed_it_last_and_when(tmp_path: Path) -> None:
    changed = {15: "config: {kind", 3: "north: {region"}
    git(tmp_path, "init", "-q")
    built(tmp_path)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first", GIT_COMMITTER_DATE="2026-01-10T23:30:00+0000")
    text = ESTATE.replace(changed[15], "config:  {kind")
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    git(tmp_path, "commit", "-qam", "second", GIT_AUTHOR_NAME="Eve <x>", GIT_COMMITTER_DATE="2026-03-01T23:30:00-0500")
    (tmp_path / FILE).write_text(text.replace(changed[3], "north:  {region"), encoding="utf-8")
    authors = Authors(tmp_path)
    assert [authors.of((FILE, line)) for line in (3, 4, 15, 99)] == [
        ("", "", "not committed yet"),
        ("Dana", "2026-01-10", ""),
        ("Eve x", "2026-03-02", ""),
        ("", "", "git knows no such line"),
    ]


def test_a_shallow_clone_does_not_tell_who_changed_a_line(tmp_path: Path) -> None:
    whole, clone = tmp_path / "whole", tmp_path / "clone"
    whole.mkdir()
    git(whole, "init", "-q")
    for text in ("one\n", "two\n"):
        (whole / FILE).write_text(text, encoding="utf-8")
        git(whole, "add", ".")
        git(whole, "commit", "-qm", text)
    git(tmp_path, "clone", "-q", "--depth", "1", whole.as_uri(), str(clone))
    assert Authors(clone).of((FILE, 1)) == ("", "", "this clone is shallow: fetch the whole history to know")


def test_without_git_nobody_is_named(tmp_path: Path) -> None:
    why = "git is not there, or the file is in no repository of it that can be read"
    assert Authors(tmp_path).of((FILE, 1)) == ("", "", why)


def test_a_large_estate_is_drawn_as_groups_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estate_picture, "MAX_COMPONENTS", 4)
    found = audited(tmp_path)
    picture = found["picture"]
    inside: Mapping[str, str] = {each["id"]: each["name"] for each in picture["components"]}
    assert [limit["text"] for limit in found["limits"] if limit["section"] == "picture"][:2] == [
        "2 components that no service is known to hang on are not drawn",
        "5 components are drawn as 5 groups of the same role, place, stack and failure domains",
    ]
    assert {end for edge in picture["edges"] for end in (edge["from"], edge["to"])} <= inside.keys()
    assert {name for service in picture["services"] for name in service["components"]} <= inside.keys()
    assert {name for domain in picture["domains"] for name in domain["components"]} <= inside.keys()
