"""A program that cannot be evaluated: exit code 4, its line, and what to do; the whole message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Project

NO_GRAPH = "a program that does not run to its end has no graph, so nothing of this stack was checked"
NO_PROGRAM = "without it there is no program to read, so nothing was checked"
PREVIEW = "run `pulumi preview` to see the same error, and correct the program"
INSTEAD = (
    "check a preview of it instead: run `pulumi preview --json --show-sames > preview.json`, "
    "and give it with `--preview preview.json`"
)
OFFLINE = "a check runs without network: read what is needed from configuration instead"


@pytest.mark.parametrize(
    ("program", "what", "where", "remedy"),
    [
        (
            ["import pulumi", "", "raise ValueError('boom')"],
            "ValueError: boom",
            "__main__.py:3\n    3 | raise ValueError('boom')",
            PREVIEW,
        ),
        (
            ["import pulumi", "pulumi.Output.from_input(0).apply(lambda n: 1 / n)"],
            "ZeroDivisionError: division by zero",
            "__main__.py:2\n    2 | pulumi.Output.from_input(0).apply(lambda n: 1 / n)",
            PREVIEW,
        ),
        (
            ["import sys", "sys.exit(0)"],
            "the program ended itself with exit code 0",
            "__main__.py:2\n    2 | sys.exit(0)",
            "let it run to its end in a preview",
        ),
        (
            ["import pulumi", "size = (1,"],
            "syntax error: '(' was never closed",
            "__main__.py:2:8\n    2 | size = (1,\n      |        ^",
            "correct the line",
        ),
        (
            ["import pulumi", "pulumi.Config().require_int('size')"],
            "the configuration value web:size is required and not set",
            "__main__.py:2\n    2 | pulumi.Config().require_int('size')",
            "set it in Pulumi.<stack>.yaml, or run `pulumi config set size VALUE`",
        ),
        (
            ["import pulumi", "pulumi.Config('aws').require('region')"],
            "the configuration value aws:region is required and not set",
            "__main__.py:2\n    2 | pulumi.Config('aws').require('region')",
            "set it in Pulumi.<stack>.yaml, or run `pulumi config set aws:region VALUE`",
        ),
        (
            ["import pulumi", "import pulumi_no_such.inner"],
            "the program imports 'pulumi_no_such', which is not installed",
            "__main__.py:2\n    2 | import pulumi_no_such.inner",
            "install it: pip install pulumi-no-such (or pip install -r requirements.txt)",
        ),
        (
            ["import pulumi.no_such"],
            "the program imports 'pulumi.no_such', which the installed pulumi does not have",
            "__main__.py:1\n    1 | import pulumi.no_such",
            "install the version that the program was written for: pip install -r requirements.txt",
        ),
        (
            ["import os", "os.environ['TOKEN_OF_THE_CALLER']"],
            "the environment variable TOKEN_OF_THE_CALLER is not set: a check passes none of the caller's on",
            "__main__.py:2\n    2 | os.environ['TOKEN_OF_THE_CALLER']",
            "read it from the stack's configuration, or by os.environ.get with a value for its absence",
        ),
        (
            ["import urllib.request", "urllib.request.urlopen('http://192.0.2.1')"],
            "the program looks up the address of 192.0.2.1",
            "__main__.py:2\n    2 | urllib.request.urlopen('http://192.0.2.1')",
            OFFLINE,
        ),
        (
            ["import socket", "socket.create_connection(('192.0.2.1', 80), 1)"],
            "the program looks up the address of 192.0.2.1",
            "__main__.py:2\n    2 | socket.create_connection(('192.0.2.1', 80), 1)",
            OFFLINE,
        ),
        (
            ["import socket", "socket.socket().connect(('192.0.2.1', 80))"],
            "the program opens a connection to 192.0.2.1:80",
            "__main__.py:2\n    2 | socket.socket().connect(('192.0.2.1', 80))",
            OFFLINE,
        ),
        (
            ["import threading", "threading.Event().wait()"],
            "the program did not end within 8 s",
            "__main__.py:2\n    2 | threading.Event().wait()",
            "take out what waits or loops for ever, or allow more with --timeout",
        ),
    ],
)
def test_the_message_names_fault_line_and_remedy(
    program: list[str], what: str, where: str, remedy: str, project: Project
) -> None:
    project.program(*program)
    done = project.run("graph", "--timeout", "8" if "did not end" in what else "60")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == f"error: {what}\n  --> {where}\n  why: {NO_GRAPH}\n  help: {remedy}\n"


def test_a_fault_in_a_module_of_the_program_is_shown_there(project: Project) -> None:
    project.program("import pulumi", "from parts import sizes", "sizes.of('x')")
    project.write("parts/__init__.py", "")
    project.write("parts/sizes.py", "def of(name):\n    return {}[name]\n")
    done = project.run("graph")
    assert done.returncode == 4
    assert done.stderr.startswith("error: KeyError: 'x'\n  --> parts/sizes.py:2\n    2 |     return {}[name]\n")


@pytest.mark.parametrize(
    ("name", "text", "what", "where", "why", "remedy"),
    [
        (
            "Pulumi.yaml", "name: web\nruntime: python: 3\n",
            "not valid YAML", "Pulumi.yaml:2:16", NO_PROGRAM, "correct the YAML at this line",
        ),
        (
            "Pulumi.yaml", "- web\n",
            "not a mapping", "Pulumi.yaml:1", NO_PROGRAM, "start it with `name:` and `runtime:`",
        ),
        (
            "Pulumi.yaml", "runtime: python\n",
            "`name` is missing", "Pulumi.yaml:1", NO_PROGRAM, "give the project a name: `name: my-project`",
        ),
        (
            "Pulumi.yaml", "name: web\n",
            "`runtime` is missing", "Pulumi.yaml:1", NO_PROGRAM,
            "say which language the program is in: `runtime: python`",
        ),
        (
            "Pulumi.yaml", "# a\nname: web\nruntime: go\n",
            "programs with `runtime: go` cannot be run here", "Pulumi.yaml:2",
            "nothing of this project was checked",
            INSTEAD,
        ),
        (
            "Pulumi.prod.yaml", "config:\n  a: b: c\n",
            "not valid YAML", "Pulumi.prod.yaml:2:7", None, "correct the YAML at this line",
        ),
        (
            "Pulumi.prod.yaml", "encryptionsalt: v1\nconfig: [a]\n",
            "`config` is not a mapping", "Pulumi.prod.yaml:2",
            "without the stack's configuration its program would be another one, so nothing of it was checked",
            "write each value as `KEY: VALUE` below `config:`",
        ),
    ],
)  # fmt: skip
def test_a_project_file_that_is_wrong_is_no_missing_one(
    name: str, text: str, what: str, where: str, why: str | None, remedy: str, project: Project
) -> None:
    project.write(name, text)
    done = project.run("graph")
    assert (done.returncode, done.stdout) == (4, "")
    lines = done.stderr.splitlines()
    assert lines[0].startswith(f"error: {what}")
    assert lines[1] == f"  --> {where}"
    assert why is None or lines[-2] == f"  why: {why}"
    assert lines[-1] == f"  help: {remedy}"


@pytest.mark.parametrize(
    "lines",
    [
        ("open(home + '/end.json', 'w').write('{\"ok\": true}')", "os._exit(3)"),
        ("open(home + '/end.json', 'w').write('[]')", "os._exit(0)"),
        ("os.remove(home + '/notes.jsonl')",),
        ("os._exit(0)",),
    ],
)
def test_an_end_that_does_not_fit_what_the_process_did_is_none(lines: tuple[str, ...], project: Project) -> None:
    project.program("import os", "home = os.environ['HOME']", *lines)
    done = project.run("graph")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("error: the program's process ended without a word (status ")
