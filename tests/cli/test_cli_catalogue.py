"""The commands about the catalogue, on a small YAML program and on single types."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from resilience_checks.catalogue.coverage import Use, uses
from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.report.catalogue_coverage import CoveragePage
from resilience_checks.report.catalogue_entry import EntryPage
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from tests.cli.conftest import Project

SCHEMAS = Path(__file__).parents[2] / "resilience_checks" / "report"
SNAPSHOTS = Path(__file__).parent / "snapshots"
CATALOGUE = Catalogue()
SHOWN = ("aws:route53/record:Record", "aws:rds/instance:Instance", "aws:lb/targetGroup:TargetGroup", "awsx:ec2:Vpc")
YAML = {
    "Pulumi.yaml": (
        "name: web\nruntime: yaml\nresources:\n"
        "  front: {type: 'aws:lb/loadBalancer:LoadBalancer'}\n"
        "  odd: {type: 'acme:index/thing:Thing'}\n"
    ),
    "resilience.yaml": "version: 1\ncatalogue: [own.yaml]\n",
    "own.yaml": (
        "schema: resilience-catalogue/v1\npackage: acme\nestate: cloud\n"
        "types:\n  acme:index/thing:Thing: {role: queue, logical: true}\n"
    ),
}


def held(text: str, name: str) -> Any:
    """Return a document that its schema holds."""
    document = json.loads(text)
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    return document


def page(token: str) -> EntryPage:
    """Return the page of a type."""
    stated, package = CATALOGUE.stated(token), CATALOGUE.package(CATALOGUE.package_of(token))
    entry = CATALOGUE.entry(token) or CATALOGUE.lookup(token)
    assert stated is not None
    assert package is not None
    assert entry is not None
    return EntryPage(token, stated[0], entry, package, stated[1])


def is_snapshot(name: str, text: str) -> None:
    """Set RENEW_SNAPSHOTS to write the file anew; the test fails then, so that nobody takes it for a pass."""
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("RENEW_SNAPSHOTS"):
        file.write_text(text, encoding="utf-8")
        pytest.fail("written anew: look at the difference, and run again without RENEW_SNAPSHOTS")
    assert text == file.read_text(encoding="utf-8")


def test_what_types_mean_is_told_in_words() -> None:
    is_snapshot("catalogue-show", "\n".join(page(token).text(100) for token in SHOWN))


def test_every_entry_can_be_told() -> None:
    for name in CATALOGUE.packages:
        for token in CATALOGUE.tokens(name):
            held(json.dumps(page(token).data()), "catalogue_entry")


def coverage() -> CoveragePage:
    """Return what is known of a program with a known type, two unknown ones, and a component that hides its inside."""
    program = Program()
    program.provider("aws", "uk", region="eu-west-2")
    for name in "ab":
        program.add("aws:lb/loadBalancer:LoadBalancer", name)
    program.add("aws:lb/loadbalancer:LoadBalancer", "mistyped")
    for name in "cd":
        program.add("acme:index/thing:Thing", name)
    program.add("acme:index:Whole", "whole", custom=False, remote=True)
    local = program.add("acme:index:Local", "local", custom=False)
    program.add("aws:ec2/eip:Eip", "address", parent=local)
    return CoveragePage(("web/prod",), uses([program.graph()], CATALOGUE))


def test_what_is_not_known_comes_first_and_most_used_first() -> None:
    is_snapshot("catalogue-coverage", coverage().text(100))


def test_coverage_for_a_program_is_held_by_its_schema() -> None:
    found = held(json.dumps(coverage().data()), "catalogue_coverage")
    assert {key: found[key] for key in ("resources", "known", "unknown", "hidden")} == {
        "resources": 7,
        "known": 3,
        "unknown": 3,
        "hidden": 1,
    }


def test_the_inside_of_a_component_counts_instead_of_it_where_it_is_shown() -> None:
    program = Program()
    whole = program.add("acme:index:Whole", "whole", custom=False)
    program.add("aws:ec2/eip:Eip", "address", parent=whole)
    found: tuple[Use, ...] = uses([program.graph()], CATALOGUE)
    assert [use.token for use in found] == ["aws:ec2/eip:Eip"]


def test_the_commands_read_files_of_ones_own_and_name_a_near_type(project: Project) -> None:
    for name, text in YAML.items():
        project.write(name, text)
    project.remove("__main__.py")
    told = project.run("catalogue", "coverage", "--format", "json")
    assert told.returncode == 0
    types = held(told.stdout, "catalogue_coverage")["types"]
    assert [(use["token"], use["state"], use["role"]) for use in types] == [
        ("acme:index/thing:Thing", "known", "queue"),
        ("aws:lb/loadBalancer:LoadBalancer", "known", "load-balancer"),
    ]
    shown = project.run("catalogue", "show", "acme:index/thing:Thing", "--format", "json")
    assert (held(shown.stdout, "catalogue_entry")["file"], shown.returncode) == ("own.yaml", 0)
    wrong = project.run("catalogue", "show", "aws:lb/loadbalancer:LoadBalancer")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "help: did you mean aws:lb/loadBalancer:LoadBalancer?" in wrong.stderr
