"""What a folder of policies holds that a check reads: modules, pages and tables of controls, and nothing else."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from resilience_checks.policy import held

if TYPE_CHECKING:
    from pathlib import Path

READ = ("README.md", "area/own/README.md", "area/own/own.rego", "controls-beyond-code.yaml", "controls.yaml")
PASSED_OVER = ("area/own/own_test.rego", "area/own/notes.md", "area/own/own.rego.orig", "other.yaml", ".gitignore")


def test_it_holds_what_a_check_reads_by_its_path_and_with_its_digest(tmp_path: Path) -> None:
    (tmp_path / "area/own").mkdir(parents=True)
    for name in (*READ, *PASSED_OVER):
        (tmp_path / name).write_text(name, encoding="utf-8")
    for name in ("folder.rego", "area/controls.yaml"):
        (tmp_path / name).mkdir()
    found = held.files(tmp_path)
    assert found == {name: hashlib.sha256(name.encode()).hexdigest() for name in READ}
    assert list(found) == list(READ)
