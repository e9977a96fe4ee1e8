"""What is wrong with the command line is said before anything runs, with exit code 2."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from resilience_checks.gate.verdict import NOTHING
from tests.cli.conftest import ROOT

if TYPE_CHECKING:
    from tests.cli.conftest import Project

HEAVY = {"pulumi", "grpc", "google.protobuf", "regorus", "ruamel.yaml", "yaml", "rich", "jsonschema", "requests"}


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        (["check", "--formt", "json"], "--formt"),
        (["chekc"], "No such command 'chekc'. Did you mean 'check'?"),
        (["policies", "lst"], "Did you mean 'list'?"),
        (["check", "--fail-on", "hgih"], "Did you mean 'high'?"),
        (["check", "--format", "jsn=out.json"], "there is no form 'jsn' of the report: did you mean json?"),
        (["check", "--format", "json="], "json= names no file after the equals sign"),
        (["check", "--format", "xml"], "there is no form 'xml' of the report: the forms are"),
        (["graph", "--format", "terminal"], "'terminal' is not 'json'."),
        (["check", "--engine", "regorus"], "'regorus' is not one of 'embedded', 'opa'."),
        (["check", "--fail-on", "worst"], "'worst' is not one of 'low', 'medium', 'high', 'critical', 'never'."),
        (["check", "--timeout", "0"], "0.0 is not in the range x>=1."),
        (["check", "--config", "none.yaml"], "File 'none.yaml' does not exist."),
        (["check", "--config", "."], "File '.' is a directory."),
        (["check", "--policies", "none"], "Directory 'none' does not exist."),
        (["check", "--output", "."], "File '.' is a directory."),
    ],
)
def test_what_no_option_takes_is_a_usage_error(arguments: list[str], last: str, project: Project) -> None:
    done = project.run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: resilience-checks")
    assert last in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "what", "why", "remedy"),
    [
        (
            ["check", "--engine", "opa"],
            "--engine opa starts OPA, and there is no opa on PATH",
            "no policy was evaluated",
            (
                "install OPA (openpolicyagent.org), give the URL of a running server (`opa run --server`) with --opa-url, or "
                "use --engine embedded"
            ),
        ),
        (
            ["check", "--engine", "embedded", "--opa-url", "http://127.0.0.1:9"],
            "--engine embedded and --opa-url exclude each other",
            "it is not clear which engine is meant",
            "leave one of them out",
        ),
        (
            ["check", "--opa-url", "127.0.0.1"],
            "'127.0.0.1' is not the URL of a server",
            "no policy was evaluated",
            "give one like http://127.0.0.1:8181",
        ),
        (
            ["check", "--output", "none/report.json"],
            "none/report.json cannot be written: its folder does not exist",
            "the report would be lost after all programs have run",
            "make the folder first, or name another file",
        ),
        (["graph", "none"], "none does not exist", "nothing was checked", "correct the path"),
        (
            ["graph", "--stack", "test"],
            "no stack matches test",
            "nothing was checked",
            "the stacks found are web/prod",
        ),
    ],
)
def test_options_that_cannot_be_followed_end_before_any_program_runs(
    arguments: list[str], what: str, why: str, remedy: str, project: Project
) -> None:
    project.program("while True:", "    pass")
    done = project.run(*arguments, "--timeout", "1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {what}\n  why: {why}\n  help: {remedy}\n"


@pytest.mark.parametrize("command", ["check", "graph"])
def test_without_a_project_there_is_nothing_to_check(command: str, project: Project) -> None:
    project.remove("Pulumi.yaml")
    done = project.run(command)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "error: no Pulumi.yaml under .\n  why: nothing was checked\n  help: name the directory of a Pulumi project\n"
    )


def test_an_estate_without_services_was_not_checked(project: Project) -> None:
    project.remove("resilience.yaml")
    project.program("import pulumi", "pulumi.CustomResource('aws:ec2/vpc:Vpc', 'network', {})")
    done = project.run("check")
    assert done.returncode == 3
    assert " ".join(done.stdout.partition("  verdict   ")[2].split()) == NOTHING


def test_without_a_declared_service_what_the_program_shows_is_checked(project: Project) -> None:
    project.remove("resilience.yaml")
    project.program(
        "import pulumi",
        "pulumi.CustomResource('aws:ec2/instance:Instance', 'web', {'region': 'eu-west-2', 'availabilityZone': 'eu-west-2a'})",
    )
    done = project.run("check")
    assert done.returncode == 12
    assert "One outage of zone eu-west-2/eu-west-2a loses web" in done.stdout
    assert "1 inferred service" in done.stdout
    assert "1 of 1 resource has a type that the catalogue knows" in done.stdout


@pytest.mark.parametrize(
    "arguments", [["--version"], ["check", "--help"], ["graph", "--help"], ["check", "--format", "xml"]]
)
def test_help_and_usage_errors_load_no_heavy_library(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from resilience_checks.cli.main import cli\n"
        "try:\n"
        "    cli(sys.argv[1:])\n"
        "finally:\n"
        "    print(*sys.modules, sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    loaded = set(done.stdout.splitlines())
    assert "resilience_checks.cli.main" in loaded
    assert loaded & HEAVY == set()


def test_importing_the_package_loads_only_the_package() -> None:
    code = "import resilience_checks, sys; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines())
    assert {name for name in loaded if name.startswith("resilience_checks")} == {"resilience_checks"}
    assert loaded & HEAVY == set()
