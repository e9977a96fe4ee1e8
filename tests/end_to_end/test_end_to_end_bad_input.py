"""What cannot be checked: one clear error that says what, where and what to do; never a verdict of clean."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.editing import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = {
    "Pulumi.yaml": "name: web\nruntime: python\n",
    "Pulumi.prod.yaml": "config: {}\n",
    "__main__.py": "import pulumi\n\npulumi.ComponentResource('a:b:C', 'x')\n",
}
RAISES = {"__main__.py": "import pulumi\n\nraise ValueError('boom')\n"}


def check(
    directory: Path, files: dict[str, str], *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Check a project of a few files, each replaced or, where empty, left out."""
    (directory / ".git").mkdir()
    for name, text in {**PROJECT, **files}.items():
        if text:
            (directory / name).write_text(text, encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if name not in {"GITHUB_ACTIONS", "NO_COLOR"}}
    return subprocess.run(
        [sys.executable, "-m", "resilience_checks", "check", *options],
        cwd=directory,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("files", "options", "code", "what", "where", "remedy"),
    [
        ({"Pulumi.yaml": ""}, [], 3, "no Pulumi.yaml under .", None, "name the directory of a Pulumi project"),
        ({"Pulumi.yaml": "name: [\n"}, [], 4, "not valid YAML", "Pulumi.yaml:2:1", "correct the YAML at this line"),
        ({"Pulumi.yaml": "runtime: python\n"}, [], 4, "name", "Pulumi.yaml:1", "name"),
        (RAISES, [], 4, "ValueError: boom", "__main__.py:3", "run `pulumi preview`"),
        (
            {"__main__.py": "import sys\nsys.exit(0)\n"},
            [], 4, "the program ended itself with exit code 0", "__main__.py:2", "let it run to its end",
        ),
        (
            {"__main__.py": "import os\nos._exit(3)\n"},
            [], 4, "the program's process ended without a word (status 3)", "Pulumi.yaml:1", "run it with",
        ),
        (
            {"__main__.py": "import pulumi\nx = (\n"},
            [], 4, "syntax error: '(' was never closed", "__main__.py:2:5", "correct the line",
        ),
        (
            {"__main__.py": "import pulumi\npulumi.Config().require('size')\n"},
            [], 4, "the configuration value web:size is required and not set", "__main__.py:2", "pulumi config set size",
        ),
        (
            {"__main__.py": "import pulumi\nimport pulumi_nothing\n"},
            [], 4, "'pulumi_nothing', which is not installed", "__main__.py:2", "pip install pulumi-nothing",
        ),
        (
            {"__main__.py": "import socket\nsocket.create_connection(('192.0.2.1', 80), 1)\n"},
            [], 4, "the program looks up the address of 192.0.2.1", "__main__.py:2", "a check runs without network",
        ),
        (
            {"__main__.py": "while True: pass\n"},
            ["--timeout", "8"], 4, "the program did not end within 8 s", "__main__.py:1", "--timeout",
        ),
        (
            {"resilience.yaml": "version: 1\nservises: {}\n"},
            [], 2, 'unknown key "servises"; did you mean "services"?', "resilience.yaml:2:1", "docs/resilience-yaml.md",
        ),
        (
            {"resilience.yaml": "version: 1\nservices:\n  a: {entry: {select: {name: nothing}}}\n"},
            [], 2, '{name: "nothing"} matches nothing', "resilience.yaml:3:15", "no checked program has a resource",
        ),
        ({}, ["--opa-url", "http://127.0.0.1:9"], 1, "http://127.0.0.1:9 cannot be reached", None, "opa run --server"),
        ({}, ["--engine", "opa"], 2, "there is no opa on PATH", None, "opa run --server"),
        ({}, ["--stack", "test"], 2, "no stack matches test", None, "the stacks found are web/prod"),
    ],
)  # fmt: skip
def test_an_error_says_what_where_and_what_to_do(
    files: dict[str, str],
    options: list[str],
    code: int,
    what: str,
    where: str | None,
    remedy: str,
    tmp_path: Path,
) -> None:
    done = check(tmp_path, files, *options)
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert what in said
    assert where is None or f"--> {where}\n" in said
    assert remedy in said
    assert "Traceback" not in said
    assert "verdict   clean" not in said


def test_a_policy_that_does_not_compile_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own.rego").write_text("# METADATA\n# title: T\npackage resilience.own\n", encoding="utf-8")
    done = check(tmp_path, {}, "--policies", "own")
    assert done.returncode == 1
    assert "own/own.rego:2" in done.stdout + done.stderr


def test_a_traceback_is_shown_with_debug(tmp_path: Path) -> None:
    done = check(tmp_path, RAISES, "--debug")
    assert done.returncode == 4
    assert "Traceback" in done.stderr
    assert "ValueError: boom" in done.stderr


def test_under_github_actions_an_error_is_an_annotation(tmp_path: Path) -> None:
    done = check(tmp_path, RAISES, GITHUB_ACTIONS="true")
    assert done.returncode == 4
    assert done.stdout.startswith(
        "::error title=could not be checked,file=__main__.py,line=3,endLine=3::ValueError: boom"
    )


def test_an_output_file_holds_the_report_and_nothing_else_is_printed(tmp_path: Path) -> None:
    done = check(tmp_path, RAISES, "--format", "json", "--output", "report.json")
    assert (done.returncode, done.stdout) == (4, "")
    written = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (written["version"], written["verdict"]["exit_code"]) == ("resilience-report/v1", 4)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {}])
def test_no_escape_codes_where_nobody_sees_them(environment: dict[str, str], tmp_path: Path) -> None:
    assert "\x1b" not in check(tmp_path, RAISES, **environment).stdout


def test_colour_can_be_asked_for(tmp_path: Path) -> None:
    assert "\x1b[" in check(tmp_path, RAISES, "--color", "always").stdout


@pytest.mark.parametrize("arguments", [["-c", "import resilience_checks"], ["-m", "resilience_checks", "--help"]])
def test_neither_import_nor_help_loads_pulumi_or_an_engine(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert loaded.isdisjoint({"pulumi", "grpc", "regorus", "yaml", "rich", "jsonschema"})
