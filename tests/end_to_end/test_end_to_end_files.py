"""Previews and states through the command line: verdicts, refusals, and what is never shown."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.sources.discovery import discover
from resilience_checks.sources.program.source import ProgramSource
from tests.end_to_end.editing import ROOT, STACKS, TODAY, report
from tests.plugins.shared import once
from tests.sources.filing import as_state, export, preview, root, state, step, urn

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph

HIDDEN = "hunter2-the-live-secret"


def run(directory: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "resilience_checks", *arguments],
        cwd=directory,
        input=given,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    assert b"Traceback" not in done.stderr or "--debug" in arguments
    assert HIDDEN.encode() not in done.stdout + done.stderr
    return done


def write(directory: Path, name: str, document: object) -> str:
    (directory / name).write_text(json.dumps(document, indent=2), encoding="utf-8")
    return name


def graphs(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    decoder, text, found = json.JSONDecoder(), done.stdout.decode().strip(), []
    while text:
        one, end = decoder.raw_decode(text)
        found.append(one)
        text = text[end:].strip()
    return found


def test_a_graph_is_printed_of_each_file(tmp_path: Path) -> None:
    one = write(tmp_path, "one.json", preview(step(root()), step(state("a")), config={"web:password": HIDDEN}))
    (tmp_path / "two.json.gz").write_bytes(
        gzip.compress(json.dumps(export(root(), state("b"))).replace(":prod:", ":dev:").encode())
    )
    found = graphs(run(tmp_path, "graph", "--preview", one, "--state", "two.json.gz"))
    assert [(item["project"], item["stack"], item["source"], len(item["resources"])) for item in found] == [
        ("web", "prod", "preview", 2),
        ("web", "dev", "state", 2),
    ]


@pytest.mark.parametrize(("option", "document"), [("--preview", preview(step(root()))), ("--state", export(root()))])
def test_a_file_may_come_from_standard_input(option: str, document: object, tmp_path: Path) -> None:
    (found,) = graphs(run(tmp_path, "graph", option, "-", given=json.dumps(document).encode()))
    assert found["stack"] == "prod"
    broken = run(tmp_path, "check", option, "-", given=b'{"a": ')
    assert broken.returncode == 4
    assert b"standard input:1:7: the file ends in the middle of the JSON document" in broken.stdout + broken.stderr


def test_a_broken_file_leaves_the_others_their_report_and_is_no_pass(tmp_path: Path) -> None:
    sound = write(tmp_path, "sound.json", export(root(), state("a")))
    cut = write(tmp_path, "cut.json", preview(step(root()), step(state("b"))))
    text = (tmp_path / cut).read_text(encoding="utf-8").replace(":prod:", ":dev:")
    (tmp_path / cut).write_text(text[:-30], encoding="utf-8")
    done = run(tmp_path, "check", "--state", sound, "--preview", cut, "--format", "json")
    report = json.loads(done.stdout)
    assert done.returncode == 4
    assert [item["name"] for item in report["stacks"]] == ["web/prod"]
    (failure,) = report["failures"]
    assert "truncated" in failure["what"]


def test_no_value_of_a_broken_file_is_shown(tmp_path: Path) -> None:
    document = preview(step(root()), config={"web:password": HIDDEN})
    for text in (
        json.dumps(document)[:-9],
        json.dumps({"config": {"web:password": HIDDEN}}),
        json.dumps(document).replace(f'"{HIDDEN}"', f'"{HIDDEN}" {HIDDEN}'),
        json.dumps({**document, "diagnostics": [{"severity": "error", "message": HIDDEN}]}),
    ):
        (tmp_path / "bad.json").write_text(text, encoding="utf-8")
        assert run(tmp_path, "check", "--preview", "bad.json", "--format", "github", "--debug").returncode == 4
    assert run(tmp_path, "check", "--preview", "bad.json", "--format", "json").returncode == 4
    assert run(tmp_path, "graph", "--preview", "bad.json").returncode == 4


def test_without_a_path_no_program_runs_and_with_one_a_file_stands_for_its_stack(tmp_path: Path) -> None:
    for project, program in {"web": "raise SystemExit(3)", "other": "import pulumi"}.items():
        home = tmp_path / project
        home.mkdir()
        (home / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n", encoding="utf-8")
        (home / "Pulumi.prod.yaml").write_text("{}\n", encoding="utf-8")
        (home / "__main__.py").write_text(f"{program}\n", encoding="utf-8")
    file = write(tmp_path, "p.json", preview(step(root()), step(state("a", sourcePosition="project:///x.py#3"))))
    (alone,) = graphs(run(tmp_path, "graph", "--preview", file))
    assert alone["resources"][1]["location"] == {"path": "web/x.py", "line": 3}
    assert [item["project"] for item in graphs(run(tmp_path, "graph", ".", "--preview", file))] == ["other", "web"]
    assert [item["project"] for item in graphs(run(tmp_path, "graph", "web", "--preview", file))] == ["web"]
    nothing = run(tmp_path, "graph", "--preview", file, "--stack", "dev")
    assert (nothing.returncode, b"the stacks of the files are web/prod" in nothing.stderr) == (2, True)


def test_one_stack_twice_is_a_usage_error(tmp_path: Path) -> None:
    file = write(tmp_path, "s.json", export(root()))
    done = run(tmp_path, "check", "--state", file, "--state", file)
    assert done.returncode == 2
    assert b"two files are of the stack web/prod" in done.stderr


def offline(name: str) -> tuple[Path, ResourceGraph]:
    """Return a demo stack and what its program registers."""
    directory = STACKS / name
    return directory, once(lambda: _registered(directory), "registered", name)


def _registered(directory: Path) -> ResourceGraph:
    source = ProgramSource(discover([directory], ROOT).stacks[0], ROOT)
    try:
        return source.graph()
    finally:
        source.close()


def outcomes(data: dict[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for result in data["results"]:
        found.setdefault(result["policy"], set()).add(result["outcome"])
    return found


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("nhs-wales-2018", "preview"),
        ("uk-national-cloud", "preview"),
        ("uk-national-cloud", "partial"),
        ("uk-national-cloud", "state"),
    ],
)
def test_what_a_file_cannot_tell_makes_no_pass_of_what_the_program_violates(
    name: str, form: str, tmp_path: Path
) -> None:
    directory, graph = offline(name)
    states = [as_state(resource, hides=form != "state") for resource in graph.resources]
    document = export(*states) if form == "state" else preview(*map(step, states))
    if form == "partial":
        document["changeSummary"]["same"] = 5
    file = tmp_path / "file.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    _, data = report(directory)
    by_program = outcomes(data)
    option = "--state" if form == "state" else "--preview"
    done = run(directory, "check", option, str(file), "--format", "json", "--today", TODAY)
    by_file = outcomes(json.loads(done.stdout))
    violated = {policy for policy, found in by_program.items() if "violation" in found}
    assert violated
    assert all(by_file[policy] & {"violation", "unknown"} for policy in violated)
    if form == "partial":
        assert all(found <= {"unknown", "not_applicable"} for found in by_file.values())


def test_what_is_named_and_not_shown_is_no_pass(tmp_path: Path) -> None:
    child = state("a", "vsphere:index/virtualMachine:VirtualMachine", propertyDependencies={"datastoreId": [urn("x")]})
    document = {**preview(step(root(), "same"), step(child, "update")), "changeSummary": {"same": 9, "update": 1}}
    done = run(tmp_path, "check", "--preview", write(tmp_path, "p.json", document), "--format", "json")
    assert json.loads(done.stdout)["stacks"][0]["capabilities"]["complete"] is False
