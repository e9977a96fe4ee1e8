"""One variant through the whole line: what the policies say, and the estate of which the truth is asked."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ruamel.yaml import YAML

from resilience_checks import check
from resilience_checks.catalogue import loader
from resilience_checks.model.result import Outcome
from resilience_checks.sources.opening import Fixed
from resilience_checks.topology import declarations, estate_builder

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.recall.variants import Variant
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.report.interface import Report
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.estate import Estate

TODAY = date(2026, 11, 25)
"""The day on which dates in the stacks are judged: a table made later is the same."""
SPOKEN = {Outcome.VIOLATION, Outcome.UNKNOWN, Outcome.ERROR}
Said = tuple[str, str, str]
"""Outcome, policy and target."""


@dataclass(frozen=True)
class Heard:
    """What the line made of one variant: `failures` say why it could not be checked."""

    said: frozenset[Said]
    failures: tuple[str, ...]
    estate: Estate
    declared: Declarations
    milliseconds: float


def listen(variant: Variant, scratch: Path) -> Heard:
    """Check one variant in an empty directory, and clear it; the time is that of the line after the program ran."""
    directory = scratch / variant.stack.name
    shutil.copytree(variant.stack.directory, directory, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    try:
        if variant.declared is not None:
            with (directory / "resilience.yaml").open("w", encoding="utf-8") as file:
                YAML(typ="safe", pure=True).dump(variant.declared, file)
        for name, text in (variant.files or {}).items():
            (directory / name).write_text(text, encoding="utf-8")
        return _checked(_graph(variant, directory, scratch), directory, scratch)
    finally:
        shutil.rmtree(directory)


def _graph(variant: Variant, directory: Path, scratch: Path) -> ResourceGraph:
    if variant.files is None:
        return variant.graph or variant.stack.graph
    (graph,) = check.graphs(check.Options(paths=(directory,), root=scratch))
    return graph


def _checked(graph: ResourceGraph, directory: Path, scratch: Path) -> Heard:
    file = directory / "resilience.yaml"
    options = check.Options(paths=(), root=scratch, config=file, today=TODAY)
    begun = time.perf_counter()
    report = check.run(options, ready=[Fixed(graph, scratch)])
    while _idle_rules_go(report, file):
        begun = time.perf_counter()
        report = check.run(options, ready=[Fixed(graph, scratch)])
    milliseconds = (time.perf_counter() - begun) * 1000
    said = {(str(item.outcome), item.policy, item.target) for item in report.results if item.outcome in SPOKEN}
    declared = declarations.load(file, scratch)
    estate = estate_builder.build([graph], declared, loader.load())
    failures = tuple(f"{failure.what}: {failure.why}" for failure in report.failures)
    return Heard(frozenset(said), failures, estate, declared, milliseconds)


def _idle_rules_go(report: Report, file: Path) -> bool:
    """Take out the first placement rule of something that the variant removed, as its author would; say if there was one."""
    declared = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    for failure in report.failures:
        told = failure.what.removesuffix(" matches nothing")
        rules = declared.get("placement", [])
        left = [rule for rule in rules if _told(rule["match"]) != told]
        if told != failure.what and len(left) < len(rules):
            with file.open("w", encoding="utf-8") as stream:
                YAML(typ="safe", pure=True).dump({**declared, "placement": left}, stream)
            return True
    return False


def _told(match: dict[str, str]) -> str:
    """Return a match as an error names it."""
    inside = ", ".join(f'{key}: "{value}"' for key, value in match.items())
    return f"{{{inside}}}"
