"""Whoever evaluates the stacks, and however many at a time: the report is the same to the byte."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from benchmarks.generated import states
from resilience_checks.gate.verdict import ExitCode
from resilience_checks.report.formats import Style
from resilience_checks.report.json_report import JsonReport
from resilience_checks.sources.stacks import choosing, workers
from tests.end_to_end.test_end_to_end_many_stacks import CHAIN, SERVICES
from tests.end_to_end.trees import checked, plant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLOCK = datetime(2026, 1, 24, 7, 30, tzinfo=UTC)


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """A chain of programs in two languages, one that fails, and three states."""
    plant(tmp_path, {**CHAIN, "broken": "resources:\n  a: {type: }\n"}, resilience_yaml=SERVICES)
    (tmp_path / "states").mkdir()
    states(tmp_path / "states", 3, 8)
    (tmp_path / "states" / "resilience.yaml").unlink()
    return tmp_path


def report(root: Path, **options: object) -> str:
    found = checked(root, states=tuple(sorted((root / "states").iterdir())), clock=CLOCK, **options)
    assert found.verdict.exit_code is ExitCode.INPUT
    return JsonReport(Style(root)).render(found)


@contextmanager
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Evaluate everything in worker processes, also the few stacks that are not worth it."""
    with monkeypatch.context() as patch:
        patch.setattr(choosing, "WORTH", 0.0)
        patch.setattr(workers.LocalWorkers, "takes", workers.Workers.takes)
        yield


def test_the_report_is_the_same_whoever_evaluates_the_stacks(estate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = report(estate, jobs=1)
    assert {failure["subject"] for failure in json.loads(alone)["failures"]} >= {"broken/prod"}
    with processes(monkeypatch):
        assert report(estate, jobs=2) == alone


def test_the_report_is_the_same_from_a_cluster(estate: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", dashboard_address=":0", silence_logs=50
    ) as cluster:
        found = report(estate, scheduler=cluster.scheduler_address)
    assert found == report(estate, jobs=2)
