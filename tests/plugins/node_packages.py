"""Real packages for the Node programs of the tests, and readers of the report's forms that npm has."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tools.node_packages import MULTITOOL, node, path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def node_packages() -> Iterator[Path]:
    """The node_modules that `make test` installs, with a Node on PATH."""
    found = path() / "node_modules"
    if not found.is_dir():
        pytest.skip("no packages for Node programs: run `python tools/node_packages.py build`")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.pathsep.join([os.environ["PATH"], str(node())]))
        yield found


@pytest.fixture(scope="session")
def multitool(node_packages: Path) -> Path:
    """The SARIF Multitool: the reference reader, which holds files against the standard and against GitHub's rules."""
    found = next(node_packages.parent.glob(MULTITOOL), None)
    if found is None:
        pytest.skip("no SARIF Multitool for this system: npm has it for Linux and macOS on x86-64")
    return found
