"""Fills the README's output blocks from real runs; `--check` fails when they are not what a run prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(<!-- output: (?P<command>.+?) -->\n).*?(<!-- /output -->)", re.DOTALL)


def filled(text: str) -> str:
    return BLOCK.sub(
        lambda match: f"{match.group(1)}\n```\n$ {match['command']}\n{output(match['command'])}```\n\n{match.group(3)}",
        text,
    )


def output(command: str) -> str:
    """Return what a command prints; of one that ends with `| head -n N` the first N lines."""
    command, _, head = command.partition(" | head -n ")
    arguments = command.split()[1:]
    done = subprocess.run(
        [sys.executable, "-m", "resilience_checks", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    return "".join(f"{line.rstrip()}\n" for line in (lines[: int(head)] if head else lines))


def main(arguments: list[str]) -> int:
    readme = ROOT / "README.md"
    before = readme.read_text(encoding="utf-8")
    after = filled(before)
    if "--check" in arguments:
        print("README.md is up to date" if before == after else "README.md is out of date: run python tools/readme.py")
        return int(before != after)
    readme.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
