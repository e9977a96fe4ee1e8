"""Each entry that the stacks and a few programs prove changes a verdict: without it some answer is another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.answers import answer
from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.errors import CheckError
from resilience_checks.model.question import FaultKind, Horizon, Question
from resilience_checks.sources.discovery import discover
from resilience_checks.sources.program.source import ProgramSource
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.catalogue.cases import Without, fixtures
from tests.catalogue.programs import PROGRAMS, PROVED, devices
from tests.plugins.shared import once

if TYPE_CHECKING:
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.topology.declared import Declarations

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Catalogue()
QUESTIONS = [
    Question("any outage at once", (FaultKind.OUTAGE,)),
    Question("any outage", (FaultKind.OUTAGE,), horizon=Horizon.RTO, within_rpo=True),
    Question("a shared cause", (FaultKind.BAD_CHANGE,), ("management-plane", "ha-cluster"), horizon=Horizon.RTO),
]


def outcome(graph: ResourceGraph, declared: Declarations, catalogue: Catalogue) -> object:
    try:
        estate = build([graph], declared, catalogue)
    except CheckError as error:
        return error.what
    without_backup: list[object] = [*sorted(estate.without_backup)]  # a violation of backups-exist, or not
    return [
        *without_backup,
        *(
            (item.question, item.service, item.asked, item.holds, sorted(cut.events for cut in item.cuts))
            for item in answer(estate, QUESTIONS).statements
        ),
    ]


def declarations(text: str, directory: Path) -> Declarations:
    file = directory / "resilience.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file, directory)


def evaluated(stack: str) -> tuple[ResourceGraph, Declarations]:
    directory = ROOT / "stacks" / stack
    source = ProgramSource(discover([directory], ROOT).stacks[0], ROOT)
    try:
        return source.graph(), load(directory / "resilience.yaml", ROOT)
    finally:
        source.close()


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[ResourceGraph, Declarations]]:
    stacks = ("nhs-wales-resilient", "uk-national-cloud-resilient", "manchester-2018", "manchester-resilient")

    def found() -> list[tuple[ResourceGraph, Declarations]]:
        made = [make() for make in PROGRAMS.values()]
        own = [(graph, declarations(text, tmp_path_factory.mktemp("fixture"))) for graph, text in made]
        return [*own, *map(evaluated, stacks)]

    return once(found, "programs that entries decide")


def tokens() -> list[tuple[str, str]]:
    proved = {token for fixture in fixtures() for token in fixture.proves}
    return [(token.partition(":")[0], token) for token in sorted(PROVED - proved)]


@pytest.mark.parametrize(("name", "token"), tokens(), ids=str)
def test_without_the_entry_some_answer_is_another(
    name: str, token: str, programs: list[tuple[ResourceGraph, Declarations]], tmp_path: Path
) -> None:
    package = CATALOGUE.package(name)
    assert package is not None
    tried = list(programs)
    if package.provider.role is not None:
        graph, text = devices(package, token)
        tried.append((graph, declarations(text, tmp_path)))
    assert any(
        outcome(graph, declared, CATALOGUE) != outcome(graph, declared, Without(token)) for graph, declared in tried
    )
