"""What a check tells while it runs: a line that changes on a terminal, a line a minute in CI, nothing elsewhere."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING

from resilience_checks.cli.progress import Minutely, observer, progress
from resilience_checks.cli.surroundings import Surroundings
from resilience_checks.sources.stacks.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

AROUND = Surroundings(system="", step_summary=None, colorful=False, width=80, progress=False)


class Noted(StringIO):
    """Standard error that tells when something is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def write(self, text: str) -> int:
        found = super().write(text)
        self.written.set()
        return found


def test_each_place_is_told_in_its_way() -> None:
    assert observer(replace(AROUND, progress=True)) is progress
    assert isinstance(observer(replace(AROUND, system="gitlab")), Minutely)
    assert observer(AROUND)("running") is None


def test_ci_is_told_the_step_of_the_moment_on_a_line_that_no_name_can_break(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Noted()
    monkeypatch.setattr(sys, "stderr", written)
    minutely = Minutely(seconds=0.01)
    minutely("running a\n::error::b (3 of 1000, about 4 min left)")
    assert written.written.wait(10)
    minutely.ended.set()
    assert written.getvalue().splitlines()[0].startswith("resilience-checks: running a")
    assert "\n::error" not in written.getvalue()


def clock(*steps: float) -> Iterator[float]:
    at = 0.0
    for step in steps:
        at += step
        yield at


def paced(every: int, seconds: float, done: int) -> str:
    times = clock(0.0, *[seconds] * done)
    pace = Pace(every, clock=lambda: next(times))
    for _ in range(done):
        pace.begin()
        pace.finish()
    return pace.begin()


def test_the_time_left_is_told_once_the_pace_is_known() -> None:
    assert paced(1, 1.0, 0) == ""
    assert paced(100, 1.0, 3) == " (4 of 100)"
    assert paced(100, 1.0, 10) == " (11 of 100, about 2 min left)"
    assert paced(100, 0.5, 10) == " (11 of 100, about 45 s left)"
    assert paced(10_000, 2.0, 100) == " (101 of 10000, about 5.5 h left)"
    assert paced(20, 0.1, 10) == " (11 of 20)"


def test_the_pace_is_that_of_the_last_ones() -> None:
    times = clock(0.0, *[0.001] * 500, *[1.0] * 50)
    pace = Pace(600, clock=lambda: next(times))
    for _ in range(550):
        pace.finish()
    assert pace.begin() == " (1 of 600, about 50 s left)"
