"""The commands about the library of policies, run on a policy that `policies new` has just written."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from resilience_checks.policy import pack

if TYPE_CHECKING:
    from tests.cli.conftest import Project

SCHEMAS = Path(__file__).parents[2] / "resilience_checks" / "report"
SNAPSHOTS = Path(__file__).parent / "snapshots"
OWN = ("--policies", "our")
RULE = "our/own/two-racks/two_racks.rego"
TESTS = "our/own/two-racks/two_racks_test.rego"
SET = """\
version: 1
policies:
  two-racks:
    - {severity: high, enforce_from: 2027-03-01}
    - {tiers: [3, 4], enabled: false}
    - {tiers: [1], severity: critical, on_unknown: fail}
"""


@pytest.fixture
def scaffolded(project: Project) -> Project:
    done = project.run("policies", "new", "two-racks", "--directory", "our")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        f"written: {RULE}\nwritten: {TESTS}\nwritten: our/own/two-racks/README.md\n"
        "next: resilience-checks policies test two-racks --policies our\n"
    )
    return project


@pytest.fixture
def opa(opa_binary: str) -> str:
    """The folder of a real opa, to be put on PATH."""
    return str(Path(opa_binary).parent)


def edited(project: Project, name: str, old: str, new: str) -> None:
    file = project.directory / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def held(done: subprocess.CompletedProcess[str], name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(done.stdout)
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    return document


def without_opa(project: Project) -> str:
    return os.pathsep.join(
        part for part in project.environment()["PATH"].split(os.pathsep) if not (Path(part) / "opa").exists()
    )


def with_opa(project: Project, opa: str) -> str:
    return os.pathsep.join((opa, without_opa(project)))


def test_what_is_scaffolded_passes_its_tests_on_the_embedded_engine(scaffolded: Project) -> None:
    done = scaffolded.run("policies", "test", "two-racks", *OWN, PATH=without_opa(scaffolded))
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first.startswith("5 tests of 1 policy on embedded regorus")
    assert first.endswith(": 5 passed, 0 failed")
    assert second == "coverage is told where opa is on PATH"


def test_what_is_scaffolded_passes_opas_own_tools_and_is_covered(scaffolded: Project, opa: str) -> None:
    done = scaffolded.run("policies", "test", "two-racks", *OWN, "--engine", "opa", PATH=with_opa(scaffolded, opa))
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "5 tests of 1 policy on opa test: 5 passed, 0 failed\ncoverage: 1 of 1 file whole\n",
        "",
    )
    formatted = subprocess.run(
        [f"{opa}/opa", "fmt", "--list", "our"], cwd=scaffolded.directory, capture_output=True, text=True, check=True
    )
    assert formatted.stdout == ""


@pytest.mark.parametrize("engine", ["embedded", "opa"])
def test_a_failing_test_is_told_with_its_line_and_fails(engine: str, scaffolded: Project, opa: str) -> None:
    edited(scaffolded, TESTS, '== {"pass"}', '== {"violation"}')
    path = with_opa(scaffolded, opa)
    done = scaffolded.run("policies", "test", "two-racks", *OWN, "--engine", engine, PATH=path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[0] == f"failed  {TESTS}:37  test_a_service_that_survives_passes"
    assert "4 passed, 1 failed" in done.stdout
    found = held(
        scaffolded.run("policies", "test", *OWN, "--engine", engine, "--format", "json", PATH=path), "policy_tests"
    )
    assert (found["failed"], found["coverage"], found["untested"]) == (1, None, [])
    assert [item["name"] for item in found["tests"] if not item["passed"]] == ["test_a_service_that_survives_passes"]


def test_a_test_that_cannot_be_evaluated_fails_alone(scaffolded: Project) -> None:
    text = (scaffolded.directory / TESTS).read_text(encoding="utf-8")
    scaffolded.write("our/own/two-racks/two_racks_test.rego", text + "\ntest_broken if {\n\t1 / 0 == 1\n}\n")
    found = held(scaffolded.run("policies", "test", "two-racks", *OWN, "--format", "json"), "policy_tests")
    assert {item["name"]: bool(item["message"]) for item in found["tests"] if not item["passed"]} == {
        "test_broken": True
    }


def test_rows_that_no_test_evaluates_are_told(scaffolded: Project, opa: str) -> None:
    text = (scaffolded.directory / RULE).read_text(encoding="utf-8")
    rows = len(text.splitlines())
    scaffolded.write(RULE, text + '\nspare := "never" if input.spare == "yes"\n')
    done = scaffolded.run("policies", "test", "two-racks", *OWN, PATH=with_opa(scaffolded, opa))
    assert done.returncode == 0
    assert f"{RULE}: " in done.stdout
    assert f"not row {rows + 2}\n" in done.stdout


def test_a_policy_without_tests_is_named_and_nothing_to_test_is_no_pass(scaffolded: Project) -> None:
    scaffolded.remove(TESTS)
    done = scaffolded.run("policies", "test", "two-racks", *OWN)
    assert done.returncode == 3
    assert done.stdout.splitlines()[0] == "no test two-racks"


def test_opa_is_asked_for_where_there_is_none(scaffolded: Project) -> None:
    done = scaffolded.run("policies", "test", "--engine", "opa", PATH=without_opa(scaffolded))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: there is no opa on PATH\n")


def test_opas_own_check_tells_file_and_row(scaffolded: Project, opa: str) -> None:
    text = (scaffolded.directory / RULE).read_text(encoding="utf-8")
    scaffolded.write(
        RULE,
        text.replace(
            "import data.resilience.lib.survival\n",
            "import data.resilience.lib.survival\nimport data.resilience.lib.words\n",
        ),
    )
    done = scaffolded.run("policies", "test", *OWN, "--engine", "opa", PATH=with_opa(scaffolded, opa))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{RULE}:19: rego_compile_error: import data.resilience.lib.words unused" in done.stderr


def test_the_page_of_a_policy_reads_as_its_snapshot(scaffolded: Project) -> None:
    """Set RENEW_SNAPSHOTS to write the file anew; the test fails then, so that nobody takes it for a pass."""
    scaffolded.write("resilience.yaml", SET)
    done = scaffolded.run("policies", "show", "two-racks", *OWN)
    assert (done.returncode, done.stderr) == (0, "")
    file = SNAPSHOTS / "policies-show.txt"
    if os.environ.get("RENEW_SNAPSHOTS"):
        file.write_text(done.stdout, encoding="utf-8")
        pytest.fail("written anew: look at the difference, and run again without RENEW_SNAPSHOTS")
    assert done.stdout == file.read_text(encoding="utf-8")
    found = held(scaffolded.run("policies", "show", "two-racks", *OWN, "--format", "json"), "policy")
    assert (found["id"], found["path"], found["set"]["enforce_from"]) == ("two-racks", RULE, "2027-03-01")


def test_every_bundled_policy_has_a_page_to_show(project: Project) -> None:
    for policy in pack.load().policies[::6]:
        found = held(project.run("policies", "show", policy.id, "--format", "json"), "policy")
        assert found["page"].startswith(f"# {policy.id}\n")


def test_an_id_that_is_mistyped_is_told_with_the_nearest(project: Project) -> None:
    done = project.run("policies", "show", "redundant-firewals")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: there is no policy 'redundant-firewals'\n"
        "  why: nothing can be said of it\n  help: did you mean redundant-firewalls?\n"
    )


def test_the_list_says_what_is_set_here(scaffolded: Project) -> None:
    scaffolded.write("resilience.yaml", SET)
    text = scaffolded.run("policies", "list", *OWN).stdout
    part = text.partition("\nown\n")[2].partition("\n\n")[0]
    assert [" ".join(line.split()) for line in part.splitlines()] == [
        "two-racks medium Two racks is not met",
        "set: off for tiers 3, 4",
        "set: severity high",
        "set: enforced from 2027-03-01 on",
        "set: for tiers 1: severity critical, unknown: blocks",
    ]
    found = held(scaffolded.run("policies", "list", *OWN, "--format", "json"), "policies")
    assert [policy["id"] for policy in found["policies"]] == [
        policy.id for policy in pack.load([scaffolded.directory / "our"]).policies
    ]
    assert {policy["id"] for policy in found["policies"] if policy["set"]["differs"]} == {"two-racks"}


def test_without_a_resilience_yaml_the_list_is_as_the_policies_say(project: Project) -> None:
    project.remove("resilience.yaml")
    found = held(project.run("policies", "list", "--format", "json"), "policies")
    assert found["file"] is None
    assert [policy["id"] for policy in found["policies"] if policy["set"]["differs"]] == []


def test_controls_name_the_policies_that_evidence_them_and_why_others_cannot_be(scaffolded: Project) -> None:
    edited(scaffolded, RULE, "controls: []", "controls: [OWN-1, NIST-CP-7, OWN-2]")
    scaffolded.write("our/controls.yaml", 'OWN-1: "Our standard, one"\n')
    found = held(scaffolded.run("policies", "controls", *OWN, "--format", "json"), "controls")
    by_id = {control["id"]: control for standard in found["standards"] for control in standard["controls"]}
    assert [standard["name"] for standard in found["standards"]][-1] == "other"
    assert by_id["OWN-1"] == {
        "id": "OWN-1",
        "title": "Our standard, one",
        "evidence": "policies",
        "policies": ["two-racks"],
        "why": "",
    }
    assert by_id["OWN-2"]["title"] == ""
    assert "two-racks" in by_id["NIST-CP-7"]["policies"]
    assert (by_id["NIST-CP-3"]["evidence"], by_id["NIST-CP-3"]["why"]) == ("beyond-code", "training is of people")
    text = scaffolded.run("policies", "controls", *OWN).stdout
    assert "    OWN-1: Our standard, one\n      two-racks\n" in text


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["Two_Racks"], "'Two_Racks' is not an id"),
        (["two-racks", "--area", "lib"], "'lib' is not an area"),
        (["redundant-firewalls"], "there is a policy redundant-firewalls already"),
        (["two-racks", "--directory", "Pulumi.yaml/x"], "Pulumi.yaml/x/own/two-racks cannot be written"),
    ],
)
def test_what_cannot_be_scaffolded_is_told_and_nothing_is_written(
    arguments: list[str], what: str, project: Project
) -> None:
    done = project.run("policies", "new", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {what}")
    assert not (project.directory / "policies").exists()


def test_a_policy_is_not_written_over(scaffolded: Project) -> None:
    done = scaffolded.run("policies", "new", "two-racks", "--directory", "our")
    assert done.stderr.startswith("error: there is a policy two-racks already\n")
