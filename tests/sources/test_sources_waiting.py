"""The time that a program has, and that which others take from it."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass

from resilience_checks.sources.given import Given
from resilience_checks.sources.stacks.waiting import ended


@dataclass(frozen=True)
class Waiting(Given):
    """Has kept its program waiting for so long."""

    seconds: float = 0.0

    def waited(self) -> float:
        return self.seconds


def test_time_spent_on_waiting_for_other_stacks_is_not_the_programs_own() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    begun = time.monotonic() - 100
    assert ended(child, begun, 10.0, Waiting(seconds=150.0))
    assert child.returncode == 0


def test_a_program_whose_own_time_is_over_has_not_ended() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert not ended(child, time.monotonic() - 100, 10.0, Waiting(seconds=89.0))
    child.communicate(b"\n")


def test_a_program_that_ended_before_its_time_was_over_has_ended_however_late_one_looks() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    assert ended(child, time.monotonic() - 100, 10.0, Given())
