"""The tutorial, followed in a new repository, prints what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.tutorial import PAGE, followed

if TYPE_CHECKING:
    from pathlib import Path


def test_every_command_prints_what_the_page_shows(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("<!-- run: ") == page.count("<!-- /run -->") > 0
    assert followed(page, tmp_path) == page
