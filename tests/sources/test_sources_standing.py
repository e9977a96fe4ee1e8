"""What a run hangs on is known by the run itself, and so is what keeps it from being known."""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from resilience_checks.sources.discovery import discover
from resilience_checks.sources.opening import of_program
from resilience_checks.sources.program import standing
from resilience_checks.sources.program.standing import Standing
from tests.end_to_end.trees import plant, python

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph


def graph(root: Path) -> ResourceGraph:
    [stack] = discover([root], root).stacks
    with closing(of_program(stack, root)) as source:
        return source.graph()


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def outside(found: ResourceGraph, root: Path) -> dict[str, str]:
    return {key: told for key, told in found.marks.items() if str(root) in key}


def test_a_python_program_is_known_by_what_it_imports_opens_lists_and_asks_for(tmp_path: Path) -> None:
    program = python(
        "import os, pathlib, sys",
        "sys.path.append('../shared')",
        "import common",
        "pathlib.Path('../data.json').read_text()",
        "pathlib.Path('own.txt').read_text()",
        "os.listdir('../more')",
        "os.path.exists('../flag'), pathlib.Path('../other').exists()",
        "pulumi.FileAsset('own.txt')",
        "Thing('a', 'x:y:Z', source=pulumi.FileAsset('../asset.txt'))",
    )
    plant(tmp_path, {"app": program}, data_json="{}", asset_txt="asset")
    for name in ("shared", "more"):
        (tmp_path / name).mkdir()
    (tmp_path / "shared" / "common.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "app" / "own.txt").write_text("own", encoding="utf-8")
    found = graph(tmp_path)
    assert found.unseen == ""
    assert {key.split(" ")[0] for key in found.marks} == {"file", "folder", "package", "stat"}
    base = tmp_path.resolve()
    told = outside(found, base)
    assert told[f"file {base}/asset.txt"] == sha("asset")
    assert told.keys() >= {
        f"file {base}/data.json",
        f"file {base}/shared/common.py",
        f"folder {base}/more",
        f"folder {base}/shared",
        f"stat {base}/flag",
        f"stat {base}/other",
    }
    assert standing.stands(found.marks)
    (tmp_path / "flag").touch()
    assert not standing.stands(found.marks)


def test_what_a_python_program_does_beside_reading_may_hide_what_it_hangs_on(tmp_path: Path) -> None:
    program = python(
        "import contextlib, datetime, os, pathlib, subprocess",
        "subprocess.run(['true'])",
        "pathlib.Path('/proc/uptime').read_text()",
        "with contextlib.suppress(OSError): pathlib.Path('../written').write_text('')",
    )
    plant(tmp_path, {"app": program})
    assert graph(tmp_path).unseen == (
        "it starts another program; it reads /proc/uptime; it writes to files; "
        "__main__.py may ask for the time, for chance or for this machine: import contextlib, datetime"
    )


def test_a_yaml_program_reads_what_it_names(tmp_path: Path) -> None:
    program = (
        "resources:\n  a:\n    type: x:y:Z\n    properties:\n"
        "      text: {fn::readFile: ../data.json}\n      file: {fn::fileAsset: ../asset.txt}\n"
    )
    plant(tmp_path, {"app": program}, data_json="{}", asset_txt="asset")
    found = graph(tmp_path)
    assert found.unseen == ""
    assert outside(found, tmp_path) == {
        f"file {tmp_path.resolve()}/asset.txt": sha("asset"),
        f"file {tmp_path.resolve()}/data.json": sha("{}"),
    }


def test_what_is_read_is_unknown_without_notes(tmp_path: Path) -> None:
    assert standing.of_child(None, tmp_path, tmp_path, ()) == Standing(unseen="what the program reads is not recorded")


@pytest.mark.parametrize("change", ["content", "gone", "folder"])
def test_a_mark_tells_every_change(tmp_path: Path, change: str) -> None:
    file, folder = tmp_path / "a.txt", tmp_path / "folder"
    file.write_text("one", encoding="utf-8")
    folder.mkdir()
    keys = [(standing.FILE, file), (standing.FOLDER, folder), (standing.STAT, file)]
    marks = {f"{kind} {path}": standing.mark(kind, str(path)) for kind, path in keys}
    assert standing.stands(marks)
    match change:
        case "content":
            file.write_text("two", encoding="utf-8")
        case "gone":
            file.unlink()
        case _:
            (folder / "new").touch()
    assert not standing.stands(marks)


def test_a_link_on_the_way_that_leads_elsewhere_is_told(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.txt").write_text("same", encoding="utf-8")
    (tmp_path / "way").symlink_to("one")
    program = "resources:\n  a: {type: x:y:Z, properties: {text: {fn::readFile: ../way/data.txt}}}\n"
    plant(tmp_path, {"app": program})
    found = graph(tmp_path)
    assert standing.stands(found.marks)
    (tmp_path / "way").unlink()
    (tmp_path / "way").symlink_to("two")
    assert not standing.stands(found.marks)


def test_what_changed_while_the_program_ran_is_not_known(tmp_path: Path) -> None:
    file = tmp_path / "data.txt"
    file.write_text("new", encoding="utf-8")
    changed = file.stat().st_ctime

    def unseen(began: float) -> str:
        told = {"opened": [str(file)], "asked": [str(tmp_path)]}
        return standing.of_child(told, tmp_path / "app", tmp_path, (), (), began).unseen

    assert (unseen(changed + 1), unseen(changed - 1)) == ("", f"{file} changed while it ran")
