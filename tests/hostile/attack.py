"""A hostile program, the place in which it runs, and what became of it."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks import check
from resilience_checks.sources.program import guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pytest

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.report.interface import Report

PYTHON = """\
import json, os, signal, socket, subprocess, sys, threading, time
from pathlib import Path

import pulumi

PRIVATE = Path(os.environ["HOME"])


class Thing(pulumi.CustomResource):
    def __init__(self, name, token="azure-native:web:AppServicePlan", /, opts=None, **inputs):
        super().__init__(token, name, {"location": "uksouth", "zoneRedundant": True, **inputs}, opts)


def tried(what):
    try:
        return str(what())
    except BaseException as error:
        return type(error).__name__


Thing("one")
"""
"""What each Python program begins with: one resource, on which the service of the estate stands."""
NODE = """\
"use strict";
const fs = require("fs");
const pulumi = require("@pulumi/pulumi");
new pulumi.CustomResource("azure-native:web:AppServicePlan", "one", { location: "uksouth", zoneRedundant: true });
"""
TYPESCRIPT = """\
import * as fs from "fs";
import * as pulumi from "@pulumi/pulumi";

class Thing extends pulumi.CustomResource {
    constructor(name: string, token = "azure-native:web:AppServicePlan", inputs = {}) {
        super(token, name, { location: "uksouth", zoneRedundant: true, ...inputs });
    }
}

new Thing("one");
"""
YAML = """\
name: web
runtime: yaml
resources:
  one: {type: "azure-native:web:AppServicePlan", properties: {location: uksouth, zoneRedundant: true}}
"""
SETTINGS = "version: 1\nservices:\n  shop: {scope: local, tier: 3, rto: 4h, rpo: 1h, entry: {select: {name: one}}}\n"
_BEGINNINGS = {
    "python": ("__main__.py", PYTHON),
    "nodejs": ("index.js", NODE),
    "typescript": ("index.ts", TYPESCRIPT),
    "yaml": ("Pulumi.yaml", YAML),
}
_RUNTIMES = {"typescript": "nodejs"}
OF_NODE = ("nodejs", "typescript")
_TYPESCRIPT_FILES = {
    "package.json": '{"name": "web"}',
    "tsconfig.json": '{"compilerOptions": {"noCheck": true}}',
}
"""Types are not checked, which would take seconds and bear on nothing here."""
SECONDS = 20.0
STOLEN = "of-the-caller"
"""What stands wherever a program must not read, as the credentials of whoever runs the check."""


@dataclass(frozen=True)
class Attempt:
    """What became of an attack: `root` is its repository, `around` the folder that holds it and nothing of it."""

    root: Path
    around: Path
    report: Report
    graphs: tuple[ResourceGraph, ...]

    @property
    def exit_code(self) -> int:
        """The code with which the command would end."""
        return int(self.report.verdict.exit_code)

    @property
    def said(self) -> str:
        """What is said of what could not be checked, with what the program printed, as a log would have it."""
        return "\n".join(f"{one.location}: {one.what}\n{one.trace}" for one in self.report.failures)

    def input(self, resource: str, name: str) -> Any:
        """Return an input of a resource that the program made, by which it tells what it got hold of."""
        [found] = [one for graph in self.graphs for one in graph.resources if one.name == resource]
        return found.inputs[name]


def nothing(_: Attempt) -> None:
    """Need no other proof than the verdict."""


@dataclass(frozen=True)
class Attack:
    """One program: what it tries, what stops it, how the check ends, and the proof from what happened for real.

    `says` is what the first failure says. `prevented` is False where it is only hindered: another program of the kind
    would come through. `by_system`: only what the system offers prevents it. `files` are further ones of the repository, in
    which `place` puts what no text is. `options` are those of the check, for a repository.
    """

    name: str
    tries: str
    held_by: str
    program: str
    says: str = ""
    exit_code: int = 4
    proof: Callable[[Attempt], None] = nothing
    prevented: bool = True
    by_system: bool = False
    language: str = "python"
    files: Mapping[str, str] = field(default_factory=dict)
    place: Callable[[Path], None] = lambda _: None
    seconds: float = SECONDS
    limits: Mapping[str, int] = field(default_factory=dict)
    options: Callable[[Path], Mapping[str, Any]] = lambda _: {}

    def plant(self, root: Path, known: Mapping[str, str]) -> None:
        """Write the repository of the program, in which each name of `known` stands for what the test knows."""
        (root / ".git").mkdir(parents=True)
        name, beginning = _BEGINNINGS[self.language]
        written = {
            "Pulumi.yaml": f"name: web\nruntime: {_RUNTIMES.get(self.language, self.language)}\n",
            "Pulumi.prod.yaml": "config: {}\n",
            "resilience.yaml": SETTINGS,
            name: beginning + re.sub("|".join(known) or "(?!)", lambda match: known[match[0]], self.program),
            **(_TYPESCRIPT_FILES if self.language == "typescript" else {}),
            **self.files,
        }
        for path, text in written.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        self.place(root)


class _Witness:
    """Is shown the graphs of a check."""

    def __init__(self) -> None:
        self.graphs: tuple[ResourceGraph, ...] = ()

    def see(self, graphs: Any, *_: object) -> None:
        self.graphs = tuple(graphs)


def attempt(attack: Attack, around: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> Attempt:
    """Check the program and return what became of it; nothing of its run is left afterwards."""
    root, witness = around / "repository", _Witness()
    for name, value in attack.limits.items():
        monkeypatch.setattr(guard, name, value)
    with _scratch() as scratch:
        (scratch / "neighbour").mkdir()
        (scratch / "neighbour" / "job.json").write_text(STOLEN, encoding="utf-8")
        given = {"paths": (root,), "root": root, "seconds": attack.seconds, "jobs": 1}
        given |= {**attack.options(root), **options}
        report = check.run(check.Options(**given), witness=witness)  # type: ignore[arg-type] # it is one, by its form
        assert [one.name for one in scratch.iterdir()] == ["neighbour"]
        assert [line for line in processes() if str(scratch) in line] == []
    return Attempt(root, around, report, witness.graphs)


@contextmanager
def _scratch() -> Iterator[Path]:
    """Let the private folders of programs be made in one that has a short name: those of sockets must not be long."""
    with tempfile.TemporaryDirectory(prefix="h-") as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before


def processes() -> Iterator[str]:
    """Yield the environment of each process that there is, by which those of a program are known."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            try:
                yield (folder / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
