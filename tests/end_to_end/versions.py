"""Git repositories with two versions of Pulumi programs, and what `change` says of them."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from tests.end_to_end.editing import ROOT, STACKS, run

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "config:\n  {project}:firewallToken:\n    secure: AAABAPlaceholder==\n"
EDGE = """\
import pulumi

from estate import SITES
from sites import Firewalls

Firewalls("{site}", SITES["{site}"], pulumi.Config().require_secret("firewallToken"))
"""


def git(root: Path, *arguments: str) -> str:
    """Run git as somebody, with no configuration but its own."""
    done = subprocess.run(
        ["git", "-c", "user.name=somebody", "-c", "user.email=somebody@example.org", *arguments],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1"},
    )
    return done.stdout.strip()


def committed(root: Path, message: str = "base") -> Path:
    """Commit all that stands below the root, in a repository that is made where there is none."""
    if not (root / ".git").is_dir():
        (root / ".git").rmdir() if (root / ".git").exists() else None
        git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)
    return root


def edit(file: Path, old: str, new: str) -> None:
    """Replace text that must stand in the file."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def change(root: Path, *arguments: str) -> dict[str, Any]:
    """Return the JSON answer of `change`, which must have answered."""
    done = run("change", *arguments, "--format", "json", cwd=root, env=None)
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def staged(root: Path) -> Path:
    """Write the resilient Wales estate with a project for each site's firewalls, each a deployment of its own."""
    source = STACKS / "nhs-wales-resilient"
    modules = {name: (source / name).read_text(encoding="utf-8") for name in ("estate.py", "sites.py")}
    main = (source / "__main__.py").read_text(encoding="utf-8")
    line = '    Firewalls(name, site, config.require_secret("firewallToken"))\n'
    assert line in main
    programs = {"national": main.replace(line, "")}
    programs |= {f"edge-{site}": EDGE.format(site=site) for site in ("blaenavon", "cardiff-bay")}
    for project, program in programs.items():
        directory = root / project
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n", encoding="utf-8")
        config = (source / "Pulumi.prod.yaml").read_text(encoding="utf-8").replace("nhs-wales-resilient", project)
        (directory / "Pulumi.prod.yaml").write_text(config, encoding="utf-8")
        for name, text in {**modules, "__main__.py": program}.items():
            (directory / name).write_text(text, encoding="utf-8")
    (root / "resilience.yaml").write_text((source / "resilience.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return committed(root)


def worktrees(root: Path) -> list[str]:
    """Return what worktrees the repository knows beside its own."""
    lines = git(root, "worktree", "list", "--porcelain").splitlines()
    return [line for line in lines if line.startswith("worktree ")][1:]


__all__ = ["ROOT", "change", "committed", "edit", "git", "staged", "worktrees"]
