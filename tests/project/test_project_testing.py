"""docs/testing.md counts what there is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.faults.elsewhere import ELSEWHERE
from tests.faults.test_faults import CASES
from tests.hostile.table import ATTACKS
from tests.secrets.planted import KINDS
from tools.fuzz.harnesses import HARNESSES
from tools.readme import ROOT

if TYPE_CHECKING:
    from collections.abc import Sized


@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("(?:hostile programs|programs in Python)", (ATTACKS,)),
        ("(?:cases: engines|faults of engines)", (CASES, ELSEWHERE)),
        ("readers", (HARNESSES,)),
        ("kinds of secrets", (KINDS,)),
    ],
)
@pytest.mark.parametrize("file", ["docs/testing.md", "README.md"])
def test_a_page_counts_what_there_is(file: str, words: str, there: tuple[Sized, ...]) -> None:
    found = re.findall(rf"(\d+) {words}", (ROOT / file).read_text(encoding="utf-8"))
    assert {int(number) for number in found} <= {sum(map(len, there))}
    assert found or file == "README.md"
