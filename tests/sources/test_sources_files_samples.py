"""What the real CLI wrote, as whole graphs."""

from __future__ import annotations

import gzip
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.model.errors import InputError
from resilience_checks.report.graph_json import as_data
from resilience_checks.sources.files.reading import open_all
from tests.sources.filing import FILES

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = sorted(path.name for path in FILES.glob("*.json"))


def graph(file: Path, project: Path) -> dict[str, Any]:
    kind = file.name.partition("_")[0]
    previews, states = ([file], []) if kind == "preview" else ([], [file])
    found = open_all(previews, states, (project,), project)
    assert not found.failures
    return as_data(found.sources[0].graph())


def project_of(name: str, directory: Path) -> Path:
    """Make the Pulumi.yaml of a sample's project."""
    text = (FILES / name).read_text(encoding="utf-8")
    urn = text.partition('"urn":"')[2] or text.partition('"urn": "')[2]
    (directory / "Pulumi.yaml").write_text(f"name: {urn.split('::')[1]}\nruntime: nodejs\n", encoding="utf-8")
    return directory


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_of_the_real_cli_becomes_this_graph(name: str, tmp_path: Path) -> None:
    found = graph(FILES / name, project_of(name, tmp_path))
    expected = json.loads((FILES / "snapshots" / name).read_text(encoding="utf-8"))
    assert found == expected


@pytest.mark.parametrize("name", SAMPLES)
def test_gzip_changes_nothing_but_the_digest(name: str, tmp_path: Path) -> None:
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress((FILES / name).read_bytes()))
    shutil.copy(FILES / name, tmp_path / name)
    project_of(name, tmp_path)
    one, other = graph(packed, tmp_path), graph(tmp_path / name, tmp_path)
    assert one.pop("digest") != other.pop("digest")
    assert one == other


@pytest.mark.parametrize("kind", ["preview", "state"])
def test_an_event_log_is_refused_with_the_command_that_gives_the_right_file(kind: str) -> None:
    file = FILES / "events.ndjson"
    previews, states = ([file], []) if kind == "preview" else ([], [file])
    (error,) = open_all(previews, states, (FILES,), FILES).failures
    command = {"preview": "pulumi preview --json --show-sames > FILE", "state": "pulumi stack export --file FILE"}[kind]
    assert isinstance(error, InputError)
    assert error.what == f"events.ndjson:1:1: this is not a {kind}: it is an engine event log"
    assert error.remedy == f"write it with `{command}`"


def test_a_partial_preview_says_how_much_it_lacks(tmp_path: Path) -> None:
    found = graph(FILES / "preview_replace.json", project_of("preview_replace.json", tmp_path))
    assert found["capabilities"] == {
        "lookups": False,
        "elementDependencies": False,
        "secretEquality": False,
        "lines": True,
        "complete": False,
    }
    (note,) = found["notes"]
    assert note == (
        "6 steps are not shown in the preview, unchanged resources among them: "
        "write the preview with `pulumi preview --json --show-sames`"
    )


def regenerate(directory: Path) -> None:
    """Write the snapshots anew."""
    for name in SAMPLES:
        text = json.dumps(graph(FILES / name, project_of(name, directory)), indent=1)
        (FILES / "snapshots" / name).write_text(f"{text}\n", encoding="utf-8")
