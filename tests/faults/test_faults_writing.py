"""Files appear whole or not at all, and nothing of the package writes its results any other way."""

from __future__ import annotations

import errno
import os
import re
import stat
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.writing import write, write_all
from tests.cli.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

OTHERWISE = {
    "model/writing.py": "the seam",
    "report/step_summary.py": "adds to a file that several steps of a job add to; what it cannot add whole it takes back",
    "trust.py": "into a temporary folder of the run",
    "sources/program/child_process.py": "into the private folder of a child",
    "sources/program/child.py": "the child, where it is stuck, into its private folder",
    "sources/program/confinement.py": "the job of a launcher, into the private folder of a child",
    "sources/program/confining/namespaces.py": "the launcher, into /proc and a file system that ends with it",
    "sources/program/resilience_child/notes.py": "the child, into its private folder",
}
_WRITES = re.compile(r"""\.write_(text|bytes)\(|\bopen\([^)]*["'][wax]b?\+?["']|os\.replace\(|mkstemp|os\.truncate""")


def test_results_are_written_through_one_seam() -> None:
    package = ROOT / "resilience_checks"
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if _WRITES.search(path.read_text(encoding="utf-8"))
    }
    assert found == set(OTHERWISE)


def test_what_is_replaced_keeps_its_mode_and_what_is_new_has_the_usual_one(tmp_path: Path) -> None:
    old, new, own = tmp_path / "old", tmp_path / "new", tmp_path / "own"
    old.write_text("before", encoding="utf-8")
    old.chmod(0o640)
    for path in (old, new):
        write(path, b"after")
    write(own, b"after", private=True)
    before = os.umask(0)
    os.umask(before)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (old, new, own)]
    assert modes == [0o640, 0o666 & ~before, 0o600]
    assert {path.read_bytes() for path in (old, new, own)} == {b"after"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old", "own"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_text("before", encoding="utf-8")
    (tmp_path / "link").symlink_to("there/file")
    write(tmp_path / "link", b"after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there" / "file").read_bytes() == b"after"


def test_a_file_that_may_only_be_read_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("before", encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write what it likes
    with pytest.raises(PermissionError):
        write(tmp_path / "file", b"after")
    assert (tmp_path / "file").read_bytes() == b"before"


def test_what_appeared_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("theirs", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_all({tmp_path / "a": b"mine", tmp_path / "b": b"mine"}, new=True)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("b", b"theirs")]


@pytest.mark.parametrize("refusal", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_file_system_without_hard_links_has_new_files_too(
    tmp_path: Path, refusal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(os, "link", refuse)
    write(tmp_path / "a", b"mine", new=True)
    with pytest.raises(FileExistsError):
        write(tmp_path / "a", b"other", new=True)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"mine")]


def test_whatever_interrupts_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("before", encoding="utf-8")

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a", b"after")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"before")]
