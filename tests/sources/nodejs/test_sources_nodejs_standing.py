"""What a Node program hangs on is known by its run, and so is what keeps it from being known."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from resilience_checks.report.formats import Style
from resilience_checks.report.json_report import JsonReport
from resilience_checks.sources.discovery import discover
from resilience_checks.sources.opening import of_program
from resilience_checks.sources.program import standing
from resilience_checks.sources.program.child_process import ChildProcess
from tests.end_to_end.trees import checked
from tests.sources.nodejs.running import JAVASCRIPT, TYPESCRIPT, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph

THING = """const pulumi = require("@pulumi/pulumi");
class Thing extends pulumi.CustomResource {
    constructor(name, inputs) { super("acme:net:Thing", name, inputs); }
}
"""
LOOKS = """const fs = require("fs");
const helper = require("../shared/helper");
const plain = require("plain"), linked = require("linked");
let more = "none";
try { more = require("not-there").value; } catch { more = "none"; }
const data = JSON.parse(fs.readFileSync("../data.json", "utf8"));
fs.readFileSync("own.txt", "utf8");
const names = fs.readdirSync("../more");
const flag = fs.existsSync("../flag");
const through = fs.readFileSync("../way/text.txt", "utf8");
new Thing("a", { helper, plain, linked, more, data, names, flag, through });
"""


def graph(root: Path) -> ResourceGraph:
    [stack] = discover([root], root).stacks
    with closing(of_program(stack, root)) as source:
        return source.graph()


def place(root: Path, text: str, at: str) -> None:
    (root / at).parent.mkdir(parents=True, exist_ok=True)
    (root / at).write_text(text, encoding="utf-8")


def lead(root: Path, at: str, to: str) -> None:
    (root / at).unlink(missing_ok=True)
    (root / at).symlink_to(to)


def planted(root: Path, packages: Path, program: str, settings: str = JAVASCRIPT, **files: str) -> None:
    """Write a project that finds the SDK, and nothing else, in the packages."""
    root.mkdir(exist_ok=True)
    write(root, None, {"Pulumi.yaml": settings, "index.js": THING + program, **files})
    (root / "node_modules" / "@pulumi").mkdir(parents=True)
    (root / "node_modules" / "@pulumi" / "pulumi").symlink_to(packages / "@pulumi" / "pulumi")


EDITS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a script": (lambda root: place(root, "module.exports = 2;", "shared/helper.js"), "file shared/helper.js"),
    "a file": (lambda root: place(root, '{"a": 2}', "data.json"), "file data.json"),
    "one that is asked for": (lambda root: place(root, "", "flag"), "stat flag"),
    "one in a folder that is listed": (lambda root: place(root, "", "more/new"), "folder more"),
    "a link": (lambda root: lead(root, "way", "ways/b"), "link way"),
    "a nearer script": (lambda root: place(root, "module.exports = 3;", "shared/helper"), "stat shared/helper"),
    "how scripts are read": (lambda root: place(root, "{}", "shared/package.json"), "file shared/package.json"),
    "a package": (lambda root: place(root, "module.exports = 22;", "node_modules/plain/index.js"), "package node_modules/plain/index.js"),
    "where it begins": (lambda root: place(root, '{"main": "other"}', "node_modules/plain/package.json"), "package node_modules/plain/package.json"),
    "a package that is linked": (lambda root: lead(root, "node_modules/linked", "../ways/b"), "link node_modules/linked"),
    "one that was not there": (lambda root: place(root, "", "node_modules/not-there/index.js"), "folder node_modules"),
    "a nearer package": (lambda root: place(root, "", "project/node_modules/plain/index.js"), "stat project/node_modules"),
}  # fmt: skip


def test_a_program_is_known_by_all_that_it_loads_opens_lists_and_asks_for(node_packages: Path, tmp_path: Path) -> None:
    root = tmp_path.resolve()
    planted(root, node_packages, LOOKS, **{"own.txt": "own"})
    for at, text in {
        "shared/helper.js": "module.exports = 1;",
        "data.json": '{"a": 1}',
        "more/old": "",
        "ways/a/text.txt": "a",
        "ways/b/text.txt": "a",
        "ways/a/index.js": "module.exports = 1;",
        "ways/b/index.js": "module.exports = 1;",
        "node_modules/plain/index.js": "module.exports = 1;",
        "node_modules/plain/package.json": "{}",
    }.items():
        place(root, text, at)
    lead(root, "way", "ways/a")
    lead(root, "node_modules/linked", "../ways/a")
    found = graph(root)
    assert found.unseen == ""
    assert {key for key in found.marks if "/project/" in key and "node_modules" not in key} == set()
    stood = dict(found.marks)
    for name, (edit, told) in EDITS.items():
        kind, _, at = told.partition(" ")
        assert f"{kind} {root / at}" in found.marks, name
        edit(root)
        standing._package.cache_clear()  # packages do not change while a check runs
        now = {key: standing.mark(*key.split(" ", 1)) for key in found.marks}
        assert f"{kind} {root / at}" in {key for key in now if now[key] != stood[key]}, name
        stood = now


HIDES = """const fs = require("fs");
require("child_process").execSync("true");
fs.readFileSync("/proc/uptime");
try { fs.writeFileSync("../written", ""); } catch { fs.existsSync("../refused"); }
fs.readdirSync(".", { recursive: true });
fs.watch(".").close();
process.binding("fs");
new (require("worker_threads").Worker)("", { eval: true });
new Thing("a", { now: String(new Date()) });
"""


def test_what_a_program_does_beside_reading_may_hide_what_it_hangs_on(node_packages: Path, tmp_path: Path) -> None:
    planted(tmp_path, node_packages, HIDES)
    assert graph(tmp_path).unseen == (
        "it starts another program; it reads /proc/uptime; it writes to files; it lists folders with all that is in them; "
        "it calls fs.watch; it calls process.binding; it starts threads; "
        'index.js may ask for the time, for chance or for this machine: "child_process"'
    )


def test_what_the_loader_of_es_modules_looks_at_is_not_all_seen(node_packages: Path, tmp_path: Path) -> None:
    planted(tmp_path, node_packages, "", **{"package.json": '{"type": "module"}'})
    (tmp_path / "project" / "index.js").write_text("export const name = 'a';\n", encoding="utf-8")
    assert graph(tmp_path).unseen == "it has ES modules, and what Node looks at to load them is not all seen"


def test_a_node_that_something_else_starts_may_be_another_the_next_time(
    node_packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted(tmp_path / "repository", node_packages, "", JAVASCRIPT.replace("false}", "false, nodeargs: --no-opt}"))
    shim = tmp_path / "bin" / "node"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nPATH="{os.environ["PATH"]}" exec node "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}:{os.environ['PATH']}")
    assert graph(tmp_path / "repository").unseen == (
        f"{shim} starts a Node that may be another the next time; it is run with `nodeargs`"
    )


def test_an_unchanged_program_does_not_run_again_and_the_report_is_the_same(
    node_packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_NODEJS_TRANSPILE_ONLY", "true")
    ran: list[str] = []
    original = ChildProcess.graph

    def noted(source: ChildProcess) -> ResourceGraph:
        ran.append(source.name)
        return original(source)

    monkeypatch.setattr(ChildProcess, "graph", noted)
    root = tmp_path / "repository"
    planted(root, node_packages, "", TYPESCRIPT)
    (root / "project" / "index.js").unlink()
    text = 'import { value } from "../shared/helper";\nimport * as pulumi from "@pulumi/pulumi";\n'
    text += 'class Thing extends pulumi.CustomResource {}\nnew Thing("acme:net:Thing", "a", { value });\n'
    place(root, text, "project/index.ts")
    place(root, "export const value: number = 1;\n", "shared/helper.ts")

    def report() -> str:
        clock = datetime(2026, 1, 24, 7, 30, tzinfo=UTC)
        return JsonReport(Style(root)).render(checked(root, clock=clock, cache=tmp_path / "cache"))

    assert report() == report()
    assert ran == ["web/dev"]
    place(root, "export const value: number = 2;\n", "shared/helper.ts")
    report()
    assert ran == ["web/dev"] * 2


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("const day = new Date().toISOString();", True),
        ("const some = Math.random();", True),
        ("const { random } = Math;", True),
        ('import { randomUUID } from "crypto";', True),
        ("import * as os from 'node:os';", True),
        ('import { promises } from "dns/promises";', True),
        ('const { v4 } = require("uuid");', True),
        ("const found = await import(`./${name}`);", True),
        ("const run = new Function(text);", True),
        ("const id = process.pid;", True),
        ("const way = process['hr' + 'time'];", True),
        ('import * as random from "@pulumi/random";', False),
        ("const largest = Math.max(...sizes);", False),
        ('import { createHash } from "crypto";', False),
        ("const stage = process.env.STAGE ?? 'prod';", False),
        ("export const updated = dateOf(entry);", False),
        ('import { lookup } from "./dns-names";', False),
        ("export const important = imported(1);", False),
    ],
)
def test_a_script_may_ask_for_what_is_another_the_next_time(line: str, asks: bool) -> None:
    assert (standing.NODE.search(line.encode()) is not None) is asks
