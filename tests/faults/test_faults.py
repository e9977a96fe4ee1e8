"""Every fault ends in a correct report or in a clear failure: never in a clean verdict, and nothing is left behind."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults import child_cases, disk_cases, git_cases, opa_cases, shared_cases, signal_cases, worker_cases
from tests.faults.bench import BLOCKED, Bench, Case
from tests.faults.elsewhere import ELSEWHERE
from tests.plugins.shared import once

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
CASES: tuple[Case, ...] = (
    *opa_cases.CASES,
    *worker_cases.CASES,
    *child_cases.CASES,
    *git_cases.CASES,
    *disk_cases.CASES,
    *signal_cases.CASES,
    *shared_cases.CASES,
)
_CLEAN = (0, 3)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="f-", dir="/tmp") as temporary:
        yield Bench(tmp_path, Path(temporary), monkeypatch, request.getfixturevalue)


@pytest.fixture
def undisturbed(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> object:
    """What the project's report finds without any fault."""

    def found() -> object:
        with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(dir="/tmp") as temporary:
            place = tmp_path_factory.mktemp("undisturbed")
            done = Bench(place, Path(temporary), patch, request.getfixturevalue).check()
        assert done.code == BLOCKED
        assert done.results
        return done.results

    return once(found, "undisturbed project of faults")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_is_told_or_does_not_matter(case: Case, bench: Bench, undisturbed: object) -> None:
    ended = case.bring(bench)
    assert (ended.code, bool(re.search(case.told, ended.said))) == (case.code, True), ended.said[-400:]
    assert "Traceback" not in ended.said
    assert not case.correct or ended.results in {None, undisturbed}
    bench.hold_nothing_is_left(case.made)


def test_no_fault_is_a_clean_verdict_and_there_are_many() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) >= 60
    assert all(case.code not in _CLEAN and (case.correct or case.told or case.code != BLOCKED) for case in CASES)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_counted_elsewhere_is_there(name: str) -> None:
    file, test = ELSEWHERE[name]
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
