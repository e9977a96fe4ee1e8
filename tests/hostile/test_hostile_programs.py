"""What each hostile program tries, what it comes to, and that the check is clean only where it can be relied on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.hostile.attack import Attack, attempt
from tests.hostile.table import ATTACKS

if TYPE_CHECKING:
    from pathlib import Path

CONTROLS = [Attack(f"control-{language}", "nothing", "", "", exit_code=0, language=language) for language in ("python", "nodejs", "yaml")]


@pytest.mark.parametrize("attack", [*CONTROLS, *ATTACKS], ids=lambda attack: attack.name)
def test_a_program(attack: Attack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Without an attack the same estate is clean, so it is the attack that makes it something else."""
    if attack.language == "nodejs":
        attack.plant(tmp_path / "repository")
        (tmp_path / "repository" / "node_modules").symlink_to(request.getfixturevalue("node_packages"))
    found = attempt(attack, tmp_path, monkeypatch)
    assert found.exit_code == attack.exit_code, found.said
    assert re.search(re.escape(attack.says), found.said)
    attack.proof(found)


def test_there_are_at_least_forty_and_each_has_a_name_of_its_own() -> None:
    names = [attack.name for attack in ATTACKS]
    assert len(set(names)) == len(names) >= 40
