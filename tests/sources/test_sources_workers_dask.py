"""The workers of a Dask cluster find what threads find; what they lose, and a lost scheduler, is told."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.errors import UsageError
from resilience_checks.sources.given import Given
from resilience_checks.sources.stacks import workers
from resilience_checks.sources.stacks.together import Together
from tests.sources.test_sources_workers import ESTATE, evaluated, told
from tests.sources.travelling import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

distributed = pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
pytestmark = [pytest.mark.filterwarnings("default")]  # the cluster warns of ports, of loops and of its own closing


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_finds_what_threads_find(scheduler: str) -> None:
    assert [told(one) for one in evaluated(ESTATE, workers.DaskWorkers(scheduler))] == [
        told(one) for one in evaluated(ESTATE)
    ]


def test_a_stack_whose_worker_dies_is_tried_again(scheduler: str, tmp_path: Path) -> None:
    makes = (Sent("a/prod"), Sent("deadly/prod", "dies once", note=tmp_path / "ran"), Sent("b/prod"))
    found = evaluated(makes, workers.DaskWorkers(scheduler))
    assert [one.error for one in found] == [None] * 3
    assert (tmp_path / "ran").read_text(encoding="utf-8") == "ran\n" * 2


def test_a_stack_that_hangs_is_not_evaluated_and_the_others_are(
    scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "GRACE", 0.5)
    well, hangs = evaluated(
        (Sent("well/prod"), Sent("slow/prod", "hangs", seconds=0.1)), workers.DaskWorkers(scheduler)
    )
    assert well.error is None
    assert hangs.error is not None
    assert hangs.error.what.startswith("slow/prod was not evaluated: ")


def test_a_scheduler_that_is_lost_leaves_what_is_there_and_the_rest_not_evaluated(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    said = ["--scheduler-file", str(file)]
    with (
        _started("scheduler", *said, "--host", "127.0.0.1", "--port", "0", "--no-dashboard") as scheduler,
        _started("worker", *said, "--nthreads", "2", "--no-nanny", "--no-dashboard"),
    ):
        while (address := _address(file)) is None:
            assert scheduler.poll() is None
        far = workers.DaskWorkers(address)
        makes = (Sent("well/prod"), Sent("slow/prod", "hangs", note=tmp_path / "ran"))
        with closing(Together(makes, Given(), workers=far)) as together:
            together.start()
            together._evaluations[0].done.wait(30)
            while not (tmp_path / "ran").exists():
                assert scheduler.poll() is None
            scheduler.kill()
            well, slow = together.results()
    assert well.error is None
    assert slow.error is not None
    assert slow.error.what.startswith("slow/prod was not evaluated: the Dask scheduler at tcp://127.0.0.1:")
    assert slow.error.what.endswith(" was lost")


def _address(file: Path) -> str | None:
    """Where the scheduler listens; None until its file, which is there before its text is, can be read."""
    try:
        address: str = json.loads(file.read_text(encoding="utf-8"))["address"]
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return address


@contextmanager
def _started(what: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_scheduler_without_workers_evaluates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_CONNECT", 2.0)
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, protocol="tcp", dashboard_address=":0", silence_logs=50
        ) as cluster,
        pytest.raises(UsageError, match="has no workers"),
    ):
        workers.DaskWorkers(cluster.scheduler_address)
