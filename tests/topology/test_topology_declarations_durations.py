"""Durations: what is read, what is refused, and that the published schema agrees."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resilience_checks.topology.declaration_durations import duration, seconds
from resilience_checks.topology.declaration_schema import schema

PATTERN = re.compile(schema()["$defs"]["duration"]["pattern"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", 30.0),
        ("5m", 300.0),
        ("1h", 3600.0),
        ("1h30m", 5400.0),
        ("1.5h", 5400.0),
        ("2d", 172800.0),
        ("1w", 604800.0),
        ("250ms", 0.25),
        ("1m500ms", 60.5),
        ("0s", 0.0),
        ("PT1H", 3600.0),
        ("P1DT12H", 129600.0),
        ("PT0.5S", 0.5),
    ],
)
def test_durations(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "60", "1 h", "-5m", "5M", "30m1h", "1h1h", "P", "PT", "P1DT", "P1M", "PT1H ", "1h\n", ".5h", "1.h", "\u0661h"],
)
def test_what_is_no_duration(text: str) -> None:
    assert seconds(text) is None
    assert PATTERN.search(text) is None


@given(st.integers(0, 10**11))
def test_durations_round_trip(milliseconds: int) -> None:
    length = milliseconds / 1000

    assert seconds(duration(length)) == length
    assert PATTERN.search(duration(length)) is not None


@given(st.text(alphabet="0123.PTDHMSwdhms", max_size=10))
@example("P1DT")
@example("1ms")
def test_the_schema_takes_what_the_reader_takes(text: str) -> None:
    assert (PATTERN.search(text) is not None) == (seconds(text) is not None)
