"""What the fields of a preview and a state mean for the graph."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.model.graph import Capabilities
from resilience_checks.model.location import Location
from resilience_checks.model.resource import Resource, ResourceOptions
from resilience_checks.model.values import Secret, Unknown
from resilience_checks.sources.files.reading import open_all
from resilience_checks.sources.wire import UNKNOWNS
from tests.sources.filing import CIPHER, MARK, PREFIX, STACK, UNKNOWN, export, preview, read, root, state, step, urn

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph

PROVIDERS = "pulumi:providers:pkg"
DEFAULT = f"{PREFIX}{PROVIDERS}::default_1_2_3"
SECRET = CIPHER[MARK]


def both(tmp_path: Path, *states: dict[str, Any]) -> tuple[ResourceGraph, ResourceGraph]:
    return (
        read(preview(*(step(item) for item in (root(), *states))), tmp_path),
        read(export(root(), *states), tmp_path),
    )


def names(graph: ResourceGraph) -> list[str]:
    return [resource.name for resource in graph.resources]


def test_every_field_of_a_resource_reaches_the_graph(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: web\nruntime: python\n", encoding="utf-8")
    explicit = state("mine", PROVIDERS, inputs={"__internal": {}, "version": "1.2.3", "region": "r"})
    full = state(
        "a::b",
        inputs={"__defaults": ["size"], "size": 1, "from": UNKNOWN, "flat": {"__defaults": [], "x": 2.0}},
        provider=f"{explicit['urn']}::{UNKNOWN}",
        dependencies=[urn("z"), urn("y")],
        propertyDependencies={"size": [], "from": [urn("y")]},
        external=True,
        id="i-1",
        protect=True,
        retainOnDelete=True,
        deletedWith=urn("y"),
        ignoreChanges=["z", "a"],
        aliases=[urn("old")],
        sourcePosition="project:///../sdk.py#3",
        stackTrace=[
            {},
            {"sourcePosition": "project:///../sdk.py#3"},
            {"sourcePosition": "project:///.venv/lib/x.py#4"},
            {"sourcePosition": "project:///my%20app/m%C3%A4in.py#17,4"},
            {"sourcePosition": "project:///other.py#5"},
        ],
    )
    default = {"urn": DEFAULT, "custom": True, "type": PROVIDERS, "inputs": {"version": "1.2.3"}}
    user = state("y", provider=f"{DEFAULT}::id")
    for graph in both(tmp_path, default, explicit, user, state("z"), full):
        assert names(graph) == ["web-prod", "mine", "y", "z", "a::b"]
        found = graph.by_urn
        assert found[urn("y")].provider is None
        assert found[explicit["urn"]].inputs == {"region": "r"}
        assert found[urn("a::b")] == Resource(
            urn=urn("a::b"),
            type="pkg:index:Thing",
            name="a::b",
            custom=True,
            inputs={
                "size": 1,
                "from": Unknown("computed at deployment by pkg:index:Thing y"),
                "flat": {"x": 2},
            },
            parent=STACK,
            provider=explicit["urn"],
            dependencies=(urn("y"), urn("z")),
            property_dependencies={"from": (urn("y"),)},
            location=Location("my app/mäin.py", 17),
            external_id="i-1",
            options=ResourceOptions(
                protect=True,
                retain_on_delete=True,
                deleted_with=urn("y"),
                ignore_changes=("z", "a"),
                aliases=(urn("old"),),
            ),
        )


def test_a_provider_that_a_program_calls_default_is_the_programs_own(tmp_path: Path) -> None:
    own = state("default", PROVIDERS)
    for graph in both(tmp_path, own, state("a", provider=f"{own['urn']}::id")):
        assert graph.by_urn[urn("a")].provider == own["urn"]


def test_a_default_provider_twice_does_no_harm(tmp_path: Path) -> None:
    default = {"urn": DEFAULT, "custom": True, "type": PROVIDERS}
    assert names(read(export(root(), default, default), tmp_path)) == ["web-prod"]


@pytest.mark.parametrize("sentinel", sorted(UNKNOWNS))
def test_every_unknown_sentinel_is_unknown(sentinel: str, tmp_path: Path) -> None:
    for graph in both(tmp_path, state("a", inputs={"x": sentinel, "y": [{"z": sentinel}]})):
        later = Unknown("computed at deployment")
        assert graph.resources[1].inputs == {"x": later, "y": [{"z": later}]}


def test_values_that_json_has_no_form_for(tmp_path: Path) -> None:
    inputs = {
        "asset": {MARK: "c44067f5952c0a294b673a41bacd8c17", "hash": "h", "text": "t"},
        "archive": {MARK: "0def7320c3a5731c473e5ecbe6d01bc7", "hash": "h", "path": "p"},
        "resource": {MARK: "5cf8f73096256a8f31e491e813e4eb8e", "urn": urn("b"), "id": "1"},
        "output": {MARK: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": {"x": 1}},
        "later": {MARK: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "dependencies": [urn("b")]},
        "bytes": {MARK: "803fd3297a5875dc03ca845dda5d2a98", "value": "/w=="},
        "nan": {MARK: "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "value": "7ff8000000000001"},
        "large": 123456789012345678901234567890,
        "null": None,
    }
    for graph in both(tmp_path, state("a", inputs=inputs)):
        assert graph.resources[1].inputs == {
            "asset": {"hash": "h", "text": "t"},
            "archive": {"hash": "h", "path": "p"},
            "resource": {"urn": urn("b"), "id": "1"},
            "output": {"x": 1},
            "later": Unknown("computed at deployment"),
            "bytes": 'b"/w=="',
            "nan": Unknown("nan is no number that can be compared"),
            "large": 123456789012345678901234567890,
            "null": None,
        }


def test_secrets_are_opaque_and_equal_only_where_the_file_tells(tmp_path: Path) -> None:
    def wrapped(**how: str) -> dict[str, str]:
        return {MARK: SECRET, **how}

    inputs = {
        "one": wrapped(ciphertext="v1:a"),
        "same": wrapped(ciphertext="v1:a"),
        "other": wrapped(ciphertext="v1:b"),
        "plain": wrapped(plaintext='"hunter2"'),
        "again": wrapped(plaintext='"hunter2"'),
        "later": wrapped(plaintext=json.dumps(UNKNOWN)),
        "empty": wrapped(),
        "text": "[secret]",
    }
    graph = read(export(root(), state("a", inputs=inputs)), tmp_path)
    found = graph.resources[1].inputs
    kinds = {key: type(value) for key, value in found.items()}
    assert kinds == {**dict.fromkeys(inputs, Secret), "text": str}
    assert found["one"] == found["same"]
    assert found["plain"] == found["again"]
    assert len({found[key] for key in ("one", "other", "plain", "later", "empty")}) == 5
    assert not graph.capabilities.secret_equality
    assert "hunter2" not in repr(graph)


def test_no_two_hidden_secrets_of_previews_are_equal(tmp_path: Path) -> None:
    document = preview(step(root()), step(state("a", inputs={"x": "[secret]", "y": ["[secret]"]})))
    first, second = (read(document, tmp_path).resources[1].inputs for _ in range(2))
    values = [first["x"], first["y"][0], second["x"], second["y"][0]]  # type: ignore[index]
    assert all(isinstance(value, Secret) for value in values)
    assert len(set(values)) == 4


def test_each_operation_leads_to_what_would_stand_in_the_end(tmp_path: Path) -> None:
    old, new = state("r", inputs={"v": 1}), state("r", inputs={"v": 2})
    steps = [
        step(root(), "same"),
        *(step(state(op), op) for op in ("create", "same", "update", "read", "import")),
        step(new, "create-replacement"),
        step(new, "replace", oldState=old),
        {"op": "delete-replaced", "urn": urn("r"), "oldState": old},
        {"op": "delete", "urn": urn("gone"), "oldState": state("gone")},
        {"op": "discard", "urn": urn("unread"), "oldState": state("unread")},
        step(state("seen", inputs={"v": 1}), "refresh"),
        step(state("seen", inputs={"v": 2}), "update"),
        step(state("only"), "refresh"),
        {"op": "refresh", "urn": urn("lost"), "oldState": state("lost")},
    ]
    graph = read(preview(*steps), tmp_path)
    assert names(graph) == ["web-prod", "create", "same", "update", "read", "import", "r", "seen", "only"]
    assert graph.by_urn[urn("r")].inputs == graph.by_urn[urn("seen")].inputs == {"v": 2}
    assert {item.rpartition("::")[2]: found.op for item, found in graph.operations.items()} == {
        "web-prod": "same",
        "create": "create",
        "same": "same",
        "update": "update",
        "read": "read",
        "import": "import",
        "r": "replace",
        "gone": "delete",
        "unread": "discard",
        "seen": "update",
        "only": "refresh",
        "lost": "delete",
    }
    assert graph.capabilities == Capabilities(
        lookups=False, element_dependencies=False, secret_equality=False, lines=False, complete=True
    )


@pytest.mark.parametrize(
    ("summary", "note"),
    [
        ({"same": 3, "create": 1}, "2 steps are not shown in the preview, unchanged resources among them: "),
        ({"same": 1, "create": 2}, "1 steps are not shown in the preview, unchanged resources among them: "),
        (None, "the preview has no `changeSummary`, so nothing says whether it is whole: "),
    ],
)
def test_a_preview_that_lacks_steps_is_partial_and_may_name_what_it_lacks(
    summary: dict[str, int] | None, note: str, tmp_path: Path
) -> None:
    child = state("a", parent=urn("hidden"), dependencies=[urn("also hidden")])
    document = {**preview(step(root(), "same"), step(child)), "changeSummary": summary}
    graph = read(document, tmp_path)
    assert not graph.capabilities.complete
    assert graph.notes[-1] == f"{note}write the preview with `pulumi preview --json --show-sames`"
    assert graph.by_urn[urn("a")].parent == urn("hidden")


def test_an_operation_of_a_later_cli_makes_a_preview_partial(tmp_path: Path) -> None:
    graph = read(preview(step(root()), step(state("a"), "reshape")), tmp_path)
    assert names(graph) == ["web-prod", "a"]
    assert not graph.capabilities.complete
    assert graph.notes[-1] == "the operation 'reshape' is not known to this tool"


@pytest.mark.parametrize(
    "form",
    [
        lambda deployment: {"version": 3, "deployment": deployment},
        lambda deployment: {"deployment": deployment, "version": 4, "features": ["x"]},
        lambda deployment: {"version": 1, "checkpoint": {"stack": "prod", "latest": deployment}},
        lambda deployment: {"version": 3, "checkpoint": {"stack": "o/web/prod", "config": {}, "latest": deployment}},
        lambda deployment: {"version": 4, "checkpoint": {"latest": deployment, "stack": "prod"}},
        lambda deployment: {"stack": "prod", "config": {"web:key": "v"}, "latest": deployment},
    ],
)
def test_every_form_of_a_state_is_read(form: Any, tmp_path: Path) -> None:
    graph = read(form({"manifest": {}, "resources": [root(), state("a")]}), tmp_path)
    assert (graph.name, names(graph), graph.capabilities.complete) == ("web/prod", ["web-prod", "a"], True)


def test_before_dependencies_by_property_every_input_has_them_all(tmp_path: Path) -> None:
    states = [root(), state("b"), state("c"), state("a", inputs={"x": 1, "y": 2}, dependencies=[urn("b"), urn("c")])]
    old = read(export(*states, version=2), tmp_path).by_urn[urn("a")]
    assert old.property_dependencies == {"x": (urn("b"), urn("c")), "y": (urn("b"), urn("c"))}
    assert read(export(*states, version=3), tmp_path).by_urn[urn("a")].property_dependencies == {}


def test_what_is_being_deleted_is_left_out_and_told(tmp_path: Path) -> None:
    old = state("a", inputs={"v": 1}, delete=True)
    graph = read(export(root(), old, state("a", inputs={"v": 2}), state("b", delete=True)), tmp_path)
    assert [resource.inputs for resource in graph.resources] == [{}, {"v": 2}]
    assert graph.notes[-1] == "2 resources that are about to be deleted are left out"
    assert graph.capabilities.complete
    needed = read(export(root(), state("b", delete=True), state("c", dependencies=[urn("b")])), tmp_path)
    assert not needed.capabilities.complete


@pytest.mark.parametrize(("name", "complete"), [("new", False), ("a", True)])
def test_operations_under_way_are_told(name: str, *, complete: bool, tmp_path: Path) -> None:
    pending = [{"resource": state(name), "type": "creating" if name == "new" else "updating"}]
    graph = read(export(root(), state("a"), pending_operations=pending), tmp_path)
    assert graph.capabilities.complete is complete
    assert graph.notes[-1] == "1 operations were under way when the state was written: it may lack resources"


def test_a_state_tells_elements_apart_by_ids(tmp_path: Path) -> None:
    inputs = {"sure": [{"s": "id-b"}, {"s": "id-c"}], "partly": [{"s": "id-b"}, {"s": "x"}], "list": ["id-c", "id-b"]}
    deps = [urn("b"), urn("c")]
    user = state("a", inputs=inputs, dependencies=deps, propertyDependencies=dict.fromkeys(inputs, deps))
    graph = read(export(root(), state("b", id="id-b"), state("c", id="id-c"), user), tmp_path)
    assert graph.by_urn[urn("a")].element_dependencies == {
        "sure[0].s": (urn("b"),),
        "sure[1].s": (urn("c"),),
        "list[0]": (urn("c"),),
        "list[1]": (urn("b"),),
    }


def test_the_outputs_of_a_state_are_those_of_its_stack(tmp_path: Path) -> None:
    stack = {**root(), "outputs": {"url": "u", "key": CIPHER}}
    outputs = read(export(stack, state("a")), tmp_path).outputs
    assert (outputs["url"], type(outputs["key"])) == ("u", Secret)


def test_positions_are_relative_to_the_projects_own_directory(tmp_path: Path) -> None:
    home = tmp_path / "infra" / "web"
    home.mkdir(parents=True)
    (home / "Pulumi.yaml").write_text("runtime: python\nname: web\n", encoding="utf-8")
    (tmp_path / "infra" / "Pulumi.yaml").write_text("name: other\nruntime: python\n", encoding="utf-8")
    made = [
        state("a", sourcePosition="project:///src/a.py#3"),
        state("b", sourcePosition="project:///src/../../x.py#3"),
        state("c", sourcePosition="file:///src/a.py#3"),
        state("d", sourcePosition="project:///a.py#x"),
    ]
    graph = read(export(root(), *made), tmp_path)
    assert [str(resource.location) for resource in graph.resources[1:]] == ["infra/web/src/a.py:3", *["None"] * 3]
    assert graph.project_file == Location("infra/web/Pulumi.yaml", 2)


def test_standard_input_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = json.dumps(export(root(), state("a"))).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    (source,) = open_all([], [type(tmp_path)("-")], [tmp_path], tmp_path).sources
    assert names(source.graph()) == ["web-prod", "a"]


def test_what_was_deleted_to_be_made_anew_does_not_stand_yet(tmp_path: Path) -> None:
    graph = read(export(root(), state("a", pendingReplacement=True)), tmp_path)
    assert (names(graph), graph.capabilities.complete) == (["web-prod", "a"], False)
    assert "1 resources were deleted and are not made anew yet" in graph.notes


@pytest.mark.parametrize("said", [{"changeSummary": {"create": "2"}}, {"maybeCorrupt": True}])
def test_a_preview_that_does_not_say_that_it_is_whole_is_not(said: dict[str, Any], tmp_path: Path) -> None:
    document = preview(step(root()), step(state("a")), **said)
    assert not read(document, tmp_path).capabilities.complete
