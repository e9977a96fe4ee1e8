"""Runs a small program as a program under check is run, and hears what it came to."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.sources.interface import Limits
from resilience_checks.sources.program import confinement, readable
from resilience_checks.sources.program.confining.start import FILTER, LANDLOCK, MEANS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.sources.program.confinement import Confinement

ALL, WITHOUT_NAMESPACES, NOTHING = MEANS, (LANDLOCK, FILTER), ()


@dataclass(frozen=True)
class Outcome:
    """What a program printed, its exit code, and how it was confined."""

    printed: str
    code: int
    confinement: Confinement

    @property
    def said(self) -> Any:
        """What it printed as JSON."""
        return json.loads(self.printed)


def run(
    means: Sequence[str],
    repository: Path,
    words: Sequence[str],
    packages: Sequence[Path] = (),
    limits: Limits | None = None,
) -> Outcome:
    """Run a command with a repository that it may read, confined by these means; skip where one cannot be had."""
    private = repository.parent / "private"
    private.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confinement, "MEANS", tuple(means))
        job = confinement.Job(words, repository, [repository], packages, limits or Limits(), addresses=False)
        started = job.start(private, {}, subprocess.PIPE)
    printed, _ = started.process.communicate(timeout=60)
    found = started.confinement()
    started.close()
    if sys.platform != "linux" or (found.alone, found.landlock > 0, found.filter) != tuple(
        one in means for one in MEANS
    ):
        pytest.skip(f"this system lets {found} alone, of {means}")
    return Outcome(printed.decode(), started.process.returncode, found)


def python(
    means: Sequence[str], repository: Path, program: str, *given: object, limits: Limits | None = None
) -> Outcome:
    """Run a Python program of the standard library."""
    (repository / "program.py").write_text(program, encoding="utf-8")
    words = [sys.executable, "-I", "-S", str(repository / "program.py"), *map(str, given)]
    return run(means, repository, words, sorted(readable.environment(Path(sys.executable))), limits)
