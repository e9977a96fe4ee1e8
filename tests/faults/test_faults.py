"""Every fault ends in a correct report or in a clear failure: never in a clean verdict, and nothing is left behind."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults import child_cases, git_cases, opa_cases, worker_cases
from tests.faults.bench import BLOCKED, Bench, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES: tuple[Case, ...] = (
    *opa_cases.CASES,
    *worker_cases.CASES,
    *child_cases.CASES,
    *git_cases.CASES,
)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="f-", dir="/tmp") as temporary:
        yield Bench(tmp_path, Path(temporary), monkeypatch, request.getfixturevalue)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_is_told_or_does_not_matter(case: Case, bench: Bench) -> None:
    ended = case.bring(bench)
    assert (ended.code, bool(re.search(case.told, ended.said))) == (case.code, True), ended.said[-1500:]
    assert "Traceback" not in ended.said
    bench.hold_nothing_is_left(case.made)
