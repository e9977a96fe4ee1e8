"""git: no repository, half a history, locked, damaged, missing, or killed while it answers."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.faults.bench import BLOCKED, Bench, Case, Ended

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LOOSER = "version: 1\nservices:\n  shop: {scope: local, tier: 3, entry: {select: {name: front}}}\n"


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=Dana", "-c", "user.email=d@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *named, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _committed(bench: Bench) -> None:
    git(bench.project, "init", "-q")
    git(bench.project, "add", ".")
    git(bench.project, "commit", "-qm", "first")


def _loosened(bench: Bench) -> None:
    """Commit a change that makes the service of the project a lesser one, which must not count."""
    _committed(bench)
    git(bench.project, "checkout", "-qb", "topic")
    bench.write("resilience.yaml", _LOOSER)
    git(bench.project, "commit", "-qam", "looser")


def _killed(command: str, *arguments: str, loosened: bool = True) -> Callable[[Bench], Ended]:
    """Put a git on PATH that is killed when it is asked that."""

    def bring(bench: Bench) -> Ended:
        (_loosened if loosened else _committed)(bench)
        real = shutil.which("git")
        bench.write(
            "../bin/git",
            f'#!/bin/sh\nfor word; do [ "$word" = "{command}" ] && kill -9 $$; done\nexec {real} "$@"\n',
            mode=0o755,
        )
        bench.patch.setenv("PATH", f"{bench.folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
        return bench.check(*arguments)

    return bring


def _in(prepare: Callable[[Bench], None], *arguments: str) -> Callable[[Bench], Ended]:
    def bring(bench: Bench) -> Ended:
        prepare(bench)
        return bench.check(*arguments)

    return bring


def _locked(bench: Bench) -> None:
    _committed(bench)
    bench.write(".git/index.lock", "")


def _shallow(bench: Bench) -> None:
    """Clone the last of two commits alone, without the branch that the check compares with."""
    _loosened(bench)
    clone = bench.folder / "clone"
    git(bench.folder, "clone", "-q", "--depth", "1", "--branch", "topic", f"file://{bench.project}", "clone")
    bench.patch.chdir(clone)


def _damaged(bench: Bench) -> None:
    """Lose what the base's resilience.yaml holds."""
    _loosened(bench)
    blob = git(bench.project, "rev-parse", "main:resilience.yaml")
    (bench.project / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


def _no_worktrees(bench: Bench) -> None:
    _committed(bench)
    bench.write(".git/worktrees", "in the way")
    bench.write("Pulumi.yaml", (bench.project / "Pulumi.yaml").read_text(encoding="utf-8") + "# changed\n")


def _no_git(bench: Bench) -> None:
    _committed(bench)
    bench.patch.setenv("PATH", "/nowhere")


FAILED = "failed: it was killed by signal 9"
CASES = (
    Case(
        "there is no repository",
        "--base outside of one",
        _in(lambda _: None, "--base", "main"),
        2,
        "in no git repository",
    ),
    Case(
        "there is no base",
        "a branch that is not there",
        _in(_committed, "--base", "nowhere"),
        2,
        "nowhere is no commit",
    ),
    Case(
        "the clone is shallow", "the base was not fetched", _in(_shallow, "--base", "origin/main"), 2, "fetch it first"
    ),
    Case("git is missing", "not on PATH", _in(_no_git, "--base", "HEAD"), 2, "git is not on PATH"),
    Case("git's index is locked", "index.lock is there", _in(_locked), BLOCKED, correct=True),
    Case(
        "git cannot make a worktree",
        "a file is in the way",
        _in(_no_worktrees, "--base", "HEAD"),
        4,
        "cannot be checked out",
    ),
    Case(
        "git's objects are damaged",
        "the settings that are trusted are gone",
        _in(_damaged, "--settings", "main"),
        4,
        "git",
    ),
    Case(
        "git is killed finding the repository",
        "SIGKILL in rev-parse",
        _killed("rev-parse", "--base", "main"),
        4,
        f"rev-parse {FAILED}",
    ),
    Case(
        "git is killed finding the fork",
        "in merge-base",
        _killed("merge-base", "--base", "main"),
        4,
        f"merge-base {FAILED}",
    ),
    Case(
        "git is killed comparing",
        "in diff: what a change affects is not known, so all is checked, and what it loosens is told",
        _killed("diff", "--base", "main"),
        12,
        "scope of service shop was national and is local",
    ),
    Case(
        "git is killed reading trusted settings",
        "in cat-file: what is looser here must not count",
        _killed("cat-file", "--settings", "main"),
        4,
        f"cat-file {FAILED}",
    ),
    Case(
        "git is killed listing trusted settings",
        "in ls-tree",
        _killed("ls-tree", "--settings", "main"),
        4,
        f"ls-tree {FAILED}",
    ),
    Case(
        "git is killed telling the state",
        "in status: the report stands, its commit is not known",
        _killed("status", loosened=False),
        BLOCKED,
        '"commit": ""',
        correct=True,
    ),
)
