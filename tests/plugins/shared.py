"""What several tests ask of a stack that none of them changes, found out once in a run of the tests."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")
_folder: Path | None = None


@pytest.fixture(scope="session", autouse=True)
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make a folder of this run known, which pytest's workers have in common."""
    global _folder  # noqa: PLW0603 helpers ask that are no fixtures
    own = tmp_path_factory.getbasetemp()
    _folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    _folder.mkdir(exist_ok=True)
    yield
    _folder = None


def once(make: Callable[[], T], *name: object) -> T:
    """Return what `make` makes, or made for this name already in this run, in whichever worker; an error is kept by none.

    For real results that do not depend on the test that asks, of what no test changes; each caller has a copy of its own.
    """
    if _folder is None:
        return make()
    file = _folder / hashlib.sha256(repr(name).encode()).hexdigest()
    with file.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            made = pickle.dumps(make())
            file.with_suffix(".part").write_bytes(made)
            file.with_suffix(".part").rename(file)
    found: T = pickle.loads(file.read_bytes())
    return found
