"""The page about policies of one's own is run: its files are written, its commands print what it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "own-policies.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^`(?P<file>[^`]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAM = {
    "Pulumi.yaml": "name: web\nruntime: python\n",
    "Pulumi.prod.yaml": "config: {}\n",
    "__main__.py": "import pulumi\n\npulumi.CustomResource('example:index/server:Server', 'front', {})\n",
}


def test_the_page_is_true(tmp_path: Path) -> None:
    for name, text in PROGRAM.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    ran = 0
    for block in BLOCK.finditer(PAGE):
        if block["kind"] == "console":
            for command, shown in commands(block["text"]):
                assert fnmatchcase(printed(command, tmp_path), shown), (command, printed(command, tmp_path))
                ran += 1
        else:
            file = tmp_path / block["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block["text"], encoding="utf-8")
    assert ran == 5


def test_every_file_of_the_page_is_named() -> None:
    assert [block["text"] for block in BLOCK.finditer(PAGE) if block["kind"] != "console" and not block["file"]] == []


def test_its_rules_are_as_opa_formats_them(opa_binary: str, tmp_path: Path) -> None:
    for number, block in enumerate(block for block in BLOCK.finditer(PAGE) if block["kind"] == "rego"):
        (tmp_path / f"{number}.rego").write_text(block["text"], encoding="utf-8")
    done = subprocess.run([opa_binary, "fmt", "--list", str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    subprocess.run([opa_binary, "check", "--strict", str(ROOT / "policies"), str(tmp_path)], check=True)


def commands(text: str) -> list[tuple[str, str]]:
    """Return each command with the pattern of what it prints: a line of dots is any text."""
    found = []
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        literal = re.sub(r"([\[\]*?])", r"[\1]", plain(shown))
        found.append((command, re.sub(r"^\.\.\.\n", "*", literal, flags=re.MULTILINE)))
    return found


def printed(command: str, directory: Path) -> str:
    name, *arguments = shlex.split(command)
    assert name == "resilience-checks"
    done = subprocess.run(
        [sys.executable, "-m", "resilience_checks", *arguments],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return plain(done.stdout)


def plain(text: str) -> str:
    return re.sub(r"regorus [\d.]+", "regorus VERSION", text)
