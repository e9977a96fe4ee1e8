"""Parameters that are set for some tiers or stacks alone: each service is judged by its own, on both engines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from resilience_checks.analysis.answers import answer
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.errors import UsageError
from resilience_checks.policy import document, pack
from resilience_checks.policy.embedded import EmbeddedEngine
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.outcome import decide
from resilience_checks.policy.rounds import Asked, rounds
from resilience_checks.policy.settings import settings
from resilience_checks.topology.declarations import load
from resilience_checks.topology.estate_builder import build
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from resilience_checks.policy.engine import Engine

PACK = pack.load()
STACK = "shop/prod"
ESTATE = """\
version: 1
sites:
  a: {region: ra, perimeter: none, coordinates: [51.5033, -0.0870]}
  b: {region: rb, perimeter: none, coordinates: [51.4988, -0.1187]}
components:
  app-a: {role: application, site: a}
  app-b: {role: application, site: b}
  app: {role: application, any-of: [app-a, app-b]}
  sql-a: {role: database, site: a}
  sql-b: {role: database, site: b}
  sql: {role: database, any-of: [sql-a, sql-b]}
services:
  record: {entry: app, scope: national, tier: 1, rto: 1h, rpo: 0s}
  email: {entry: app, scope: national, tier: 2, rto: 1h, rpo: 0s}
  rota: {entry: sql, scope: national, tier: 3, rto: 1h, rpo: 0s}
policies:
"""


@pytest.fixture(scope="module", params=["embedded", "opa"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "opa":
        yield request.getfixturevalue("opa_engine")
        return
    with EmbeddedEngine() as made:
        yield made


def said(engine: Engine, policy: str, setting: str, directory: Path) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Return outcome, target, services and severity of what the policy says where it is set like this."""
    file = directory / "resilience.yaml"
    file.write_text(f"{ESTATE}  {policy}: {setting}\n", encoding="utf-8")
    declared = load(file, directory)
    graph = replace(Program().graph(), project="shop", stack="prod")
    assert graph.name == STACK
    estate = build([graph], declared, load_catalogue())
    how = settings(PACK, declared.policies)
    how = {name: item if name == policy else replace(item, enabled=False) for name, item in how.items()}
    asked = Asked(PACK, rounds(how, estate, [STACK]))
    matter = Matter(estate, asked.answered(answer(estate, asked.questions)), how, (graph,))
    found = decide(PACK, document.build(matter, pack.reads(PACK, how)), matter, engine)
    return [(str(one.outcome), one.target, one.services, str(one.severity)) for one in found]


NPF = "no-single-point-of-failure"
ALL = "{parameters: {tiers: [1, 2, 3]}}"


def test_a_question_is_asked_of_each_service_with_its_own_parameters(engine: Engine, tmp_path: Path) -> None:
    twice = f"[{ALL}, {{tiers: [1], severity: critical, parameters: {{order: 2}}}}]"
    assert said(engine, NPF, twice, tmp_path) == [
        ("violation", "device:app-a + device:app-b", ("record",), "critical"),
        ("pass", "email", ("email",), "high"),
        ("pass", "rota", ("rota",), "high"),
    ]


def test_a_section_is_judged_for_each_service_by_its_own_parameters(engine: Engine, tmp_path: Path) -> None:
    near = "[{parameters: {minimum_km: 1}}, {tiers: [1, 3], parameters: {minimum_km: 50}}]"
    assert said(engine, "geographic-separation", near, tmp_path) == [
        ("violation", "site:a + site:b", ("record", "rota"), "high"),
        ("pass", "email", ("email",), "high"),
    ]


@pytest.mark.parametrize("pattern", ["prod", "*/prod", "acme/shop/prod", "*/*/prod"])
def test_parameters_may_be_those_of_an_environment(pattern: str, engine: Engine, tmp_path: Path) -> None:
    setting = f"[{ALL}, {{stacks: [{pattern!r}], parameters: {{order: 2}}}}]"
    assert {outcome for outcome, *_ in said(engine, NPF, setting, tmp_path)} == {"violation"}


@pytest.mark.parametrize("pattern", ["dev", "*/dev", "shop", "shop*", "acme/other/prod"])
def test_parameters_of_another_environment_hold_for_nothing(pattern: str, engine: Engine, tmp_path: Path) -> None:
    setting = f"[{ALL}, {{stacks: [{pattern!r}], parameters: {{order: 2}}}}]"
    assert {outcome for outcome, *_ in said(engine, NPF, setting, tmp_path)} == {"pass"}


def test_what_all_say_alike_is_told_once(engine: Engine, tmp_path: Path) -> None:
    near = "[{parameters: {minimum_km: 50}}, {tiers: [1], parameters: {scopes: [national]}}]"
    assert said(engine, "geographic-separation", near, tmp_path)[0] == (
        "violation",
        "site:a + site:b",
        ("email", "record", "rota"),
        "high",
    )


@pytest.mark.parametrize(
    ("setting", "what", "remedy"),
    [
        ("{parameters: {ordr: 2}}", f"{NPF} has no parameter 'ordr'", "did you mean order?"),
        (
            "[{enabled: true}, {tiers: [1], parameters: {order: 4}}]",
            f"parameters.order of {NPF}: 4 is greater than the maximum of 3",
            f"`resilience-checks policies show {NPF}` tells what it may be",
        ),
    ],
)
def test_a_wrong_parameter_is_an_error_where_it_stands(
    setting: str, what: str, remedy: str, engine: Engine, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        said(engine, NPF, setting, tmp_path)
    column = f"  {NPF}: {setting}".index("ord") + 1
    assert (caught.value.what, caught.value.remedy, str(caught.value.location)) == (
        what,
        remedy,
        f"resilience.yaml:{len(ESTATE.splitlines()) + 1}:{column}",
    )
