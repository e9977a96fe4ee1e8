"""Programs written for a test, and the graphs that the command line makes of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.end_to_end.editing import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write(directory: Path, files: Mapping[str, str]) -> None:
    (directory / ".git").mkdir(exist_ok=True)
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")


def run(directory: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "resilience_checks", "graph", *arguments],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def graph(directory: Path, *arguments: str) -> dict[str, Any]:
    done = run(directory, *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def by_name(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in found["resources"]}


def line(text: str, fragment: str) -> int:
    return next(number for number, row in enumerate(text.splitlines(), 1) if fragment in row)


THING = """\
import pulumi
from pulumi import ResourceOptions as Options


class Thing(pulumi.CustomResource):
    address: pulumi.Output[str]

    def __init__(self, name, opts=None, **inputs):
        super().__init__("acme:net:Thing", name, {"address": None, **inputs}, opts)


"""
