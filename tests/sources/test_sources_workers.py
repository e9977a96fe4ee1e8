"""What workers make of stacks is what this process makes of them, and what they lose is told."""

from __future__ import annotations

import pickle
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model import repository
from resilience_checks.model.errors import InputError, UsageError
from resilience_checks.model.graph import ResourceGraph
from resilience_checks.model.location import Location
from resilience_checks.sources import opening
from resilience_checks.sources.discovery import Stack
from resilience_checks.sources.given import Given
from resilience_checks.sources.interface import Limits
from resilience_checks.sources.project import read_project
from resilience_checks.sources.stacks import choosing, workers
from resilience_checks.sources.stacks.batches import batches
from resilience_checks.sources.stacks.evaluations import Evaluated, Evaluation
from resilience_checks.sources.stacks.packed import UnreadableError, pack, unpack
from resilience_checks.sources.stacks.together import Together
from resilience_checks.sources.stacks.work import Task, identity, work
from resilience_checks.sources.wire import key
from tests.sources.travelling import Sent

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.sources.stacks.workers import Workers

ESTATE = (
    Sent("network/prod"),
    Sent("app/prod", reads=("o/network/prod", "o/unheard/prod")),
    Sent("shop/prod", reads=("o/app/prod",)),
    Sent("broken/prod", mood="fails"),
    Sent("lost/prod", reads=("o/broken/prod",)),
    Sent("left/prod", reads=("o/right/prod",)),
    Sent("right/prod", reads=("o/left/prod",)),
)


def evaluated(makes: tuple[Sent, ...], far: Workers | None = None) -> tuple[Evaluated, ...]:
    with closing(Together(makes, Given(), jobs=2, workers=far)) as together:
        together.start()
        return together.results()


def told(found: Evaluated) -> tuple[object, ...]:
    error = None if found.error is None else (found.error.what, found.error.why, found.error.remedy)
    return (found.source.name, found.graph, error, found.needs, found.references)


@pytest.mark.parametrize("size", [1, 2])
def test_worker_processes_find_what_threads_find(size: int) -> None:
    here = evaluated(ESTATE)
    there = evaluated(ESTATE, workers.LocalWorkers(size))
    assert [told(one) for one in there] == [told(one) for one in here]


def test_a_stack_whose_worker_dies_twice_is_not_evaluated_and_the_others_are(tmp_path: Path) -> None:
    makes = (*(Sent(f"s{number}/prod") for number in range(4)), Sent("deadly/prod", "dies", note=tmp_path / "ran"))
    *others, deadly = evaluated(makes, workers.LocalWorkers(2))
    assert [one.error for one in others] == [None] * 4
    assert deadly.graph is None
    assert deadly.error is not None
    assert deadly.error.what == (
        "deadly/prod was not evaluated: its worker died, and so did the one that tried again, or neither ended in time"
    )
    assert deadly.error.remedy
    assert deadly.error.exit_code == InputError.exit_code
    assert (tmp_path / "ran").read_text(encoding="utf-8") == "ran\n" * 2


def test_a_stack_whose_worker_dies_once_is_tried_again(tmp_path: Path) -> None:
    [found] = evaluated((Sent("deadly/prod", "dies once", note=tmp_path / "ran"),), workers.LocalWorkers(1))
    assert found.error is None
    assert found.graph is not None


def test_a_stack_that_hangs_is_not_evaluated_and_the_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "GRACE", 1.5)
    well, hangs = evaluated((Sent("well/prod"), Sent("slow/prod", "hangs", seconds=0.1)), workers.LocalWorkers(2))
    assert well.error is None
    assert hangs.error is not None
    assert hangs.error.what.startswith("slow/prod was not evaluated: its worker ")


def test_a_worker_of_another_version_is_not_trusted() -> None:
    task = Task(Sent("a/prod"), Given(), {}, key(), "0.0.1 0123 python 3.11.0")
    [answer] = work([task])
    assert answer.error is not None
    assert "instead of 0.0.1" in answer.error.what
    [answer] = work([replace(task, identity=f"{identity()}0")])
    assert answer.error is not None
    assert "another build of it, or another Python" in answer.error.what


def test_what_is_unpacked_is_a_value_of_the_model_and_nothing_else() -> None:
    graph = ResourceGraph("a", "b", Location("Pulumi.yaml", 1), "program", ())
    assert unpack(pack(graph)) == graph
    for bad in (
        pickle.dumps(print),
        pickle.dumps(repository.repository_root),
        pickle.dumps(Together),
        pack(graph)[:-3],
        b"",
    ):
        with pytest.raises(UnreadableError):
            unpack(bad)


def test_small_files_travel_together_and_programs_alone() -> None:
    class Sized(Sent):
        size = 1000

    makes = [Sent("a/prod"), *(Sized(f"f{number}/prod") for number in range(40)), Sent("b/prod")]
    found = batches([Evaluation(index, make, lambda one: one.make(Given())) for index, make in enumerate(makes)], 2)
    assert [len(batch) for batch in found] == [1, *[5] * 8, 1]
    assert [one.index for batch in found for one in batch] == list(range(42))


def test_a_few_stacks_are_evaluated_by_threads_and_many_by_processes(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: a\nruntime: python\n", encoding="utf-8")
    stack = Stack(read_project(tmp_path / "Pulumi.yaml", tmp_path), "prod")
    make = opening.OfProgram(stack, tmp_path, Limits())
    assert choosing.chosen([make] * 5, 2, None) is None
    assert choosing.chosen([make] * 50, 1, None) is None
    many = choosing.chosen([make] * 50, 2, None)
    assert isinstance(many, workers.LocalWorkers)
    assert many.takes(make)
    (tmp_path / "__main__.py").write_text("pulumi.StackReference('network')", encoding="utf-8")
    opening._asks.cache_clear()
    assert not many.takes(make)


def test_a_scheduler_that_does_not_answer_is_an_error_of_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_CONNECT", 0.2)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        choosing.chosen([], 2, "tcp://127.0.0.1:1")
