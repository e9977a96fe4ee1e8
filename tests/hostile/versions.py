"""Repositories whose git is the attack, and those that name a Python or another repository of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.hostile.attack import STOLEN, Attack, Attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_GIT = "git is run without hooks, without programs that tell of changes or texts, and blind to repositories among files"
_FILES = "the child sees the repository, the interpreter and its packages, and can write in a folder of the run alone"
_END = "the end is told by the process of the check's own, and by the SDK when the main function has ended"
_COMMITTER = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")


def _git(folder: Path, *words: str) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *_COMMITTER, *words], cwd=folder, check=True, env=environment, capture_output=True)


def _commit(root: Path) -> None:
    (root / ".git").rmdir()
    (root / ".gitattributes").write_text("*.py diff=own\n*.yaml diff=own\n", encoding="utf-8")
    _git(root, "init", "--quiet")
    _git(root, "add", "--all")
    _git(root, "commit", "--quiet", "--message", "One")


def _settings(mark: Path, worktree: str = "") -> str:
    """Return settings of git that name a program wherever they can; it leaves a mark."""
    runs = f"touch {mark} ; cat"
    return (
        f"[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tfsmonitor = {runs!r}\n\tpager = {runs!r}\n{worktree}"
        f'\thooksPath = .githooks\n[diff]\n\texternal = {runs!r}\n[diff "own"]\n\ttextconv = {runs!r}\n\tcommand = {runs!r}\n'
    ).replace("'", '"')


def _with_settings(root: Path) -> None:
    _commit(root)
    (root / ".git" / "config").write_text(_settings(root.parent / "run"), encoding="utf-8")
    hooks = root / ".githooks"
    hooks.mkdir()
    for name in ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {root.parent}/run\n", encoding="utf-8")
        (hooks / name).chmod(0o755)


def _with_one_inside(root: Path) -> None:
    """Put a repository's own folders, which any commit may hold, beside a project."""
    inside = root / "infra"
    inside.mkdir()
    for name in ("Pulumi.yaml", "Pulumi.prod.yaml"):
        (root / name).rename(inside / name)
    _git(inside, "init", "--quiet")
    _git(inside, "add", "--all")
    _git(inside, "commit", "--quiet", "--message", "One")
    for path in (inside / ".git").iterdir():
        path.rename(inside / path.name)
    (inside / ".git").rmdir()
    (inside / "config").write_text(_settings(root.parent / "run", f"\tworktree = {inside}\n"), encoding="utf-8")
    for folder in ("refs", "objects"):
        (inside / folder / "kept").touch()
    _commit(root)


def _ran_nothing(found: Attempt) -> None:
    assert not (found.around / "run").exists()


def _tells_no_secret(found: Attempt) -> None:
    assert STOLEN not in found.said + repr(found.graphs)


def _another_repository(root: Path) -> None:
    other = root.parent / "other"
    (other / ".git" / "worktrees" / "x").mkdir(parents=True)
    (other / "secret.txt").write_text(STOLEN, encoding="utf-8")
    (root / ".git").rmdir()
    (root / ".git").write_text("gitdir: ../other/.git/worktrees/x\n", encoding="utf-8")


def _own_python(script: str, settings: str = "") -> Callable[[Path], None]:
    def place(root: Path) -> None:
        python = root / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        python.chmod(0o755)
        shared = root.parent / "home" / ".local" / "share"
        shared.mkdir(parents=True)
        (shared / "keyring").write_text(STOLEN, encoding="utf-8")
        (root / ".venv" / "pyvenv.cfg").write_text(settings.format(around=root.parent), encoding="utf-8")

    return place


def _own_packages(root: Path) -> None:
    python, environment = Path(sys.executable).resolve(), root / ".venv"
    packages = environment / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    for folder in (environment / "bin", packages):
        folder.mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(python)
    (environment / "pyvenv.cfg").write_text(f"home = {python.parent}\n", encoding="utf-8")
    (packages / "own.pth").write_text(
        "import os, sys; print('left by a .pth', flush=True); "
        "open(os.environ['HOME'] + '/end.json', 'w').write('{\"ok\": true, \"read\": []}'); os._exit(0)\n",
        encoding="utf-8",
    )


def _changed(root: Path) -> Mapping[str, Any]:
    return {"base": "HEAD", "all_stacks": True, "audit": True, "paths": (root,)}


def _changed_inside(root: Path) -> Mapping[str, Any]:
    return {"base": "HEAD", "all_stacks": True, "audit": True, "root": root / "infra", "paths": (root / "infra",)}


ATTACKS = (
    Attack(
        "settings-of-git",
        "has settings and attributes of git name programs that git would run: hooks, a monitor of files, texts of differences",
        _GIT,
        "",
        exit_code=0,
        language="yaml",
        place=_with_settings,
        options=_changed,
        proof=_ran_nothing,
    ),
    Attack(
        "repository-inside",
        "holds, as plain files of its commit, another repository whose settings name programs that git would run",
        _GIT,
        "",
        "cannot use bare repository",
        exit_code=2,
        language="yaml",
        place=_with_one_inside,
        options=_changed_inside,
        proof=_ran_nothing,
    ),
    Attack(
        "another-repository",
        "is said by a file named .git to be a working tree of another repository, to read that",
        "a repository is read only where it knows of that working tree",
        """\
told = tried((Path(__file__).parents[1] / "other/secret.txt").read_text)
Thing("seen", "acme:net:Thing", told=told)
""",
        exit_code=0,
        place=_another_repository,
        proof=_tells_no_secret,
        by_system=True,
    ),
    Attack(
        "own-interpreter",
        "brings a Python that is a script of its own, and writes that all ended well",
        _END,
        "",
        "without a word",
        place=_own_python(
            'for last; do :; done; echo \'{"ok": true, "read": []}\' > "$last/end.json"; : > "$last/notes.jsonl"'
        ),
    ),
    Attack(
        "python-of-the-home",
        "has the settings of its environment say that Python is in the caller's home, to read keys beside it",
        "only what holds an environment or an installation of Python is taken for one",
        "",
        "without a word",
        place=_own_python(
            'cat "$(dirname "$0")/../../../home/.local/share/keyring"; exit 1', "home = {around}/home/.local/bin\n"
        ),
        proof=_tells_no_secret,
    ),
    Attack(
        "own-packages",
        "has a `.pth` in its environment, which Python runs before the check's own part, write that all ended well, and leave",
        _END,
        "",
        "left by a .pth",
        place=_own_packages,
    ),
)
