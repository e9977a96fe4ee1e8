"""What each hostile program tries, what it comes to, and that the check is clean only where it can be relied on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from resilience_checks import check
from resilience_checks.model.errors import UsageError
from resilience_checks.sources.program import confinement
from tests.hostile import changing
from tests.hostile.attack import OF_NODE, Attack, Attempt, attempt
from tests.hostile.table import ATTACKS
from tools.hostile_programs import FILE, written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.conftest import Surroundings

CONTROLS = [
    Attack(f"control-{language}", "nothing", "", "", exit_code=0, language=language)
    for language in ("python", "nodejs", "yaml")
]


@pytest.mark.parametrize("attack", [*CONTROLS, *ATTACKS], ids=lambda attack: attack.name)
def test_a_program(
    attack: Attack, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Without an attack the same estate is clean, so it is the attack that makes it something else."""
    _plant(attack, surroundings, request)
    found = attempt(attack, surroundings.folder, monkeypatch)
    assert found.exit_code == attack.exit_code, found.said
    assert attack.says in found.said
    _is_stopped(attack, found, surroundings)


@pytest.mark.parametrize("attack", changing.ATTACKS, ids=lambda attack: attack.name)
def test_where_the_system_confines_nothing_a_change_is_a_failure(
    attack: Attack, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confinement, "MEANS", ())
    attack.plant(surroundings.folder / "repository", surroundings.known)
    found = attempt(attack, surroundings.folder, monkeypatch)
    assert (found.exit_code, " was changed while the " in found.said) == (4, True)


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack.by_system], ids=lambda attack: attack.name)
def test_where_the_system_confines_nothing_it_comes_through_and_the_report_says_so(
    attack: Attack, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """It is the confinement that stops these, and their proofs can fail."""
    monkeypatch.setattr(confinement, "MEANS", ())
    _plant(attack, surroundings, request)
    found = attempt(attack, surroundings.folder, monkeypatch)
    assert [
        note for note in found.report.stacks[0].notes if note.startswith("what the program may do is only hindered")
    ]
    with pytest.raises(AssertionError):
        _is_stopped(attack, found, surroundings)


def _plant(attack: Attack, surroundings: Surroundings, request: pytest.FixtureRequest) -> None:
    repository = surroundings.folder / "repository"
    attack.plant(repository, surroundings.known)
    if attack.language in OF_NODE:
        (repository / "node_modules").symlink_to(request.getfixturevalue("node_packages"))


def _is_stopped(attack: Attack, found: Attempt, surroundings: Surroundings) -> None:
    attack.proof(found)
    assert surroundings.are_untouched()


@pytest.mark.parametrize("name", ["resilience.yaml", "resilience-waivers.yaml"])
def test_settings_that_are_a_pipe_are_an_error_and_nobody_waits(name: str, tmp_path: Path) -> None:
    CONTROLS[-1].plant(tmp_path / "repository", {})
    (tmp_path / "repository" / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / "repository" / name)
    with pytest.raises(UsageError, match="no regular file"):
        check.run(check.Options(paths=(tmp_path / "repository",), root=tmp_path / "repository"))


@pytest.mark.parametrize("name", ["resilience.yaml", "resilience-waivers.yaml"])
def test_settings_that_lead_to_a_device_are_an_error_and_nobody_waits(name: str, tmp_path: Path) -> None:
    CONTROLS[-1].plant(tmp_path / "repository", {})
    (tmp_path / "repository" / name).unlink(missing_ok=True)
    (tmp_path / "repository" / name).symlink_to("/dev/zero")
    with pytest.raises(UsageError, match="no regular file"):
        check.run(check.Options(paths=(tmp_path / "repository",), root=tmp_path / "repository"))


def test_there_are_at_least_forty_and_each_has_a_name_of_its_own() -> None:
    names = [attack.name for attack in ATTACKS]
    assert len(set(names)) == len(names) >= 40


def test_the_page_on_security_tells_of_each_of_them() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert written(text) == text, "run `python -m tools.hostile_programs`"
