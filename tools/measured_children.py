"""Has coverage measure what runs confined, too: `tox -e coverage` loads this, and the usual run does not.

What confines a program passes none of our variables on to it, and lets it write in one folder that ends with it. So
the tests' own process gives the measuring along there, and fetches what was measured before the folder goes.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from coverage import Coverage

from resilience_checks.sources.program import confinement

if TYPE_CHECKING:
    from collections.abc import Sequence

_DATA = ".measured"


def measured(words: Sequence[str], *, env: dict[str, str], **options: Any) -> subprocess.Popen[bytes]:
    """Start what confines, with Python's own start-up, which begins to measure."""
    running = Coverage.current()
    assert running is not None
    config = running.config.copy()
    config.data_file, config.patch = f"{words[-1]}/{_DATA}", ["_exit", "execv"]
    variables = {**env, "COVERAGE_PROCESS_CONFIG": config.serialize()}
    process = subprocess.Popen([word for word in words if word != "-S"], env=variables, **options)
    _folders[process] = Path(words[-1])
    return process


_folders: dict[subprocess.Popen[bytes], Path] = {}


@pytest.fixture(autouse=True)
def measured_children(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Measure what this test starts."""
    end = confinement.Started.end

    def fetched(started: confinement.Started) -> None:
        end(started)
        for data in _folders.pop(started.process, Path("/nowhere")).glob(f"{_DATA}.*"):
            shutil.copy(data, pytestconfig.rootpath / f".coverage.{uuid4().hex}")

    monkeypatch.setattr(confinement, "subprocess", SimpleNamespace(**{**vars(subprocess), "Popen": measured}))
    monkeypatch.setattr(confinement.Started, "end", fetched)
