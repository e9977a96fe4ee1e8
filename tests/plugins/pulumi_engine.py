"""A real Pulumi CLI for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.binaries import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engines.real import Engine


@pytest.fixture(scope="session")
def pulumi_cli() -> Path:
    """The CLI that `make test` builds, or one that RESILIENCE_PULUMI names, or one on PATH."""
    found = TOOLS["pulumi"].found()
    if found is None:
        pytest.skip("no Pulumi CLI: run `python tools/binaries.py build pulumi`")
    return found


@pytest.fixture(scope="session")
def engine(pulumi_cli: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The real engine with an echo provider for every package that is asked for."""
    from tests.engines.real import Engine

    running = Engine(pulumi_cli, tmp_path_factory.mktemp("engine") / "home")
    yield running
    running.close()
