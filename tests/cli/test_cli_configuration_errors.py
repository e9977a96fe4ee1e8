"""A configuration, policy or engine that fails: which of them, at which line, and never a verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Project

BROKEN = "not decided: a policy or its engine failed"
POLICY = """# METADATA
# title: Own
# description: A policy of one's own
# custom:
#   id: own
#   severity: low
#   remediation: none
#   questions: {own.outage: {faults: [outage]}}
package resilience.own
"""


def failure(project: Project, *arguments: str) -> tuple[int, str, dict[str, Any]]:
    """Return exit code, words of the verdict and the one failure of a report."""
    done = project.run("check", "--format", "json", *arguments)
    data = json.loads(done.stdout)
    [failed] = data["failures"]
    assert data["verdict"]["exit_code"] == done.returncode
    return done.returncode, data["verdict"]["words"], failed


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (
            "version: 1\nservises: {}\n",
            'unknown key "servises"; did you mean "services"?',
            "resilience.yaml:2:1\n    2 | servises: {}\n      | ^",
        ),
        (
            "version: 1\nsites:\n  north: {regoin: r}\n",
            'sites.north: unknown key "regoin"; did you mean "region"?',
            "resilience.yaml:3:11\n    3 |   north: {regoin: r}\n      |           ^",
        ),
        (
            "version: 2\n",
            "version: found 2, expected 1, the version of this format",
            "resilience.yaml:1:10\n    1 | version: 2\n      |          ^",
        ),
    ],
)
def test_a_mistake_in_resilience_yaml_is_shown_with_the_nearest_right_name(
    text: str, what: str, where: str, project: Project
) -> None:
    project.write("resilience.yaml", text)
    done = project.run("check")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"error: {what}\n"
        f"  --> {where}\n"
        "  why: Nothing was checked: an estate described wrongly would be judged wrongly.\n"
        "  help: Correct these lines; docs/resilience-yaml.md describes every key.\n"
    )


def test_a_mistake_in_the_file_of_config_is_shown_in_that_file(project: Project) -> None:
    project.write("other.yaml", "version: 1\n\nservises: {}\n")
    done = project.run("check", "--config", "other.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[1] == "  --> other.yaml:3:1"


def test_an_id_that_neither_the_file_nor_a_program_declares_is_an_error_at_its_line(project: Project) -> None:
    text = "version: 1\nservices:\n  a: {needs: [dbs], entry: &e {select: front}}\n  db: {entry: *e}\n"
    project.write("resilience.yaml", text)
    code, words, failed = failure(project)
    assert (code, words) == (2, "not decided: the configuration is wrong")
    assert failed == {
        "subject": "web/prod",
        "what": 'services.a.needs[0]: no component or service "dbs"; did you mean "db"?',
        "why": "Nothing was checked: an estate described wrongly would be judged wrongly.",
        "remedy": "Correct these lines; docs/resilience-yaml.md describes every key, "
        "docs/declaring-in-programs.md every tag and component.",
        "exit_code": 2,
        "location": {"path": "resilience.yaml", "line": 3, "column": 15},
    }


def test_a_select_without_a_match_is_an_error_at_its_line_and_names_what_there_is(project: Project) -> None:
    project.write("resilience.yaml", "version: 1\nservices:\n  shop: {entry: {select: {name: frnt}}}\n")
    code, words, failed = failure(project)
    assert (code, words) == (2, "not decided: the configuration is wrong")
    assert failed == {
        "subject": "web/prod",
        "what": '{name: "frnt"} matches nothing',
        "why": "what it was meant to describe would be checked as if nothing had been declared",
        "remedy": "the checked programs know front",
        "exit_code": 2,
        "location": {"path": "resilience.yaml", "line": 3, "column": 18},
    }


def test_a_server_that_nobody_runs_is_a_failure_of_the_engine(project: Project) -> None:
    code, words, failed = failure(project, "--opa-url", "http://127.0.0.1:9")
    assert (code, words) == (1, BROKEN)
    assert failed == {
        "subject": "web/prod",
        "what": "the OPA server at http://127.0.0.1:9 cannot be reached",
        "why": "no policy was evaluated",
        "remedy": "start it with `opa run --server`, correct --opa-url, or use --engine embedded",
        "exit_code": 1,
        "location": None,
    }


@pytest.mark.parametrize("engine", ["embedded", "server"])
def test_a_policy_that_does_not_compile_fails_the_run_at_its_line(engine: str, project: Project, opa_url: str) -> None:
    project.write("own/own.rego", POLICY + "\nreport contains found if {\n  found :=\n}\n")
    done = project.run("check", "--policies", "own", *(("--opa-url", opa_url) if engine == "server" else ()))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: the policy is not Rego that both engines read: expecting `}`")
    assert "\n  --> own/own.rego:12:9\n" in done.stderr


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("package own\n", "the module has no package below `resilience`", "own/own.rego:1\n    1 | package own\n"),
        ("package resilience.own\n", "the policy has no METADATA", "own/own.rego:1\n    1 | package resilience.own\n"),
        (
            POLICY + "\nreport contains found if found := http.send({})\n",
            "`http.send` is not a builtin that both engines have",
            "own/own.rego:11:35\n   11 | report",
        ),
    ],
)
def test_a_policy_that_is_refused_is_shown_before_any_program_is_judged(
    text: str, what: str, where: str, project: Project
) -> None:
    project.write("own/own.rego", text)
    done = project.run("check", "--policies", "own")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {what}\n  --> {where}")


def test_what_is_wrong_in_the_configuration_outranks_a_broken_program(project: Project) -> None:
    project.write("resilience.yaml", "version: 1\nservises: {}\n")
    project.program("raise ValueError('boom')")
    done = project.run("check", "--opa-url", "http://127.0.0.1:9")
    assert done.returncode == 2
