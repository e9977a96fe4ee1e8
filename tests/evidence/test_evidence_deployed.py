"""Whether what is deployed is what was checked: what differs is named, what cannot be known is told, values never."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.evidence.deployed import compare
from resilience_checks.evidence.statement import Statement
from resilience_checks.evidence.witness import Subject, stack
from resilience_checks.model.graph import ResourceGraph
from resilience_checks.model.location import Location
from resilience_checks.model.resource import Resource, ResourceOptions
from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown
from resilience_checks.options import Options
from resilience_checks.report.verification import Deployed, Inputs, State
from tests.evidence.projects import SECRET, run, write
from tests.sources.filing import CIPHER, MARK, PREFIX, as_state, export, root, state, urn
from tests.sources.test_sources_files_round_trip import resources

if TYPE_CHECKING:
    from tests.engines.real import Engine

A = urn("a")
LATER = Unknown("computed at deployment")


def resource(name: str = "a", **more: Any) -> Resource:
    kind = more.pop("type", "pkg:index:Thing")
    found = {"custom": True, "inputs": {}, "parent": f"{PREFIX}pulumi:pulumi:Stack::web-prod", **more}
    return Resource(urn=urn(name, kind), type=kind, name=name, **found)


ROOT = Resource(root()["urn"], "pulumi:pulumi:Stack", "web-prod", custom=False, inputs={})


def held(checked: list[Resource], deployed: list[dict[str, Any]], directory: Path, **more: Any) -> Deployed:
    """Return how a state stands to a graph of source "preview", whose evidence went through a file."""
    graph = ResourceGraph("web", "prod", Location("Pulumi.yaml", 1), "preview", (ROOT, *checked), **more)
    told = json.loads(json.dumps(stack(graph, Options((), directory))))
    file = directory / "state.json"
    file.write_text(json.dumps(export(root(), *deployed)), encoding="utf-8")
    (found,) = compare(Statement((Subject("web/prod", "", told),), {}), [file], directory)
    assert SECRET not in json.dumps(told)
    return found


def same(inputs: dict[str, Any], deployed: dict[str, Any], directory: Path, **more: Any) -> tuple[Any, ...]:
    """Return what differs, is added and cannot be compared of one resource, by paths."""
    found = held([resource(inputs=inputs, **more)], [state("a", inputs=deployed)], directory)
    return tuple(
        {path: each.why for each in group for path in each.paths}
        for group in (found.differing, found.added, found.incomparable)
    )


NOT_KNOWN, HIDDEN, KEPT = (
    "not known when it was checked",
    "secret: values are not compared",
    "the program asks to keep what is deployed",
)


@pytest.mark.parametrize(
    ("checked", "deployed", "differs", "added", "incomparable"),
    [
        ({"a": 1, "b": [{"c": "x"}]}, {"a": 1.0, "b": [{"c": "x"}]}, {}, {}, {}),
        ({"a": 1}, {"a": True}, {"a": ""}, {}, {}),
        ({"a": "1"}, {"a": 1}, {"a": ""}, {}, {}),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a.b": ""}, {}, {}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": "", "a.b": ""}, {}, {}),
        ({"a": None}, {}, {}, {}, {}),
        # what a provider may fill in, and what none does
        ({"a": 1}, {"a": 1, "b": {"c": 2}}, {}, {"b.c": ""}, {}),
        ({"a": 1}, {"a": 1, "b": 2, "__defaults": ["b"]}, {}, {}, {}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2, "__defaults": ["c"]}}, {}, {}, {}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}, "__defaults": ["c"]}, {}, {"a.c": ""}, {}),
        ({"a": [1]}, {"a": [1, 2]}, {"a[1]": ""}, {}, {}),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, {}, {"a[0].c": ""}, {}),
        ({"a": []}, {"a": [1]}, {"a": "", "a[0]": ""}, {}, {}),
        ({"a": 1}, {"a": {"b": 1}}, {"a": "", "a.b": ""}, {}, {}),
        ({"a": {"b.c": 1}}, {"a": {"b": {"c": 1}}}, {'a["b.c"]': ""}, {"a.b.c": ""}, {}),
        # what was not known
        ({"a": LATER, "b": LATER}, {"a": {"b": [1]}}, {}, {}, {"a.b[0]": NOT_KNOWN, "a": NOT_KNOWN, "b": NOT_KNOWN}),
        ({"a": [LATER, 1]}, {"a": ["x", 2]}, {"a[1]": ""}, {}, {"a[0]": NOT_KNOWN}),
        ({"a": LookupAnswer("l", "p")}, {"a": 1}, {}, {}, {"a": NOT_KNOWN}),
        ({"a": StackOutput("o/p", "p")}, {"a": 1}, {}, {}, {"a": NOT_KNOWN}),
        ({"a": f"x secure{'0' * 24}"}, {"a": "x plain"}, {}, {}, {"a": NOT_KNOWN}),
        ({"a": {"urn": urn("b"), "id": ""}}, {"a": {"urn": urn("b"), "id": "b-1"}}, {}, {}, {"a.id": NOT_KNOWN}),
        # secrets
        ({"a": Secret("d")}, {"a": CIPHER}, {}, {}, {"a": HIDDEN}),
        ({"a": Secret("d")}, {"a": {**CIPHER, "plaintext": f'"{SECRET}"'}}, {}, {}, {"a": HIDDEN}),
        ({"a": Secret("d")}, {"a": "plain"}, {"a": "was secret when it was checked"}, {}, {}),
        ({"a": Secret("d")}, {}, {"a": ""}, {}, {}),
        ({"a": "plain"}, {"a": CIPHER}, {}, {}, {"a": HIDDEN}),
        ({"a": {"b": 1}}, {"a": CIPHER}, {}, {}, {"a": HIDDEN, "a.b": HIDDEN}),
        ({}, {"a": CIPHER}, {}, {"a": ""}, {}),
    ],
)  # fmt: skip
def test_inputs_are_held_against_what_was_known(
    checked: dict[str, Any],
    deployed: dict[str, Any],
    differs: dict[str, str],
    added: dict[str, str],
    incomparable: dict[str, str],
    tmp_path: Path,
) -> None:
    assert same(checked, deployed, tmp_path) == (differs, added, incomparable)


@pytest.mark.parametrize("kept", ["a", "a.b", "a[*]", "*"])
def test_what_the_program_asks_to_keep_is_not_compared(kept: str, tmp_path: Path) -> None:
    options = ResourceOptions(ignore_changes=(kept,))
    assert same({"a": {"b": 1}}, {"a": {"b": 2}}, tmp_path, options=options) == ({}, {}, {"a.b": KEPT})


def test_resources_of_one_side_alone_are_told(tmp_path: Path) -> None:
    found = held([resource("gone"), resource("a")], [state("a"), state("new")], tmp_path)
    assert (found.state, found.unchecked, found.missing) == (State.CHANGED, (urn("new"),), (urn("gone"),))
    assert found.notes == ()


def test_it_is_said_where_the_check_could_not_see_all_that_is_made(tmp_path: Path) -> None:
    from resilience_checks.model.graph import SkippedCallback

    found = held([], [state("new")], tmp_path, skipped=(SkippedCallback(None, "make"),))
    assert found.notes == ("the check could not see all that the program makes: the report says where, at this stack",)


def test_type_parent_provider_and_id_are_part_of_a_resource(tmp_path: Path) -> None:
    provider = resource("p", type="pulumi:providers:pkg")
    reference = f"{provider.urn}::an-id"
    there = state("p", "pulumi:providers:pkg")
    found = held([provider, resource()], [there, state("a", provider=reference)], tmp_path)
    assert found.differing == (Inputs(A, ("provider",)),)
    found = held([provider, resource(provider=provider.urn)], [there, state("a", provider=reference)], tmp_path)
    assert found.state is State.SAME
    found = held([resource()], [state("a", parent=None, type="pkg:index:Other")], tmp_path)
    assert found.differing == (Inputs(A, ("type", "parent")),)
    read = resource(external_id="vpc-1")
    found = held([read], [state("a", external=True, id="vpc-2", inputs={"x": 1})], tmp_path)
    assert found.differing == (Inputs(A, ("id",)),)
    found = held([read], [state("a", external=True, id="vpc-1", inputs={"x": 1})], tmp_path)
    assert (found.state, found.incomparable) == (State.SAME, (Inputs(A, ("x",), "the provider tells what it read"),))


def test_what_a_component_is_given_reaches_no_provider(tmp_path: Path) -> None:
    component = resource(custom=False, inputs={"size": 1})
    assert held([component], [state("a", custom=False, inputs={"size": 2})], tmp_path).state is State.SAME
    assert held([component], [state("a")], tmp_path).differing == (Inputs(A, ("type",)),)


def test_the_settings_of_a_default_provider_are_compared(tmp_path: Path) -> None:
    kind = "pulumi:providers:aws"
    default = {"urn": f"{PREFIX}{kind}::default", "custom": True, "type": kind, "id": "i"}
    settings = {"default_providers": {"aws": {"region": "eu-west-2", "profile": "p"}}}
    found = held([], [default | {"inputs": {"region": "us-east-1", "version": "7.0.0"}}], tmp_path, **settings)
    assert found.differing == (Inputs("default provider of aws", ("region",)),)
    found = held([], [default | {"inputs": {"region": "eu-west-2", "version": "7.0.0"}}], tmp_path, **settings)
    assert found.state is State.SAME


def test_a_stack_that_was_never_checked_is_told(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(export(root(), state("a"))), encoding="utf-8")
    statement = Statement((Subject("web/dev", "", {"kind": "stack"}), Subject("policies", "")), {})
    (found,) = compare(statement, [file], tmp_path)
    assert (found.stack, found.state, found.notes) == ("web/prod", State.UNCHECKED, ("web/dev",))


@given(resources(), st.data())
def test_a_program_that_is_deployed_as_it_was_checked_is_the_same_and_any_other_value_is_found(
    made: list[Resource], data: st.DataObject
) -> None:
    made = [replace(one, options=ResourceOptions()) for one in made]
    with TemporaryDirectory() as directory:
        deployed = [as_state(one, hides=False) for one in made]
        assert held(made, deployed, Path(directory)).state is State.SAME
        places = [
            (number, key)
            for number, one in enumerate(made)
            for key, value in one.inputs.items()
            if one.custom and isinstance(value, str | int | float)
        ]
        if places:
            number, key = data.draw(st.sampled_from(places))
            deployed[number]["inputs"] = {**deployed[number]["inputs"], key: "something else altogether"}
            (differing,) = held(made, deployed, Path(directory)).differing
            assert (differing.urn, len(differing.paths)) == (made[number].urn, 1)


PROGRAM = """\
import pulumi
from pulumi import Output


class Thing(pulumi.CustomResource):
    made: Output[str]

    def __init__(self, name, **inputs):
        super().__init__("acme:net:Thing", name, {"made": None, **inputs})


up = not pulumi.runtime.is_dry_run() and CHEATS
one = Thing("one", size=1, text="plain", nothing=None, hidden=Output.secret("hunter2-the-live-secret"))
Thing("two", of=one.id, whole=one, members=[one.made, 2, None], asset=pulumi.StringAsset("text"), public=up)
if up:
    Thing("backdoor")
"""


@pytest.mark.parametrize("cheats", [False, True])
def test_the_real_engine_deploys_what_was_checked_unless_the_program_knows_a_preview(
    cheats: bool, engine: Engine, tmp_path: Path
) -> None:
    files = {
        "web/Pulumi.yaml": "name: web\nruntime: python\n",
        "web/Pulumi.prod.yaml": "config: {}\n",
        "web/__main__.py": PROGRAM.replace("CHEATS", str(cheats)),
    }
    repository = write(tmp_path / "repository", files)
    assert run(repository, "check", "--attest", "evidence.json").returncode in {0, 3}
    done = engine.run(repository / "web", "prod", ["up", "--yes", "--skip-preview"], packages=["acme"])
    assert done.returncode == 0, done.stdout + done.stderr
    exported = subprocess.run(
        [str(engine._cli), "stack", "export", "--stack", "prod"],
        cwd=engine._home / "programs" / str(engine._programs) / "web",
        env=engine._environment(),
        capture_output=True,
        check=True,
    )
    (repository / "state.json").write_bytes(exported.stdout)
    done = run(repository, "verify", "evidence.json", "--state", "state.json", "--format", "json")
    (found,) = json.loads(done.stdout)["deployed"]
    thing = "urn:pulumi:prod::web::acme:net:Thing::"
    if cheats:
        assert (done.returncode, found["unchecked"]) == (5, [f"{thing}backdoor"])
        assert found["differing"] == [{"urn": f"{thing}two", "paths": ["public"], "why": ""}]
    else:
        assert (done.returncode, found["state"], found["resources"]) == (0, "same", 3)
    assert {path for one in found["incomparable"] for path in one["paths"]} == {
        "hidden",
        "of",
        "whole.id",
        "members[0]",
    }


def test_a_person_is_told_what_is_deployed_and_was_not_checked(tmp_path: Path) -> None:
    files = {
        "web/Pulumi.yaml": "name: web\nruntime: yaml\nresources:\n"
        '  a: {type: "pkg:index:Thing", properties: {size: 1, open: false}}\n',
        "web/Pulumi.prod.yaml": "config: {}\n",
    }
    repository = write(tmp_path / "repository", files)
    run(repository, "check", "--attest", "evidence.json", "--clock", "2026-01-24T07:30:00Z")
    secret = {MARK: CIPHER[MARK], "plaintext": f'"{SECRET}"'}
    deployed = [state("a", inputs={"size": 2, "open": False, "more": 1, "key": secret}), state("b")]
    (repository / "state.json").write_text(json.dumps(export(root(), *deployed)), encoding="utf-8")
    done = run(repository, "verify", "evidence.json", "--state", "state.json")
    expected = Path(__file__).with_name("snapshots") / "deployed.txt"
    assert (done.returncode, done.stdout) == (5, expected.read_text(encoding="utf-8"))
