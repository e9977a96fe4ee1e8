"""`cut-sets`: its two forms, its exit codes, and what it says of what it cannot read."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from tests.cli.conftest import Project


def tree(formula: str, events: int) -> str:
    names = "".join(f'\n<define-basic-event name="e{number}"/>' for number in range(events))
    return (
        f'<opsa-mef>\n<define-fault-tree name="t">\n<define-gate name="lost">\n{formula}\n</define-gate>'
        f"\n</define-fault-tree>\n<model-data>{names}\n</model-data>\n</opsa-mef>\n"
    )


def either(*numbers: int) -> str:
    return "<or>" + "".join(f'<event name="e{number}"/>' for number in numbers) + "</or>"


ESTATE = """\
version: 1
sites:
  north: {region: hills, perimeter: none}
components:
  app-1: {role: application, site: north}
  app-2: {role: application, site: north}
  db: {role: database, site: north}
  apps: {role: application, any-of: [{component: app-1, nature: path}, {component: app-2, nature: path}]}
services:
  ledger: {entry: apps, rto: 1h, needs: [db]}
"""


def hold(document: object, name: str) -> None:
    schema = json.loads(
        (resources.files("resilience_checks.report") / f"{name}.schema.json").read_text(encoding="utf-8")
    )
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)


PAIR = tree(f"<or><and>{either(0, 1)}{either(2, 3)}</and><event name='e4'/></or>", 5)


def test_the_text_counts_and_lists(project: Project) -> None:
    project.write("tree.xml", PAIR)
    done = project.run("cut-sets", "tree.xml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "lost: 5 minimal cut sets of up to 3 events\n"
        "\norder 1: 1\n  e4\n\norder 2: 4\n  e0, e2\n  e0, e3\n  e1, e2\n  e1, e3\n\norder 3: 0\n"
    )


def test_the_json_is_complete(project: Project) -> None:
    project.write("tree.xml", PAIR)
    done = project.run("cut-sets", "tree.xml", "--max-order", "2", "--format", "json", "--output", "sets.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert json.loads((project.directory / "sets.json").read_text(encoding="utf-8")) == {
        "schema": "resilience-cut-sets/v1",
        "top": "lost",
        "max_order": 2,
        "complete": True,
        "finished_order": 2,
        "stopped": None,
        "counts_by_order": {"1": 1, "2": 4},
        "cut_sets": [["e4"], ["e0", "e2"], ["e0", "e3"], ["e1", "e2"], ["e1", "e3"]],
    }


def test_a_top_that_fails_with_nothing_failed_has_the_empty_set_alone(project: Project) -> None:
    project.write("tree.xml", tree("<or><event name='e0'/><constant value='true'/></or>", 1))
    assert project.run("cut-sets", "tree.xml").stdout == (
        "lost fails with nothing failed: its one minimal cut set is empty\n"
    )
    found = json.loads(project.run("cut-sets", "tree.xml", "--format", "json").stdout)
    assert (found["cut_sets"], found["counts_by_order"], found["complete"]) == ([[]], {"1": 0, "2": 0, "3": 0}, True)


def test_millions_of_sets_end_in_at_least_these(project: Project) -> None:
    names = range(900)
    thirds = "".join(either(*names[start : start + 300]) for start in (0, 300, 600))
    project.write("tree.xml", tree(f"<and>{thirds}</and>", 900))
    done = project.run("cut-sets", "tree.xml")
    assert done.returncode == 10
    assert done.stdout.splitlines()[:2] == [
        "lost: at least 1,003,520 minimal cut sets of up to 3 events",
        "  not complete: there are more than 1,000,000 sets; none of up to 2 events is missing, larger ones may be",
    ]


@pytest.mark.parametrize(
    ("text", "arguments", "code", "said"),
    [
        (None, (), 2, "error: tree.xml cannot be read: No such file or directory\n"),
        (
            tree("<not><event name='e0'/></not>", 1),
            (),
            4,
            "error: <not> makes the fault tree non-coherent\n  --> tree.xml:4:1\n",
        ),
        ("<opsa-mef>", (), 4, "error: tree.xml is no XML: no element found\n  --> tree.xml:1:11\n"),
        (PAIR, ("--top", "found"), 2, "error: tree.xml defines no gate found\n"),
        (PAIR, ("--max-order", "0"), 2, "Usage: resilience-checks cut-sets"),
    ],
)
def test_errors_say_where(project: Project, text: str | None, arguments: tuple[str, ...], code: int, said: str) -> None:
    if text is not None:
        project.write("tree.xml", text)
    done = project.run("cut-sets", "tree.xml", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(said)


@pytest.mark.parametrize("arguments", [("tree.xml",), ("tree.xml", "--max-order", "1")])
def test_the_json_is_what_its_schema_says(arguments: tuple[str, ...], project: Project) -> None:
    project.write("tree.xml", PAIR)
    hold(json.loads(project.run("cut-sets", *arguments, "--format", "json").stdout), "cut_sets")


def test_services_of_programs_are_told_with_what_surely_and_what_possibly_loses_them(project: Project) -> None:
    project.write("resilience.yaml", ESTATE)
    text = project.run("cut-sets")
    assert (text.returncode, text.stderr) == (0, "")
    assert text.stdout == (
        "lost by ledger: 4 minimal cut sets (3 of order 1, 1 of order 2)\n"
        "  1          device:db/outage (occasional)\n"
        "  1          site:north/outage (rare)\n"
        "  1          region:hills/outage (very rare)\n"
        "  2          device:app-1/outage, device:app-2/outage (occasional, occasional)\n"
        "\n"
    )
    found = json.loads(project.run("cut-sets", "--max-order", "1", "--format", "json").stdout)
    hold(found, "service_cut_sets")
    sure = {
        "counts_by_order": {"1": 3},
        "cut_sets": [["device:db/outage"], ["region:hills/outage"], ["site:north/outage"]],
    }
    assert found["estates"][0]["services"] == [
        {"service": "ledger", "complete": True, "finished_order": 1, "sure": sure, "possible": sure}
    ]


def test_the_likeliest_are_those_of_fewer_faults_and_then_of_stated_classes(project: Project) -> None:
    project.write("resilience.yaml", ESTATE + "likelihood: {region: frequent}\n")
    text = project.run("cut-sets", "--most-likely", "2").stdout
    assert text == (
        "lost by ledger: 4 minimal cut sets (3 of order 1, 1 of order 2)\n"
        "  1          region:hills/outage (frequent)\n"
        "  1          device:db/outage (occasional)\n"
        "            and 2 more, none of them likelier, which --format json lists\n"
        "\n"
    )
    found = json.loads(project.run("cut-sets", "--most-likely", "2", "--format", "json").stdout)
    hold(found, "service_cut_sets")
    assert found["estates"][0]["services"][0]["sure"]["most_likely"] == [
        {"place": 1, "events": ["region:hills/outage"], "likelihood": ["frequent"]},
        {"place": 2, "events": ["device:db/outage"], "likelihood": ["occasional"]},
    ]


def test_an_exported_tree_has_the_cut_sets_of_the_service(project: Project) -> None:
    project.write("resilience.yaml", ESTATE)
    done = project.run("export", "--service", "ledger", "--output", "tree.xml")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = json.loads(project.run("cut-sets", "tree.xml", "--format", "json").stdout)
    assert found["top"] == "ledger"
    assert found["cut_sets"] == [
        ["device_db_outage"],
        ["region_hills_outage"],
        ["site_north_outage"],
        ["device_app_1_outage", "device_app_2_outage"],
    ]
    assert "<label>device:app-1/outage</label>" in (project.directory / "tree.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("cut-sets", "--top", "g"), "error: --top names a gate of a file\n"),
        (
            ("cut-sets", "tree.xml", "--service", "s"),
            "error: --service is about programs, and tree.xml is a fault tree\n",
        ),
        (("cut-sets", "--service", "leger"), 'error: --service: no service is called "leger"\n'),
        (("export", "--service", "leger"), 'error: --service: no service is called "leger"\n'),
    ],
)
def test_options_that_do_not_fit_are_refused(arguments: tuple[str, ...], said: str, project: Project) -> None:
    project.write("resilience.yaml", ESTATE)
    project.write("tree.xml", PAIR)
    done = project.run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said)
