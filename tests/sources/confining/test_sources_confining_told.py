"""What is said of how a program was confined, and of one that met its bounds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resilience_checks.check import Options, graphs
from resilience_checks.doctor import examine
from resilience_checks.model.errors import InputError
from resilience_checks.sources.program import confinement, limits, readable
from resilience_checks.sources.program.confinement import Confinement

if TYPE_CHECKING:
    from collections.abc import Mapping

SOCKETS = (
    "it can reach sockets in the file system, such as Docker's, that this user can, "
    "and change the modes and times of this user's files"
)
LEFT = "what it leaves running is sought and ended, and not ended by the system"
SIGNALS = "it can send signals to other processes of this user"
FILES = "it can read and write what the user who runs the check can"
CONNECTIONS = "connections are refused inside the program's own process only"


@pytest.mark.parametrize(
    ("found", "hindered"),
    [
        (Confinement(alone=True, rooted=True, landlock=7, filter=True), ()),
        (Confinement(alone=True, rooted=True), ()),
        (Confinement(alone=True, rooted=False, landlock=7, filter=True), (SOCKETS,)),
        (Confinement(landlock=7, filter=True), (SOCKETS, LEFT)),
        (Confinement(landlock=4, filter=True), (SOCKETS, SIGNALS, LEFT)),
        (Confinement(landlock=4), (f"all {CONNECTIONS.replace(' are', ' but those by TCP are')}", SOCKETS, SIGNALS, LEFT)),
        (Confinement(landlock=3), (CONNECTIONS, SOCKETS, SIGNALS, LEFT)),
        (Confinement(filter=True), (FILES, SIGNALS, LEFT)),
        (Confinement(), (CONNECTIONS, FILES, SIGNALS, LEFT)),
    ],
)  # fmt: skip
def test_what_is_only_hindered_is_listed(found: Confinement, hindered: tuple[str, ...]) -> None:
    assert found.hindered() == hindered


def test_what_a_launcher_tells_is_read() -> None:
    lines = b"alone=True\nrooted=False\nlandlock=7\nfilter=True\nstopped=memory\n"
    assert Confinement.told(lines) == Confinement(alone=True, landlock=7, filter=True, stopped="memory")
    assert Confinement.told(b"unstarted=Exec format error\n") == Confinement(unstarted="Exec format error")
    assert Confinement.told(b"") == Confinement()


def test_doctor_tells_what_keeps_programs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "MEANS", ())
    told = next(one for one in examine([tmp_path], tmp_path) if one.name == "isolation")
    assert (told.state, told.exit_code) == ("missing", 0)
    assert told.text == (
        f"programs run with limits on what they use; only hindered: {CONNECTIONS}; {FILES}; {SIGNALS}; {LEFT}"
    )
    assert told.remedy.startswith("allow unprivileged user namespaces")


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ({"path": "/x", "code": "EACCES"}, True),
        ({"path": "/x", "code": "EROFS"}, True),
        ({"path": "/usr", "code": "ENOENT"}, True),
        ({"path": "/no/such", "code": "ENOENT"}, False),
        ({"path": "/usr", "code": "EISDIR"}, False),
        ({"path": 1, "code": "EACCES"}, False),
        ({}, False),
    ],
)
def test_a_file_out_of_reach_is_told_as_such(end: Mapping[str, object], *, told: bool) -> None:
    assert (limits.out_of_reach(end) is not None) == told


def test_a_program_that_meets_its_bounds_fails_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "shared.yaml").write_text("x", encoding="utf-8")
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "Pulumi.yaml").write_text("name: reads\nruntime: python\n", encoding="utf-8")
    (repository / "__main__.py").write_text("\nopen('../shared.yaml')\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        list(graphs(Options(paths=(repository,), root=repository)))
    assert str(caught.value).startswith("__main__.py:2: ")
    assert f"keep {tmp_path.resolve()}/shared.yaml where it may" in caught.value.remedy


def test_a_repository_is_read_whole_and_so_is_that_of_which_it_is_a_working_tree(tmp_path: Path) -> None:
    tree, main = tmp_path / "tree", tmp_path / "main"
    (main / ".git" / "worktrees" / "tree").mkdir(parents=True)
    (tree / "infra" / "web").mkdir(parents=True)
    (tree / ".git").write_text(f"gitdir: {main}/.git/worktrees/tree\n", encoding="utf-8")
    (main / ".git" / "worktrees" / "tree" / "gitdir").write_text(f"{tree}/.git\n", encoding="utf-8")
    assert readable.repositories(tree / "infra", tree / "infra" / "web") == {tree, main}


def test_so_is_that_of_which_it_is_a_submodule(tmp_path: Path) -> None:
    folder, own = tmp_path / ".git" / "modules" / "sub", tmp_path / "sub"
    folder.mkdir(parents=True)
    own.mkdir()
    (own / ".git").write_text("gitdir: ../.git/modules/sub\n", encoding="utf-8")
    said = "[core]\n\tworktree = ../../../sub\n"
    (folder / "config").write_text(said, encoding="utf-8")
    assert readable.repositories(own, own) == {own, tmp_path}
    (folder / "config").write_text("[extensions]\n\tworktreeConfig = true\n", encoding="utf-8")
    assert readable.repositories(own, own) == {own}
    (folder / "config.worktree").write_text(said, encoding="utf-8")  # where git moves it for a sparse checkout
    assert readable.repositories(own, own) == {own, tmp_path}


@pytest.mark.parametrize("back", [None, "/another/.git", "nothing"])
def test_a_file_that_leads_to_a_repository_which_knows_nothing_of_it_opens_none(
    back: str | None, tmp_path: Path
) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    (other / ".git" / "worktrees" / "x").mkdir(parents=True)
    (own / ".git").write_text(f"gitdir: {other}/.git/worktrees/x\n", encoding="utf-8")
    if back is not None:
        (other / ".git" / "worktrees" / "x" / "gitdir").write_text(back, encoding="utf-8")
    assert readable.repositories(own, own) == {own}


def test_what_names_a_python_opens_no_folder_that_holds_none(tmp_path: Path) -> None:
    (venv, other) = tmp_path / "venv", tmp_path / "other"
    for folder in (venv / "bin", venv / "lib", other / "bin", other / "share"):
        folder.mkdir(parents=True)
    (venv / "pyvenv.cfg").write_text(f"home = {other}/bin\n", encoding="utf-8")
    python = venv / "bin" / "python"
    python.symlink_to(other / "bin" / "python")
    assert readable.environment(python) == {python, venv / "bin", venv / "lib", venv / "pyvenv.cfg"}
    (other / "lib" / "python3.12").mkdir(parents=True)
    (other / "lib" / "python3.12" / "os.py").touch()
    assert {other / "bin", other / "lib", other / "share"} < readable.environment(python)


@pytest.mark.parametrize(
    ("config", "hidden"),
    [
        ("[http]\n\textraheader = AUTHORIZATION: basic abc\n", True),
        ("[remote]\n\turl = https://token@example.org/x\n", True),
        ("[remote]\n\turl = git@example.org:x\n\tssh = ssh://git@example.org/x\n", False),
    ],
)
def test_settings_of_git_are_hidden_where_they_hold_a_token(config: str, *, hidden: bool, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(config, encoding="utf-8")
    assert (tmp_path / ".git" / "config" in set(readable.hidden([tmp_path]))) == hidden


def test_so_are_those_of_submodules_of_any_name_of_working_trees_and_of_a_second_checkout(tmp_path: Path) -> None:
    names = (
        ".git/modules/libs/net/config",
        ".git/modules/libs/net/modules/inner/config",
        ".git/worktrees/tree/config.worktree",
        ".git/worktrees/tree/modules/libs/net/config",
        "tools/.git/config",
    )
    other = (".git/modules/libs/net/refs/heads/config", "tools/config")
    for name in (*names, *other):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("[http]\n\textraheader = AUTHORIZATION: basic abc\n", encoding="utf-8")
    (tmp_path / ".git" / "worktrees" / "tree" / "HEAD").touch()
    assert {path for path in readable.hidden([tmp_path]) if path.is_relative_to(tmp_path)} == {
        tmp_path / name for name in names
    }


def test_a_file_that_a_variable_names_as_credential_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "key.json"
    key.touch()
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    (tmp_path / "gha-creds-1.json").touch()
    found = set(readable.hidden([tmp_path]))
    assert {key, tmp_path / "gha-creds-1.json"} <= found
    assert tmp_path not in found


def test_settings_of_an_environment_that_the_repository_brings_show_no_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    for name in (".aws/credentials", "bin/tool"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch()
    monkeypatch.setenv("HOME", str(home))
    environment = tmp_path / "repository" / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    (environment / "pyvenv.cfg").write_text(f"home = {home}/bin\n", encoding="utf-8")
    shown = readable.environment(environment / "bin" / "python")
    assert not any(path.is_relative_to(home) or home.is_relative_to(path) for path in shown)


def test_main_may_lead_outside_only_where_nothing_says_how_far_a_repository_goes(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    (tmp_path / "other").mkdir()
    outside = tmp_path / "other"
    assert readable.folder(outside, [tmp_path / "repository"]) == {outside}
    (tmp_path / "repository" / ".git").mkdir()
    assert readable.folder(outside, [tmp_path / "repository"]) == set()
