"""Which stacks are one estate."""

from __future__ import annotations

from pathlib import Path

import pytest

from resilience_checks.topology.grouping import Member, estates

ROOT, OWN = Path("resilience.yaml"), Path("app/resilience.yaml")


def member(name: str, *needs: int, file: Path | None = None) -> Member:
    project, _, stack = name.partition("/")
    return Member(project, stack, file, frozenset(needs))


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param([], (), id="nothing"),
        pytest.param([member("a/prod"), member("b/prod")], ((0,), (1,)), id="nothing joins two stacks of one name"),
        pytest.param([member("a/prod", file=ROOT), member("b/prod", file=ROOT)], ((0, 1),), id="a file joins a name"),
        pytest.param(
            [member("a/dev", file=ROOT), member("a/prod", file=ROOT)], ((0,), (1,)), id="and not two environments"
        ),
        pytest.param([member("a/prod", 1), member("b/shared")], ((0, 1),), id="a reference joins"),
        pytest.param(
            [member("a/prod", 2), member("b/live", 2, file=OWN), member("c/prod")],
            ((0, 1, 2),),
            id="two that stand on one are one",
        ),
        pytest.param(
            [member("app/dev", 2), member("app/prod", 2), member("network/shared")],
            ((0, 2), (1, 2)),
            id="what environments share is in each of them",
        ),
        pytest.param(
            [member("app/dr", 1), member("app/prod", 0)], ((0, 1),), id="environments that need each other are one"
        ),
        pytest.param(
            [
                member("app/dev", 2, file=ROOT),
                member("app/prod", 3, file=ROOT),
                member("network/dev", file=ROOT),
                member("network/prod", file=ROOT),
            ],
            ((0, 2), (1, 3)),
            id="each environment with its own",
        ),
    ],
)
def test_which_stacks_are_one_estate(members: list[Member], expected: tuple[tuple[int, ...], ...]) -> None:
    assert estates(members) == expected
