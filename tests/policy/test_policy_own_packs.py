"""Packs of one's own, with modules that they share: the same results on both engines, and nothing replaced in silence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from resilience_checks.policy import pack, scaffold
from resilience_checks.policy.embedded import EmbeddedEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from resilience_checks.policy.engine import Engine

SHARED = """\
package resilience.lib.tiers

import data.resilience.lib.result

passing(last) := {result.of_service("pass", service, "", "fine") |
	some service, known in input.services
	known.tier <= last
}
"""
RULE = """\
# METADATA
# title: Own
# description: Own.
# custom:
#   id: own
#   severity: low
#   remediation: Change it.
#   questions: {q: {faults: [outage]}}
package resilience.own.own

import data.resilience.lib.tiers

report := tiers.passing(input.settings.own.tier)
"""
DOCUMENT = {"services": {"a": {"tier": 1}, "b": {"tier": 2}, "c": {"tier": 3}}, "settings": {"own": {"tier": 2}}}


@pytest.fixture(params=["embedded", "opa"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "opa":
        yield request.getfixturevalue("opa_engine")
        return
    with EmbeddedEngine() as made:
        yield made


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_pack_may_share_a_module_that_imports_those_of_the_tool(engine: Engine, tmp_path: Path) -> None:
    found = pack.load([written(tmp_path, {"lib/tiers.rego": SHARED, "own/own.rego": RULE})])
    reports = engine.evaluate(found.modules, json.dumps(DOCUMENT).encode(), {"own": "resilience.own.own"})
    report = reports["own"]
    assert isinstance(report, list)
    assert sorted(item["target"] for item in report) == ["a", "b"]


def test_two_packs_may_share_modules(engine: Engine, tmp_path: Path) -> None:
    one = written(tmp_path / "one", {"tiers.rego": SHARED})
    found = pack.load([one, written(tmp_path / "other", {"own.rego": RULE})])
    reports = engine.evaluate(found.modules, json.dumps(DOCUMENT).encode(), {"own": "resilience.own.own"})
    assert len(reports["own"]) == 2  # type: ignore[arg-type]


def test_a_pack_called_like_the_tools_own_folder_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = written(tmp_path / "policies", {"lib/result.rego": SHARED, "own/own.rego": RULE}).relative_to(tmp_path)
    found, bundled = pack.load([folder]), pack.load()
    assert {name: found.modules[name] for name in bundled.modules} == bundled.modules
    assert set(found.modules) - set(bundled.modules) == {"./policies/lib/result.rego", "policies/own/own.rego"}


def test_what_is_scaffolded_is_loaded_and_its_page_is_found(tmp_path: Path) -> None:
    scaffold.write("two-racks", "racks", tmp_path)
    found = pack.load([tmp_path])
    policy = next(policy for policy in found.policies if policy.id == "two-racks")
    assert (policy.area, policy.package) == ("racks", "resilience.racks.two_racks")
    assert found.page(policy).startswith("# two-racks\n")
