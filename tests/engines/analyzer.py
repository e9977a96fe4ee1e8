"""Puts the policy pack on the real engine's PATH, and makes answers to lookups as a real provider would give them."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.analyzer.directory import write
from resilience_checks.check import graphs
from resilience_checks.model.values import LookupAnswer
from resilience_checks.options import Options
from resilience_checks.sources.program.answers import SHAPES
from tests.plugins.shared import once

if TYPE_CHECKING:
    import subprocess

    from tests.engines.real import Engine

ROOT = Path(__file__).resolve().parents[2]
STACKS = ROOT / "stacks"
_NAME = "pulumi-analyzer-policy-resilience-checks"
_PACKAGES = ("vsphere", "fortios", "f5bigip")
_FINDING = re.compile(r"^ +- \[(\w+)\](?: \[severity: \w+\])?  (\S+)(?:  \((.*)\))?$", re.MULTILINE)
_LEFT_OUT = re.compile(r' +"?(patient-record|test-results|appointments|prescriptions)"?: ')
_COPIES = re.compile(r"^copies:\n(?:  .*\n)+", re.MULTILINE)
"""Of services that are left out."""
MISSION = ("redundant-firewalls", "cross-site-failover", "no-common-cause", "no-single-region-national-service")


def preview(
    engine: Engine,
    program: Path,
    folder: Path,
    *,
    lookups: Path | None = None,
    config: dict[str, Any] | None = None,
    before: str = "",
) -> subprocess.CompletedProcess[str]:
    """Preview with the policy pack; `before` is Python that the plugin runs before it serves."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{before}\nfrom resilience_checks.analyzer.main import main\nmain()\n"
    (folder / "plugin.py").write_text(code, encoding="utf-8")
    plugin = engine._bin / _NAME
    plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{folder / "plugin.py"}" "$@"\n', encoding="utf-8")
    plugin.chmod(0o755)
    write(folder / "pack")
    arguments = ["preview", "--color", "never", "--suppress-progress", "--policy-pack", str(folder / "pack")]
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        arguments += ["--policy-pack-config", str(folder / "config.json")]
    return engine.run(program, "prod", arguments, packages=_PACKAGES, lookups=lookups)


def findings(done: subprocess.CompletedProcess[str]) -> list[tuple[str, str, str]]:
    """Return level, policy and resource of each finding that the CLI shows."""
    return _FINDING.findall(done.stdout)


def copy(stack: str, folder: Path) -> Path:
    """Return a copy of a stack that a test may change, with two of its services."""
    target = folder / "programs" / stack
    shutil.copytree(STACKS / stack, target, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    for file in (target / "estate.py", target / "resilience.yaml"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        text = "".join(line for line in lines if not _LEFT_OUT.match(line))
        file.write_text(_COPIES.sub("", text), encoding="utf-8")
    return target


def small(folder: Path) -> Path:
    """Return a program of one component, which needs no provider."""
    target = folder / "programs" / "small"
    target.mkdir(parents=True)
    (target / "Pulumi.yaml").write_text("name: small\nruntime: python\n", encoding="utf-8")
    main = "import pulumi\n\npulumi.ComponentResource('a:b:C', 'x')\n"
    (target / "__main__.py").write_text(main, encoding="utf-8")
    return target


def answers(stack: str, folder: Path) -> Path:
    """Write an answer for each lookup of a stack, different for each, with the ids of other answers as arguments."""
    graph = once(lambda: next(iter(graphs(Options(paths=(STACKS / stack,), root=ROOT)))), "graph", stack)
    items = []
    for lookup in graph.lookups:
        shape = SHAPES[lookup.token]
        args = {key: _plain(value) for key, value in lookup.args.items()}
        answer: dict[str, object] = {field: _answered(lookup.id, field) for field in shape.fields}
        answer |= {field: args[field] for field in shape.echoed if field in args}
        items.append({"token": lookup.token, "args": args, "answer": answer})
    file = folder / "lookups.json"
    file.write_text(json.dumps(items), encoding="utf-8")
    return file


def _plain(value: object) -> object:
    return _answered(value.lookup, value.path) if isinstance(value, LookupAnswer) else value


def _answered(lookup: str, field: str) -> str:
    return f"{lookup.rpartition(':')[2]}-{field}"
