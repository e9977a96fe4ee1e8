"""`--readable`: one more file or folder that programs may read, for those in Python, Node and YAML alike."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.check import Options, graphs
from resilience_checks.model.errors import InputError, UsageError
from resilience_checks.report.graph_json import as_data
from resilience_checks.sources.program.reach import Reach
from resilience_checks.sources.yaml_program.source import YamlSource
from tests.end_to_end.trees import checked

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph

PYTHON = """\
import pulumi
from pathlib import Path

pulumi.CustomResource("acme:net:Thing", "one", {"told": Path("../../shared/names.txt").read_text()})
pulumi.CustomResource("acme:net:Thing", "two", {"told": pulumi.FileAsset("../../shared/names.txt")})
"""
NODE = """\
"use strict";
const pulumi = require("@pulumi/pulumi");
const told = require("fs").readFileSync("../../shared/names.txt", "utf8");
new pulumi.CustomResource("acme:net:Thing", "one", { told });
new pulumi.CustomResource("acme:net:Thing", "two", { told: new pulumi.asset.FileAsset("../../shared/names.txt") });
"""
YAML = """\
name: web
runtime: yaml
resources:
  one: {type: "acme:net:Thing", properties: {told: {"fn::readFile": ../../shared/names.txt}}}
  two: {type: "acme:net:Thing", properties: {told: {"fn::fileAsset": ../../shared/names.txt}}}
"""
PROGRAMS = {"python": ("__main__.py", PYTHON), "nodejs": ("index.js", NODE), "yaml": ("Pulumi.yaml", YAML)}
OUTSIDE = "the asset ../../shared/names.txt is outside of the repository"
ALLOWED = "--readable lets programs read more"


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder beside the repository, with a file that programs want, and what nobody is to read."""
    place = tmp_path / "shared"
    files = {"names.txt": "shop", ".git/config": "[remote]\n\turl = https://token@example.org/x\n"}
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return place


def program(tmp_path: Path, language: str, text: str = "") -> Path:
    """Write a program of the language, and return the root of its repository."""
    root = tmp_path / "repository"
    name, usual = PROGRAMS[language]
    settings = f"name: web\nruntime: {language}\n"
    for file, content in {"Pulumi.yaml": settings, "Pulumi.prod.yaml": "{}\n", name: text or usual}.items():
        (root / "web").mkdir(parents=True, exist_ok=True)
        (root / "web" / file).write_text(content, encoding="utf-8")
    (root / ".git").mkdir(exist_ok=True)
    return root


def told(root: Path, *readable: Path) -> tuple[dict[str, Any], list[str]]:
    """Return what each resource was told, and what notes say of it."""
    [graph] = graphs(Options((root,), root, readable=readable))
    data = as_data(graph)
    found = {one["name"]: one["inputs"]["told"] for one in data["resources"] if one["name"] in {"one", "two"}}
    return found, [note for note in data["notes"] if "readable" in note]


@pytest.mark.parametrize(
    ("language", "named"),
    [("python", "shared"), ("python", "shared/names.txt"), ("python", "link"), ("nodejs", "shared")],
)
def test_a_program_reads_what_it_is_let_read_and_nothing_else(
    language: str, named: str, tmp_path: Path, shared: Path, request: pytest.FixtureRequest
) -> None:
    root = program(tmp_path, language)
    if language == "nodejs":
        (root / "node_modules").symlink_to(request.getfixturevalue("node_packages"))
    (tmp_path / "link").symlink_to(shared)
    with pytest.raises(InputError) as caught:
        told(root)
    assert "or let programs read it with --readable" in caught.value.remedy
    found, notes = told(root, tmp_path / named)
    assert found["one"] == "shop"
    assert "hash" in found["two"]
    where = os.path.relpath((tmp_path / named).resolve(), root)
    assert notes[0] == f"as --readable says, the program may read {where}"


def test_so_does_a_yaml_program_for_which_what_is_outside_is_unknown(tmp_path: Path, shared: Path) -> None:
    root = program(tmp_path, "yaml")
    why = f"../../shared/names.txt is outside of the repository, so it is not read; {ALLOWED}"
    assert told(root) == (
        {"one": {"$unknown": {"why": why}}, "two": {"path": "../../shared/names.txt"}},
        [f"{OUTSIDE}, so it is not read and has no hash; {ALLOWED}"],
    )
    found, notes = told(root, shared)
    assert (found["one"], found["two"].keys()) == ("shop", {"path", "hash"})
    assert notes == ["as --readable says, the program may read ../shared"]


@pytest.mark.parametrize("language", ["python", "yaml"])
def test_a_program_of_a_second_repository_reads_that_one(language: str, tmp_path: Path) -> None:
    first = program(tmp_path / "first", "yaml")
    usual = PROGRAMS[language][1]
    root = program(tmp_path / "second", language, usual.replace("../../shared", "../shared"))
    (root / "shared").mkdir()
    (root / "shared" / "names.txt").write_text("shop", encoding="utf-8")
    [graph] = graphs(Options((root,), first))
    found = {one["name"]: one["inputs"]["told"] for one in as_data(graph)["resources"] if one["name"] in {"one", "two"}}
    assert (found["one"], found["two"].keys()) == ("shop", {"path", "hash"})


def test_a_note_names_no_path_that_is_secret(tmp_path: Path, shared: Path) -> None:
    secret = YAML.replace(
        '{"fn::fileAsset": ../../shared/names.txt}', '{"fn::secret": {"fn::fileAsset": ../../shared/names.txt}}'
    )
    _, notes = told(program(tmp_path, "yaml", secret))
    assert notes == [
        f"the asset whose path is secret is outside of the repository, so it is not read and has no hash; {ALLOWED}"
    ]
    assert shared.name not in notes[0]


def test_what_may_hold_credentials_stays_hidden_there_unless_it_is_named_itself(tmp_path: Path, shared: Path) -> None:
    root = program(tmp_path, "python", PYTHON.replace("shared/names.txt", "shared/.git/config"))
    try:
        said = repr(told(root, shared))
    except InputError as error:  # where the system cannot put something empty in its place
        said = repr(error)
    assert "token" not in said
    assert "token" in told(root, shared, shared / ".git" / "config")[0]["one"]


def test_what_was_read_there_counts_for_the_cache_and_so_does_the_option(
    tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated, original = [], YamlSource.graph

    def noted(source: YamlSource) -> ResourceGraph:
        evaluated.append(source.name)
        return original(source)

    monkeypatch.setattr(YamlSource, "graph", noted)
    root = program(tmp_path, "yaml")

    def again(*readable: Path) -> int:
        evaluated.clear()
        checked(root, cache=tmp_path / "cache", readable=readable)
        return len(evaluated)

    assert [again(), again(), again(shared), again(shared)] == [1, 0, 1, 0]
    (shared / "names.txt").write_text("another", encoding="utf-8")
    assert [again(shared), again(shared), again()] == [1, 0, 0]


def test_no_file_of_what_is_checked_can_say_what_is_readable(tmp_path: Path, shared: Path) -> None:
    root = program(tmp_path, "yaml")
    for name, text in {
        "web/Pulumi.yaml": f"{YAML}readable: [{shared}]\noptions: {{readable: [{shared}]}}\n",
        "web/Pulumi.prod.yaml": f"readable: [{shared}]\n",
    }.items():
        (root / name).write_text(text, encoding="utf-8")
    assert "hash" not in told(root)[0]["two"]
    (root / "resilience.yaml").write_text(f"version: 1\nreadable: [{shared}]\n", encoding="utf-8")
    with pytest.raises(UsageError, match='unknown key "readable"'):
        checked(root)


def test_reach_goes_by_where_a_path_leads(tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = program(tmp_path, "yaml")
    (root / "out").symlink_to(shared)
    (root / "self").symlink_to("self")
    (root / "gha-creds-1.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("HOME", str(root / "web"))
    (root / "web" / ".aws").mkdir()
    near, far = Reach((root,)), Reach((root,), (shared,))
    paths = (
        "web",
        "out",
        "out/names.txt",
        "out/.git/config",
        "../shared/none",
        "gha-creds-1.json",
        "web/.aws/x",
        "a\0b",
    )
    outside, hidden = "is outside of the repository", "may hold credentials"
    assert [near.lacks(root / path) for path in paths] == ["", *[outside] * 4, hidden, hidden, outside]
    assert [far.lacks(root / path) for path in paths] == ["", "", "", hidden, "", hidden, hidden, outside]
    assert near.lacks(root / "self") in {"", outside}
    assert (near.lacks_of(root / "web"), far.lacks_of(shared)) == (f"holds what {hidden}", f"holds what {hidden}")
    assert Reach((root,), (shared, shared / ".git" / "config")).lacks_of(shared) == ""
    assert Reach((tmp_path / "elsewhere",)).lacks_of(root) == f"has a link to what {outside}"
