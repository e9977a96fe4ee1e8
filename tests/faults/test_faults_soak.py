"""Many checks in one process leave nothing behind; `tox -e soak` makes 2,000."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks.soak import Level, slope
from tests.cli.conftest import ROOT

CHECKS = 50


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts what Linux accounts for")
def test_fifty_checks_leave_nothing_behind() -> None:
    """In a process of its own, which holds nothing but them; memory has its say where there are more of them."""
    program = "import sys; from benchmarks import soak; soak.SLOPE = 100.0; sys.exit(soak.main(int(sys.argv[1])))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(CHECKS)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"    {CHECKS} checks: " in done.stdout


def test_what_grows_is_seen_and_a_single_leap_is_not() -> None:
    def levels(*memory: int) -> list[tuple[int, Level]]:
        return [(10 * number, Level(held, 1, 6, 0, 0)) for number, held in enumerate(memory, 1)]

    assert slope(levels(*range(1000, 1200, 20))) == 2.0
    assert slope(levels(*[1000] * 5, *[1300] * 4)) < 100.0
    assert slope(levels(*[1000] * 8, 9000)) == 0.0
