"""What services share of the work on capacity is what each of them is told when it is asked about alone."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from resilience_checks.analysis import sharing, together
from resilience_checks.analysis.capacity import Enough, headrooms, losses
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.question import Doubt
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from resilience_checks.analysis.loads import Spread
    from resilience_checks.topology.estate import Estate

POOLS = 4
CAPACITIES = st.lists(st.none() | st.integers(1, 9), min_size=POOLS, max_size=POOLS)
USES = st.lists(st.tuples(st.sets(st.integers(0, POOLS - 1), min_size=1), st.integers(1, 9)), min_size=2, max_size=4)


def estate(capacities: Sequence[int | None], uses: Sequence[tuple[set[int], int]]) -> Estate:
    """Return an estate of pools at two sites, with services that each share the demand among some of them."""
    components: dict[str, object] = {
        f"pool-{number}": {"role": "application", "units": [{"site": "n"}, {"site": "s"}]}
        | ({} if amount is None else {"capacity": {"rps": amount}})
        for number, amount in enumerate(capacities)
    }
    for number, (pools, _) in enumerate(uses):
        components[f"entry-{number}"] = {"role": "application", "any-of": [f"pool-{pool}" for pool in sorted(pools)]}
    text = {
        "version": 1,
        "sites": {"n": {"region": "east"}, "s": {"region": "west"}},
        "components": components,
        "services": {
            f"service-{number}": {"entry": f"entry-{number}", "peak": {"rps": amount}}
            for number, (_, amount) in enumerate(uses)
        },
    }
    with TemporaryDirectory() as folder:
        file = Path(folder) / "resilience.yaml"
        file.write_text(yaml.safe_dump(text), encoding="utf-8")
        return build([Program().graph()], load(file, file.parent), load_catalogue())


@settings(max_examples=10, deadline=None)
@given(CAPACITIES, USES)
def test_a_service_is_told_the_same_alone_as_beside_all_others(
    capacities: list[int | None], uses: list[tuple[set[int], int]]
) -> None:
    found = estate(capacities, uses)
    asked = losses(found)
    alone = [item for name in found.services for item in headrooms(found, asked, [name])]
    assert list(headrooms(found, asked)) == alone


@settings(max_examples=10, deadline=None)
@given(CAPACITIES, USES)
def test_what_is_there_is_not_asked_for(capacities: list[int | None], uses: list[tuple[set[int], int]]) -> None:
    found = estate(capacities, uses)
    remedies = {doubt.remedy for item in headrooms(found, losses(found)) for doubt in item.doubts}
    assert remedies <= {"declare `capacity: {rps: ...}` of a component that selects it"}


def test_without_scipy_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "find_spec", lambda _: None)
    asked = estate([5, 3, 2, 1], [({0, 1}, 13), ({0}, 2)])
    found = list(headrooms(asked, [()]))
    remedy = "install resilience-checks[capacity]: scipy finds the best spread"
    assert [(item.service, item.enough, item.doubts) for item in found] == [
        (service, Enough.UNKNOWN, (Doubt(f"spread of {service}", Reason(why, Basis.UNKNOWN, at.location), remedy),))
        for service, at in asked.services.items()
        for why in [f"groups that {service} uses share members, and whether some spread fits is not known"]
    ]


def test_the_best_spread_is_sought_once_for_all_services_that_share_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    sought = []

    def scale(spreads: Sequence[tuple[float, Spread]]) -> float:
        sought.append([spread.service for _, spread in spreads])
        return 1.0

    monkeypatch.setattr(together, "best_scale", scale)
    uses = [({0, 1}, 6), ({1, 2}, 6), ({0, 2}, 6)]
    headrooms(estate([5, 3, 2, 1], uses), [()])
    assert sought == [["service-0", "service-1", "service-2"]]
