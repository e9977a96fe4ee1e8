"""`check` with a change to judge runs each program of the version under check once, and builds and compiles it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.analysis import bounds
from resilience_checks.check import run as check
from resilience_checks.options import Options
from resilience_checks.sources.program.child_process import ChildProcess
from resilience_checks.topology import estate_builder
from tests.end_to_end.editing import STACKS
from tests.end_to_end.versions import committed

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PROGRAM = """\
import pulumi

front = pulumi.CustomResource("vsphere:index/virtualMachine:VirtualMachine", "front", {"numCpus": 1})
pulumi.export("front", front.id)
"""
MORE = "pulumi.CustomResource('vsphere:index/virtualMachine:VirtualMachine', 'back', {})\n"
DECLARED = "version: 1\nservices:\n  shop: {scope: national, tier: 1, rto: 1h, rpo: 15m, entry: {select: front}}\n"
PREVIEW = STACKS / "nhs-wales-2018" / "routine-change.preview.json.gz"


def repository(root: Path) -> Path:
    for name in ("web", "shop"):
        (root / name).mkdir(parents=True)
        (root / name / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n", encoding="utf-8")
        (root / name / "Pulumi.prod.yaml").write_text("config: {}\n", encoding="utf-8")
        (root / name / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        (root / name / "resilience.yaml").write_text(DECLARED.replace("shop", name), encoding="utf-8")
    return committed(root)


def noted(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> tuple[list[Any], list[Any]]:
    """Take note of the first argument and of the result of each call of a function."""
    given: list[Any] = []
    results: list[Any] = []
    plain = getattr(module, name)

    def noting(first: object, *more: object) -> object:
        given.append(first)
        results.append(plain(first, *more))
        return results[-1]

    monkeypatch.setattr(module, name, noting)
    return given, results


def test_each_program_of_either_version_runs_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "repository")
    for name in ("web", "shop"):
        with (root / name / "__main__.py").open("a", encoding="utf-8") as program:
            program.write(MORE)
    started, _ = noted(monkeypatch, ChildProcess, "start")
    _, built = noted(monkeypatch, estate_builder, "build")
    compiled, _ = noted(monkeypatch, bounds, "compile_estate")
    report = check(Options((root,), root, base="main"))
    assert [failure.what for failure in report.failures] == []
    places = [source.directory.parent for source in started]
    assert (places.count(root), len(places)) == (2, 4)
    # Two stacks that share nothing are two estates of either version, those under check first.
    assert (len(built), [compiled.count(estate) for estate in built[:2]]) == (4, [1, 1])


def test_what_stands_beside_a_preview_runs_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "repository")
    started, _ = noted(monkeypatch, ChildProcess, "start")
    report = check(Options((root,), root, previews=(PREVIEW,)))
    assert [failure.what for failure in report.failures] == []
    assert [source.directory.parent for source in started] == [root] * 2
