"""Real packages for the Node programs of the tests."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tools.node_packages import path

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def node_packages() -> Path:
    """The node_modules that `make test` installs."""
    found = path() / "node_modules"
    if not found.is_dir() or shutil.which("node") is None:
        pytest.skip("no Node, or no packages for it: run `python tools/node_packages.py build`")
    return found
