"""A real browser, started once, and the accessibility rules of axe-core."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools import chromium as tool
from tools import node_packages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium, without a network."""
    program = tool.found()
    if program is None:
        pytest.skip("no Chromium: run `python tools/chromium.py build`, or install Debian's chromium-headless-shell")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        flags = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"]
        browser = started.chromium.launch(executable_path=program, env=dict(tool.environment()), args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    file = node_packages.path() / "node_modules" / "axe-core" / "axe.min.js"
    if not file.is_file():
        pytest.skip("no axe-core: run `python tools/node_packages.py build`")
    return file.read_text(encoding="utf-8")
