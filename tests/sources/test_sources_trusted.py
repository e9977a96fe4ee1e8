"""Where settings are trusted: a commit of the repository, or a file that no change brings."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.errors import UsageError
from resilience_checks.sources.trusted import TrustedCommit, TrustedFile, trusted

if TYPE_CHECKING:
    from pathlib import Path


def git(directory: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", *who, *arguments], cwd=directory, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository whose main holds settings, and whose working tree holds others."""
    root = tmp_path / "clone"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    write(
        root, {"resilience.yaml": "main\n", "a/own/x.rego": "x\n", "a/own/deep/y.rego": "y\n", "shared/s.yaml": "s\n"}
    )
    (root / "a" / "resilience.yaml").symlink_to("../shared/s.yaml")
    (root / "a" / "outside.yaml").symlink_to("/etc/hostname")
    (root / "a" / "gone.yaml").symlink_to("nowhere")
    commit(root, "base")
    git(root, "checkout", "-q", "-b", "work")
    write(root, {"resilience.yaml": "work\n", "added.yaml": "added\n"})
    commit(root, "work")
    return root


def test_a_commit_holds_its_own_files(clone: Path) -> None:
    found = trusted("main", clone)
    assert found.name == f"main ({git(clone, 'rev-parse', 'main')[:10]})"
    asked = (
        "resilience.yaml",
        "a/resilience.yaml",
        "added.yaml",
        "a",
        "a/outside.yaml",
        "a/gone.yaml",
        "../x",
        "/etc/x",
    )
    assert {path: found.content(path) for path in asked} == {
        "resilience.yaml": b"main\n",
        "a/resilience.yaml": b"s\n",
        "added.yaml": None,
        "a": None,
        "a/outside.yaml": None,
        "a/gone.yaml": None,
        "../x": None,
        "/etc/x": None,
    }
    assert found.content("a\nb") is None
    assert found.content("a/../resilience.yaml") == b"main\n"


def test_a_folder_of_a_commit_holds_all_below_it(clone: Path) -> None:
    found = trusted("main", clone)
    assert found.folder("a/own") == {"x.rego": b"x\n", "deep/y.rego": b"y\n"}
    assert found.folder("resilience.yaml") == {"": b"main\n"}
    assert found.folder("nowhere") == found.folder("..") == {}


def test_paths_begin_where_the_check_does_and_links_of_the_checkout_lead_nowhere_else(clone: Path) -> None:
    assert trusted("main", clone / "a").content("own/x.rego") == b"x\n"
    write(clone, {"b/own/x.rego": "other\n"})
    subprocess.run(["rm", "-r", str(clone / "a")], check=True)
    (clone / "a").symlink_to("b", target_is_directory=True)
    assert trusted("main", clone).content("a/own/x.rego") == b"x\n"


def test_a_file_holds_for_all_projects_and_knows_its_neighbours(clone: Path, tmp_path: Path) -> None:
    write(tmp_path, {"org/settings.yaml": "org\n", "org/resilience-waivers.yaml": "w\n", "org/packs/z.rego": "z\n"})
    found = trusted(str(tmp_path / "org" / "settings.yaml"), clone)
    assert isinstance(found, TrustedFile)
    assert found.content("a/resilience.yaml") == b"org\n"
    assert found.content("a/resilience-waivers.yaml") == b"w\n"
    assert found.content("other.yaml") is None
    assert found.folder("packs") == {"z.rego": b"z\n"}


def test_a_commit_goes_before_a_file_of_its_name(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(clone, {"main": "file\n"})
    monkeypatch.chdir(clone)
    assert isinstance(trusted("main", clone), TrustedCommit)
    write(tmp_path, {"main": "file\n"})
    monkeypatch.chdir(tmp_path)
    assert isinstance(trusted("./main", clone), TrustedFile)


def refused(given: str, root: Path) -> str:
    with pytest.raises(UsageError) as caught:
        trusted(given, root)
    return f"{caught.value.what}; {caught.value.remedy}"


def test_what_is_nothing_says_what_to_do(clone: Path, tmp_path: Path) -> None:
    assert refused("origin/main", clone) == (
        "--settings: origin/main is neither a commit of this repository nor a file; fetch it first (`git fetch origin "
        "main`; in a CI job the checkout may bring one commit alone), or name another"
    )
    assert (
        refused(str(tmp_path), clone)
        == f"--settings: {tmp_path} is a folder; name the file in it: {tmp_path}/resilience.yaml"
    )
    (tmp_path / "bare").mkdir()
    assert refused("x", tmp_path / "bare").startswith("--settings: x is no file, and there is no git repository here")


def test_a_file_that_the_change_itself_brings_is_refused(clone: Path, tmp_path: Path) -> None:
    write(tmp_path, {"org/resilience.yaml": "org\n"})
    (clone / "link.yaml").symlink_to(tmp_path / "org" / "resilience.yaml")
    (clone / "org").symlink_to(tmp_path / "org", target_is_directory=True)
    (tmp_path / "into.yaml").symlink_to(clone / "resilience.yaml")
    commit(clone, "links")
    part = "is part of what is checked"
    for given in (
        clone / "resilience.yaml",
        clone / "link.yaml",
        clone / "org" / "resilience.yaml",
        tmp_path / "into.yaml",
    ):
        assert part in refused(str(given), clone)


def test_a_file_of_a_submodule_is_refused_and_one_that_only_lies_there_is_not(clone: Path, tmp_path: Path) -> None:
    write(tmp_path, {"other/resilience.yaml": "other\n"})
    git(tmp_path / "other", "init", "-q")
    commit(tmp_path / "other", "other")
    git(clone, "clone", "-q", str(tmp_path / "other"), "lies")
    assert trusted(str(clone / "lies" / "resilience.yaml"), clone).content("resilience.yaml") == b"other\n"
    git(clone, "submodule", "--quiet", "add", str(tmp_path / "other"), "sub")
    assert "is part of what is checked" in refused(str(clone / "sub" / "resilience.yaml"), clone)
