"""Nodes that are solved once because they are alike have the values that each of them would have had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.analysis.answers import Analysis, answer
from resilience_checks.analysis.evaluation import Evaluation
from resilience_checks.model.question import FaultKind, Question
from resilience_checks.topology.estate import Domain, Estate, Member, Part, Service
from resilience_checks.topology.gates import AnyOf, Nature, Up
from tests.properties.examples import usually
from tests.properties.strategies import estates, questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.analysis.cut_lists import CutSets


def alone(evaluation: Evaluation[object], node: int) -> object:
    return evaluation.equation(node, evaluation.read)


def cuts(estate: Estate, asked: Sequence[Question]) -> list[dict[str, tuple[object, object, bool]]]:
    analysis = Analysis(estate, questions=asked)
    found: list[dict[str, CutSets]] = [analysis.cut_sets(question) for question in asked]
    return [{name: (one.sure, one.possible, one.complete) for name, one in each.items()} for each in found]


@given(estates(), st.lists(questions(), min_size=1, max_size=3))
@usually(60)
def test_what_is_solved_together_is_what_is_solved_alone(estate: Estate, asked: list[Question]) -> None:
    together = cuts(estate, asked)
    answers = answer(estate, asked).statements
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Evaluation, "settled", alone)
        assert cuts(estate, asked) == together
        assert answer(estate, asked).statements == answers


def test_services_of_one_shape_are_solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [Part(f"{side}-{number}", "a machine", "compute", side) for number in range(50) for side in ("n", "s")]
    sites = [
        Domain(f"site:{side}", "site", side, (FaultKind.OUTAGE,), tuple(Member(p.id) for p in parts if p.site == side))
        for side in ("n", "s")
    ]
    services = [
        Service(f"service-{number}", AnyOf((Up(f"n-{number}", Nature.PATH), Up(f"s-{number}", Nature.PATH))))
        for number in range(50)
    ]
    estate = Estate({one.id: one for one in parts}, {one.id: one for one in sites}, {one.id: one for one in services})
    solved: list[int] = []
    whole = Evaluation.equation

    def counted(evaluation: Evaluation[object], node: int, read: object) -> object:
        solved.append(node)
        return whole(evaluation, node, read)  # type: ignore[arg-type]

    monkeypatch.setattr(Evaluation, "equation", counted)
    question = Question("sites", (FaultKind.OUTAGE,), kinds=("site",), order=2)
    found = Analysis(estate).cut_sets(question)
    assert {one.sure for one in found.values()} == {(("site:n/outage", "site:s/outage"),)}
    assert len(solved) < 10
