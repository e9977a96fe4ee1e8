"""Follows docs/tutorial.md in a new repository and fills in what its commands print; `--check` fails when it differs.

A block after `<!-- file: NAME -->` is written to that file; between `<!-- run: COMMAND -->` and `<!-- /run -->` stands
what the command prints, `| head -n N` or `| tail -n N` of it.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tutorial.md"
STEP = re.compile(
    r"<!-- file: (?P<file>\S+) -->\n\n```\w*\n(?P<text>.*?)```"
    r"|(?P<head><!-- run: (?P<command>.+?) -->\n)(?P<shown>.*?)(?P<foot><!-- /run -->)",
    re.DOTALL,
)
OURS = [sys.executable, "-m", "resilience_checks"]
SOMEBODY = {"NAME": "somebody", "EMAIL": "somebody@example.org", "DATE": "2026-01-24T07:30:00Z"}


def followed(page: str, folder: Path) -> str:
    """Return the page with what its commands print now."""

    def step(match: re.Match[str]) -> str:
        if match["file"]:
            (folder / match["file"]).write_text(match["text"], encoding="utf-8")
            return match[0]
        return f"{match['head']}\n```\n$ {match['command']}\n{output(match['command'], folder)}```\n\n{match['foot']}"

    return STEP.sub(step, page)


def output(line: str, folder: Path) -> str:
    """Return what a command prints to both streams, with its exit code where it is not 0."""
    command, _, cut = line.partition(" | ")
    first, *rest = shlex.split(command)
    done = subprocess.run(
        [*OURS, *rest] if first == "resilience-checks" else [first, *rest],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    end, _, number = cut.partition(" -n ")
    kept = {"head": lines[: int(number or 0)], "tail": lines[-int(number or 0) :]}.get(end, lines)
    code = [f"(exit code {done.returncode})"] if done.returncode else []
    return "".join(f"{text.rstrip()}\n" for text in (*kept, *code))


def _environment() -> dict[str, str]:
    """Return one in which every commit is the same, and no CI system is seen."""
    whom = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in SOMEBODY.items()}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **whom, "PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def main(arguments: list[str]) -> int:
    before = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        after = followed(before, Path(folder))
    if "--check" in arguments:
        print("docs/tutorial.md is up to date" if before == after else "run python -m tools.tutorial")
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
