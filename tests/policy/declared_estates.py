"""What one policy says of an estate that is declared alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.analysis.answers import answer
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.result import Outcome
from resilience_checks.policy import document, pack
from resilience_checks.policy.embedded import EmbeddedEngine
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.outcome import decide
from resilience_checks.policy.settings import settings
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.result import Result
    from resilience_checks.topology.estate import Estate


def estate(text: str, directory: Path) -> Estate:
    """Return the estate that this resilience.yaml declares."""
    file = directory / "resilience.yaml"
    file.write_text(text, encoding="utf-8")
    return build([Program().graph()], load(file, directory), load_catalogue())


def results(policy: str, text: str, directory: Path) -> list[Result]:
    """Return what the policy says of it, with all others switched off."""
    known = estate(text, directory)
    loaded = pack.load()
    given = load(directory / "resilience.yaml", directory)
    how = {name: item for name, item in settings(loaded, given.policies, given.policy_set).items() if name == policy}
    alone = pack.Pack(tuple(one for one in loaded.policies if one.id == policy), loaded.modules)
    matter = Matter(known, answer(known, pack.questions(alone, how)), how)
    with EmbeddedEngine() as engine:
        return list(decide(alone, document.build(matter, pack.reads(alone, how)), matter, engine))


def told(found: list[Result]) -> list[tuple[str, str, str]]:
    """Return outcome, target and message of each."""
    return [(str(one.outcome), one.target, one.message) for one in found]


def violations(text: str, directory: Path) -> set[tuple[str, tuple[str, ...]]]:
    """Return policy and cause of every violation that all policies together find in it."""
    known = estate(text, directory)
    loaded = pack.load()
    given = load(directory / "resilience.yaml", directory)
    how = settings(loaded, given.policies, given.policy_set)
    matter = Matter(known, answer(known, pack.questions(loaded, how)), how)
    with EmbeddedEngine() as engine:
        found = decide(loaded, document.build(matter, pack.reads(loaded, how)), matter, engine)
        return {(one.policy, one.cause) for one in found if one.outcome is Outcome.VIOLATION}
