"""Where the words go: standard output, a file, annotations, colours; and who sees a traceback."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import COMMAND

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Project

RAISES = ("import pulumi", "print('on the way')", "raise ValueError('boom')")
ONE_STACK = ("import pulumi", "if pulumi.get_stack() == 'test':", "    raise ValueError('boom')")
BLOCK = """error: ValueError: boom
  --> __main__.py:3
    3 | raise ValueError('boom')
  why: a program that does not run to its end has no graph, so nothing of this stack was checked
  help: run `pulumi preview` to see the same error, and correct the program
"""
ANNOTATION = (
    "::error title=could not be checked,file=__main__.py,line=3,endLine=3::ValueError: boom%0A%0A"
    "a program that does not run to its end has no graph, so nothing of this stack was checked%0A%0A"
    "run `pulumi preview` to see the same error, and correct the program"
)
DECIDED = "  verdict   clean"
NOT_DECIDED = "  verdict   not decided: a stack could not be evaluated"


def unfenced(text: str) -> tuple[list[str], list[str]]:
    """Return the lines before the fence and those inside it; nothing may stand behind it."""
    found = re.fullmatch(
        r"(?P<head>.*?)::stop-commands::(?P<token>\w{32})\n(?P<body>.*)::(?P=token)::\n", text, re.DOTALL
    )
    assert found is not None, text
    return found["head"].splitlines(), found["body"].splitlines()


def on_a_terminal(project: Project, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run with a terminal as standard output; return exit code and what it shows."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *arguments], cwd=project.directory, env=project.environment(**environment), stdout=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # Linux says so at the end of a terminal
            pass
        os.close(ours)
    return process.returncode, shown.decode()


def test_a_sound_project_is_clean(project: Project) -> None:
    done = project.run("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == DECIDED


@pytest.mark.parametrize("form", ["terminal", "github", "json"])
def test_one_broken_stack_of_two_leaves_the_run_undecided(form: str, project: Project) -> None:
    kept = (project.directory / "__main__.py").read_text(encoding="utf-8")
    project.program(kept, *ONE_STACK)
    project.write("Pulumi.test.yaml", "config: {}\n")
    done = project.run("check", "--format", form)
    assert done.returncode == 4
    assert "web/prod" in done.stdout
    assert "not decided: a stack could not be evaluated" in done.stdout


@pytest.mark.parametrize("form", ["terminal", "github", "json"])
def test_output_writes_the_file_and_says_only_failures(form: str, project: Project) -> None:
    project.program(*RAISES)
    done = project.run("check", "--format", form, "--output", "report.txt")
    assert (done.returncode, done.stdout, done.stderr) == (4, "", BLOCK)
    written = (project.directory / "report.txt").read_text(encoding="utf-8")
    if form == "json":
        assert json.loads(written)["verdict"]["words"] == "not decided: a stack could not be evaluated"
    elif form == "github":
        head, body = unfenced(written)
        assert (head, body[-1]) == ([ANNOTATION], NOT_DECIDED)
    else:
        assert written.startswith("error [web/prod] ValueError: boom\n  --> __main__.py:3\n")
        assert written.splitlines()[-1] == NOT_DECIDED


def test_the_graph_goes_to_a_file_too(project: Project) -> None:
    done = project.run("graph", "--output", "graph.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    data = json.loads((project.directory / "graph.json").read_text(encoding="utf-8"))
    assert (data["project"], data["stack"]) == ("web", "prod")
    assert [item["name"] for item in data["resources"]] == ["web-prod", "front"]


def test_a_run_that_cannot_begin_writes_no_file(project: Project) -> None:
    project.write("resilience.yaml", "version: 1\nservises: {}\n")
    assert project.run("check", "--output", "report.txt").returncode == 2
    assert not (project.directory / "report.txt").exists()


def test_only_debug_shows_the_traceback_and_what_the_program_printed(project: Project) -> None:
    project.program(*RAISES)
    silent, spoken = project.run("graph"), project.run("graph", "--debug")
    assert (silent.returncode, silent.stderr) == (4, BLOCK)
    assert (spoken.returncode, spoken.stdout) == (4, "")
    assert spoken.stderr.startswith(BLOCK + "Traceback (most recent call last):\n")
    assert f'File "{project.directory}/__main__.py", line 3, in <module>\n' in spoken.stderr
    assert spoken.stderr.endswith("\nValueError: boom\n\nthe program printed:\non the way\n")


@pytest.mark.parametrize("cause", ["program", "configuration", "engine"])
def test_a_check_shows_tracebacks_on_standard_error_only(cause: str, project: Project) -> None:
    if cause == "program":
        project.program(*RAISES)
    if cause == "configuration":
        project.write("resilience.yaml", "version: 1\nservises: {}\n")
    engine = ["--opa-url", "http://127.0.0.1:9"] if cause == "engine" else []
    done = project.run("check", "--debug", *engine)
    assert done.returncode == {"program": 4, "configuration": 2, "engine": 1}[cause]
    assert "Traceback (most recent call last):\n" in done.stderr
    assert "Traceback" not in done.stdout


def test_a_terminal_gets_colours_unless_they_are_unwanted(project: Project) -> None:
    code, shown = on_a_terminal(project, "check")
    assert (code, "\x1b[1mverdict" in shown) == (0, True)


@pytest.mark.parametrize(
    ("options", "environment"),
    [([], {"NO_COLOR": "1"}), ([], {"TERM": "dumb"}), (["--color", "never"], {})],
)
def test_no_colours_where_they_are_unwanted(options: list[str], environment: dict[str, str], project: Project) -> None:
    code, shown = on_a_terminal(project, "check", *options, **environment)
    assert (code, "\x1b" in shown) == (0, False)
    assert shown.splitlines()[-1] == DECIDED


def test_no_colours_in_a_file_that_a_terminal_asked_for(project: Project) -> None:
    assert on_a_terminal(project, "check", "--output", "report.txt") == (0, "")
    assert (project.directory / "report.txt").read_text(encoding="utf-8").splitlines()[-1] == DECIDED


def test_no_colours_in_a_pipe(project: Project) -> None:
    assert "\x1b" not in project.run("check").stdout
    assert "\x1b[" in project.run("check", "--color", "always", NO_COLOR="1").stdout


@pytest.mark.parametrize(("value", "annotated"), [("true", True), ("false", False)])
def test_github_actions_chooses_annotations(value: str, annotated: bool, project: Project) -> None:
    project.program(*RAISES)
    done = project.run("check", GITHUB_ACTIONS=value)
    assert (done.returncode, done.stderr) == (4, "")
    if annotated:
        head, body = unfenced(done.stdout)
        assert (head, body[-1]) == ([ANNOTATION], NOT_DECIDED)
    else:
        assert done.stdout.startswith("error [web/prod] ValueError: boom\n")


def test_github_actions_annotates_what_keeps_a_run_from_beginning(project: Project) -> None:
    project.program(*RAISES)
    done = project.run("graph", GITHUB_ACTIONS="true")
    assert (done.returncode, done.stdout) == (4, "")
    assert unfenced(done.stderr) == ([ANNOTATION], BLOCK.splitlines())


def test_another_format_wins_over_github_actions_and_is_fenced(project: Project) -> None:
    done = project.run("check", "--format", "terminal", GITHUB_ACTIONS="true")
    head, body = unfenced(done.stdout)
    assert (done.returncode, head, body[-1]) == (0, [], DECIDED)


def test_the_job_summary_is_appended_to_its_file(project: Project, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    project.program(*RAISES)
    done = project.run("check", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    written = summary.read_text(encoding="utf-8")
    assert done.returncode == 4
    assert written.startswith("before\n### resilience-checks: not decided")


def test_a_job_summary_that_cannot_be_written_changes_no_verdict(project: Project) -> None:
    done = project.run("check", GITHUB_STEP_SUMMARY="/nonexistent/summary.md")
    assert done.returncode == 0
    assert done.stderr.startswith("warning: no job summary was written: ")


def test_a_reader_that_has_gone_gets_no_traceback(project: Project) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, "graph"],
        cwd=project.directory,
        env=project.environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_an_interrupted_run_says_that_nothing_was_decided(project: Project) -> None:
    project.program("while True:", "    pass")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "check"],
        cwd=project.directory,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        said = b""
        while b"running web/prod" not in said:
            said += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=60)
    said += os.read(ours, 4096)
    os.close(ours)
    assert (process.returncode, shown) == (130, b"")
    assert said.decode().splitlines()[-1] == "\x1b[2Kinterrupted: nothing was decided"  # in place of the progress
