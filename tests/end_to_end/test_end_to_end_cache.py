"""What has not changed is not evaluated again, and the report is the same to the byte; whatever counts changes that."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.report.formats import Style
from resilience_checks.report.json_report import JsonReport
from resilience_checks.sources.program.child_process import ChildProcess
from resilience_checks.sources.stacks import kept
from resilience_checks.sources.yaml_program.source import YamlSource
from tests.end_to_end.test_end_to_end_many_stacks import CHAIN, PLATFORM, SERVICES
from tests.end_to_end.trees import checked, plant, python

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLOCK = datetime(2026, 1, 24, 7, 30, tzinfo=UTC)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stacks that were evaluated."""
    names: list[str] = []

    def noted(original: Callable[[Any], object]) -> Callable[[Any], object]:
        def graph(source: Any) -> object:
            names.append(source.name)
            return original(source)

        return graph

    monkeypatch.setattr(ChildProcess, "graph", noted(ChildProcess.graph))
    monkeypatch.setattr(YamlSource, "graph", noted(YamlSource.graph))
    return names


def report(root: Path, cache: Path | None) -> str:
    style = Style(root)
    return JsonReport(style).render(checked(root, clock=CLOCK, cache=cache))


def test_a_second_run_evaluates_nothing_and_says_the_same(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, ran: list[str]
) -> None:
    cache = tmp_path_factory.mktemp("cache") / "own"
    plant(tmp_path, CHAIN, resilience_yaml=SERVICES)
    first = report(tmp_path, cache)
    assert sorted(ran) == ["booking/prod", "data/prod", "platform/prod"]
    assert report(tmp_path, cache) == first
    assert len(ran) == 3
    # an output that changes is told to the program that reads it, and to nobody else
    (tmp_path / "platform" / "Pulumi.yaml").write_text(
        "name: platform\nruntime: yaml\n" + PLATFORM.replace("plan: ${plan.id}", "plan: known"), encoding="utf-8"
    )
    ran.clear()
    third = report(tmp_path, cache)
    assert sorted(ran) == ["booking/prod", "data/prod", "platform/prod"]
    ran.clear()
    assert report(tmp_path, None) == third
    assert len(ran) == 3


def test_what_the_program_stands_on_outside_of_its_folder_counts(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path_factory.mktemp("cache") / "own"
    program = "resources:\n  a: {type: x:y:Z, properties: {text: {fn::readFile: ../data.txt}}}\n"
    plant(tmp_path, {"app": program}, data_txt="one")

    def runs() -> int:
        ran.clear()
        report(tmp_path, cache)
        return len(ran)

    assert [runs(), runs()] == [1, 0]
    (tmp_path / "data.txt").write_text("two", encoding="utf-8")
    assert [runs(), runs()] == [1, 0]
    (tmp_path / "app" / "Pulumi.prod.yaml").write_text("config: {a: b}\n", encoding="utf-8")
    assert [runs(), runs()] == [1, 0]
    for file in cache.glob("*/*"):
        file.write_bytes(file.read_bytes()[:-9])
    assert [runs(), runs()] == [1, 0]
    monkeypatch.setattr(kept, "identity", lambda: "another version")
    assert [runs(), runs()] == [1, 0]


def test_a_program_of_which_it_is_not_known_what_it_hangs_on_runs_each_time(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, ran: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    cache = tmp_path_factory.mktemp("cache") / "own"
    plant(tmp_path, {"app": python("import datetime", "Thing('a', 'x:y:Z')")})
    with caplog.at_level(logging.DEBUG, "resilience_checks.cache"):
        report(tmp_path, cache)
        report(tmp_path, cache)
    assert ran == ["app/prod"] * 2
    assert (
        caplog.messages
        == [
            "app/prod is evaluated each time: __main__.py may ask for the time, for chance or for this machine: import datetime"
        ]
        * 2
    )


def test_a_folder_that_others_may_enter_is_told_and_not_used(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, ran: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    cache.chmod(0o755)
    plant(tmp_path, {"app": "resources:\n  a: {type: x:y:Z}\n"})
    report(tmp_path, cache)
    report(tmp_path, cache)
    assert len(ran) == 2
    assert caplog.messages == [f"the cache is not used: {cache} is open to others: chmod 700 it"] * 2
    assert list(cache.iterdir()) == []
