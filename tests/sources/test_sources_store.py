"""A store gives back what was put into it, whole, and trusts nothing that somebody else could have written."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from resilience_checks.sources.store import Store, Untrusted

if TYPE_CHECKING:
    from pathlib import Path


def entry(folder: Path) -> Path:
    [found] = folder.glob("*/*")
    return found


def test_what_is_put_in_is_found_by_every_store_of_the_folder(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "cache")
    assert store.get("a") is None
    store.put("a", b"content")
    other = Store(tmp_path / "new" / "cache")
    assert (other.get("a"), other.get("b")) == (b"content", None)
    assert other.derived("secrets") == store.derived("secrets")
    assert entry(tmp_path / "new" / "cache").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("harm", ["cut off", "changed", "empty", "moved", "of another folder"])
def test_what_is_not_whole_is_not_there(tmp_path: Path, harm: str) -> None:
    store = Store(tmp_path / "cache")
    store.put("a", b"content")
    path = entry(tmp_path / "cache")
    match harm:
        case "cut off":
            path.write_bytes(path.read_bytes()[:-1])
        case "changed":
            path.write_bytes(path.read_bytes()[:-1] + b"!")
        case "empty":
            path.write_bytes(b"")
        case "moved":
            data = path.read_bytes()
            store.put("b", b"other")
            [other] = set((tmp_path / "cache").glob("*/*")) - {path}
            path.write_bytes(other.read_bytes())
            other.write_bytes(data)
        case _:
            (tmp_path / "cache" / "key").write_bytes(os.urandom(32))
            store = Store(tmp_path / "cache")
    assert store.get("a") is None


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_what_is_no_plain_file_is_not_there_and_nobody_waits(tmp_path: Path, kind: str) -> None:
    store = Store(tmp_path / "cache")
    store.put("a", b"content")
    path = entry(tmp_path / "cache")
    path.rename(tmp_path / "moved")
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "link":
            path.symlink_to(tmp_path / "moved")
        case _:
            path.mkdir()
    assert store.get("a") is None
    store.put("a", b"other")
    assert (store.get("a"), (tmp_path / "moved").read_bytes()[32:]) == (
        None if kind == "folder" else b"other",
        b"content",
    )


@pytest.mark.parametrize("name", ["key", "cache"])
def test_a_key_or_a_folder_that_is_a_pipe_is_no_store_and_nobody_waits(tmp_path: Path, name: str) -> None:
    Store(tmp_path / "cache")
    place = tmp_path / "cache" if name == "cache" else tmp_path / "cache" / name
    place.rename(tmp_path / "moved")
    os.mkfifo(place)
    with pytest.raises((Untrusted, OSError)):
        Store(tmp_path / "cache")


def test_a_folder_that_others_may_enter_is_not_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    with pytest.raises(Untrusted, match=r"is open to others: chmod 700 it$"):
        Store(tmp_path)
    tmp_path.chmod(0o700)
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(Untrusted, match="is no folder"):
        Store(tmp_path / "link")


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(Untrusted, match="belongs to somebody else"):
        Store(tmp_path)


def test_several_checks_at_once_share_a_key_and_find_whole_entries(tmp_path: Path) -> None:
    stores: list[Store] = []
    found: list[bytes | None] = []

    def work(number: int) -> None:
        store = Store(tmp_path / "cache")
        stores.append(store)
        for _ in range(20):
            store.put("a", bytes([number]) * 10_000)
            found.append(store.get("a"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({store.derived("secrets") for store in stores}) == 1
    assert all(one is not None and len(one) == 10_000 and len(set(one)) == 1 for one in found)


def test_what_nobody_asked_for_in_a_month_goes_away(tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    store.put("old", b"")
    long_ago = time.time() - 31 * 86_400
    os.utime(entry(tmp_path / "cache"), (long_ago, long_ago))
    os.utime(tmp_path / "cache" / "pruned", (long_ago, long_ago))
    store.put("new", b"")
    again = Store(tmp_path / "cache")
    assert (again.get("old"), again.get("new")) == (None, b"")


def test_what_was_not_asked_for_longest_goes_where_there_is_too_much(tmp_path: Path) -> None:
    store, content = Store(tmp_path / "cache", most=1000), b"x" * 268
    for number in range(6):
        store.put(str(number), content)
        for path in (tmp_path / "cache").glob("*/*"):
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 10))
    assert [number for number in range(6) if store.get(str(number)) is not None] == [3, 4, 5]
    store.put("large", b"x" * 2000)
    assert store.get("large") is None


def test_what_a_check_left_that_was_ended_goes_away(tmp_path: Path) -> None:
    Store(tmp_path / "cache")
    left = tmp_path / "cache" / ".resilience-checks-abc"
    left.touch()
    for path in (left, tmp_path / "cache" / "pruned"):
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    Store(tmp_path / "cache")
    assert not left.exists()
