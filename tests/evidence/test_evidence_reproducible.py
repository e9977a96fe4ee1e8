"""The same inputs and the same clock give the same bytes, wherever and however often a check runs."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from resilience_checks.cli.clock import clock
from resilience_checks.cli.surroundings import Surroundings
from resilience_checks.model.errors import UsageError
from resilience_checks.report.formats import FORMS
from tests.evidence.projects import CLOCK, FILES, run, write

if TYPE_CHECKING:
    from pathlib import Path

_WRITTEN = [part for name in FORMS for part in ("--format", f"{name}={name}.out")]


_TOKEN = re.compile(rb"(?<=::)[0-9a-f]{32}(?=(::)?$)", re.MULTILINE)
"""Nobody may guess what ends the fence around a program's words, so that alone is random."""


def _outputs(directory: Path) -> dict[str, bytes]:
    return {path.name: _TOKEN.sub(b"", path.read_bytes()) for path in directory.glob("*.out")}


def test_every_form_of_the_report_is_the_same_in_another_place_and_for_another_user(tmp_path: Path) -> None:
    here = write(tmp_path / "a")
    there = write(tmp_path / "deep" / "down" / "and far from there", dict(reversed(FILES.items())))
    one = run(here, "check", "web", *_WRITTEN, "--clock", CLOCK, PYTHONHASHSEED="1", HOME=str(here))
    other = run(
        there / "web",
        *("check", str(there / "web"), *_WRITTEN),
        SOURCE_DATE_EPOCH="1769239800",  # the same time
        PYTHONHASHSEED="4711",
        HOME=str(there),
        TZ="Asia/Tokyo",
        HOSTNAME="elsewhere",
        USER="somebody",
        LC_ALL="C",
    )
    assert (one.returncode, one.stdout) == (other.returncode, other.stdout), one.stderr + other.stderr
    assert set(_outputs(here)) == {f"{name}.out" for name in FORMS}
    assert _outputs(here) == _outputs(there / "web")
    for content in _outputs(here).values():
        assert str(tmp_path).encode() not in content

    again = run(there / "web", "check", str(there / "web"), *_WRITTEN, "--clock", CLOCK)  # now what is written is there
    assert again.returncode == one.returncode
    assert _outputs(there / "web") == _outputs(here)


def _clock(environment: dict[str, str] | None = None, **given: object) -> dict[str, object]:
    return clock({"clock": None, "today": None, **given}, Surroundings.read(environment or {}))


def test_the_clock_is_the_option_else_the_environment_and_its_day_that_of_dates() -> None:
    at = {"clock": datetime(2026, 1, 25, 1, 30, tzinfo=UTC), "today": date(2026, 1, 25)}
    assert _clock(clock="2026-01-24T23:30:00-02:00") == at
    assert _clock(clock="2026-01-25T01:30:00") == at
    assert _clock({"SOURCE_DATE_EPOCH": "1769304600"}) == at
    assert _clock({"SOURCE_DATE_EPOCH": "0"}, clock="2026-01-25T01:30:00Z") == at
    assert _clock(clock="2026-01-25T01:30:00Z", today=datetime(2026, 3, 1)) == at | {"today": date(2026, 3, 1)}  # noqa: DTZ001


@pytest.mark.parametrize(
    ("given", "environment", "what"),
    [
        ({"clock": "yesterday"}, {}, "--clock yesterday is not a time"),
        ({"clock": "0001-01-01T00:00:00+14:00"}, {}, "--clock 0001-01-01T00:00:00+14:00 is not a time"),
        ({}, {"SOURCE_DATE_EPOCH": "1e9"}, "SOURCE_DATE_EPOCH=1e9 is not a time"),
        ({}, {"SOURCE_DATE_EPOCH": "9" * 30}, f"SOURCE_DATE_EPOCH={'9' * 30} is not a time"),
    ],
)
def test_a_time_that_is_none_is_refused(given: dict[str, str], environment: dict[str, str], what: str) -> None:
    with pytest.raises(UsageError) as caught:
        _clock(environment, **given)
    assert caught.value.what == what
    assert "1970" in caught.value.remedy or "--clock 2026" in caught.value.remedy


def test_timings_are_told_only_where_they_are_asked_for(tmp_path: Path) -> None:
    found = json.loads(run(write(tmp_path), "check", "--format", "json", "--timings", "--clock", CLOCK).stdout)
    assert (found["started"], found["timings"]["total"] > 0) == ("2026-01-24T07:30:00+00:00", True)
