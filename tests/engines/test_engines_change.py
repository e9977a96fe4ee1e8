"""What the real CLI says of a change is what the preview reader makes of it."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.operation import SAME, Operation
from resilience_checks.model.question import Holds
from resilience_checks.sources.files.reading import open_all, open_earlier
from tests.engines.recording import FILE, STACK, routine_change

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph
    from tests.engines.real import Engine

PROGRAM = """\
import pulumi


class Thing(pulumi.CustomResource):
    def __init__(self, logical, **inputs):
        super().__init__("vsphere:index/folder:Folder", logical, inputs)


"""
BEFORE = """\
Thing("same", path="a")
Thing("updated", path="a", type="vm")
Thing("replaced", name="a", path="b")
Thing("gone first", address="a")
Thing("deleted", path="a")
"""
AFTER = """\
Thing("same", path="a")
Thing("updated", path="b", type="vm")
Thing("replaced", name="b", path="c")
Thing("gone first", address="b")
Thing("created", path="a")
"""


def plant(folder: Path, body: str) -> Path:
    program = folder / "sample"
    program.mkdir(parents=True)
    (program / "Pulumi.yaml").write_text("name: sample\nruntime: python\n", encoding="utf-8")
    (program / "__main__.py").write_text(PROGRAM + body, encoding="utf-8")
    return program


def read(preview: dict[str, object], folder: Path) -> tuple[ResourceGraph, ResourceGraph]:
    """Return what stands and what will."""
    file = folder / "preview.json"
    file.write_text(json.dumps(preview), encoding="utf-8")
    [after] = open_all([file], [], [folder], folder).sources
    [before] = open_earlier([file], [folder], folder)
    return before.graph(), after.graph()


def operations(graph: ResourceGraph) -> dict[str, Operation]:
    found = {urn.rpartition("::")[2]: operation for urn, operation in graph.operations.items()}
    return {name: operation for name, operation in found.items() if operation.op != SAME}


@pytest.mark.parametrize("steps", [True, False])
def test_each_operation_is_read_with_what_differs_and_what_comes_first(
    engine: Engine, tmp_path: Path, *, steps: bool
) -> None:
    before, after = plant(tmp_path / "before", BEFORE), plant(tmp_path / "after", AFTER)
    extra = ["--show-replacement-steps"] if steps else []
    preview = engine.preview_of_change(before, after, "dev", packages=["vsphere"], extra=extra)
    old, new = read(preview, tmp_path)
    order = [Holds.NO, Holds.YES] if steps else [Holds.UNKNOWN, Holds.UNKNOWN]
    assert operations(new) == {
        "updated": Operation("update", ("path",)),
        "replaced": Operation("replace", ("name", "path"), ("name",), order[0]),
        "gone first": Operation("replace", ("address",), ("address",), order[1]),
        "created": Operation("create"),
        "deleted": Operation("delete"),
    }
    assert new.capabilities.complete
    standing = {resource.name: resource.inputs for resource in old.resources if resource.custom}
    assert standing == {
        "same": {"path": "a"},
        "updated": {"path": "a", "type": "vm"},
        "replaced": {"name": "a", "path": "b"},
        "gone first": {"address": "a"},
        "deleted": {"path": "a"},
    }


def test_the_recorded_preview_of_the_routine_change_is_what_the_engine_says(engine: Engine, tmp_path: Path) -> None:
    fresh = read(routine_change(engine, tmp_path), tmp_path)
    kept = read(json.loads(gzip.decompress(FILE.read_bytes())), tmp_path)
    for one, other in zip(fresh, kept, strict=True):
        assert {item.urn: (item.inputs.keys(), item.provider, item.location) for item in one.resources} == {
            item.urn: (item.inputs.keys(), item.provider, item.location) for item in other.resources
        }
    assert operations(fresh[1]) == operations(kept[1])
    assert len(operations(kept[1])) == 4
    assert STACK.is_dir()
